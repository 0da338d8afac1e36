//! The comparison of two documents: which operations belong together.

use std::collections::HashSet;

use super::code::{Code, Direction};
use super::located::Located;
use super::report::Report;
use super::schema::Visit;
use super::unchanged::Unchanged;
use crate::json::Value;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Two documents, and what is known of their differences.
#[derive(Debug)]
pub(super) struct Comparison<'d> {
    pub(super) old: &'d Value<'d>,
    pub(super) new: &'d Value<'d>,
    pub(super) unchanged: Unchanged<'d>,
    /// The pairs of schemas that this operation has led to: recursion ends at them.
    pub(super) visited: HashSet<Visit>,
    pub(super) report: Report,
}

/// An operation with what stands around it.
#[derive(Debug)]
pub(super) struct Operation<'d> {
    /// Upper case.
    pub(super) method: &'static str,
    /// The path with its parameters, the name of a webhook, or a callback's expression.
    pub(super) path: &'d str,
    pub(super) item: Located<'d>,
    pub(super) own: Located<'d>,
}

impl Operation<'_> {
    /// How people call it.
    fn name(&self, prefix: &str) -> String {
        format!("{prefix}{} {}", self.method.to_uppercase(), self.path)
    }

    /// What makes it the same operation on the wire: path parameters have no names there.
    fn identity(&self) -> (&str, String) {
        let mut pieces = self.path.split('{');
        let first = pieces.next().unwrap_or_default().to_owned();
        let rest = pieces.map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
        (self.method, rest.fold(first, |path, piece| path + "{}" + piece))
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn new(old: &'d Value<'d>, new: &'d Value<'d>) -> Self {
        let unchanged = Unchanged::between(old, new);
        Self { old, new, unchanged, visited: HashSet::new(), report: Report::default() }
    }

    pub(super) fn documents(&mut self) {
        let (old, new) = (Located::root(self.old), Located::root(self.new));
        self.path_items(&old.members("paths"), &new.members("paths"), Direction::Accepted, "");
        self.path_items(&old.members("webhooks"), &new.members("webhooks"), Direction::Sent, "webhook ");
    }

    /// Compares all operations below path items; the direction is that of their requests.
    fn path_items(
        &mut self,
        old: &[(&'d str, Located<'d>)],
        new: &[(&'d str, Located<'d>)],
        requests: Direction,
        prefix: &str,
    ) {
        let old = operations(self.old, old);
        let mut new = operations(self.new, new);
        for old in &old {
            self.report.enter(old.name(prefix));
            self.visited.clear();
            match new.iter().position(|new| new.identity() == old.identity()) {
                Some(index) => {
                    let new = new.remove(index);
                    self.operation(old, &new, requests);
                    self.callbacks(&old.own, &new.own, requests, &old.name(prefix));
                }
                None => self.removed(old, &new, requests),
            }
        }
        for new in &new {
            self.report.enter(new.name(prefix));
            self.report.add(Code::OperationAdded, requests, &new.own.pointer, "is new".to_owned());
        }
    }

    fn removed(&mut self, old: &Operation<'d>, added: &[Operation<'d>], requests: Direction) {
        let id = old.own.text("operationId");
        let moved = added.iter().find(|new| id.is_some() && new.own.text("operationId") == id);
        let message = match moved {
            Some(new) => format!("is gone: `{}` is {} now", id.unwrap_or_default(), new.name("")),
            None => "is gone".to_owned(),
        };
        self.report.add(Code::OperationRemoved, requests, &old.own.pointer, message);
    }

    /// A callback's request goes the other way than the request that asked for it.
    fn callbacks(&mut self, old: &Located<'d>, new: &Located<'d>, requests: Direction, operation: &str) {
        let items = |document, operation: &Located<'d>| {
            let callbacks = operation.members("callbacks").into_iter();
            callbacks.flat_map(|(_, callback)| callback.followed(document).own_members()).collect::<Vec<_>>()
        };
        let (old, new) = (items(self.old, old), items(self.new, new));
        self.path_items(&old, &new, requests.reversed(), &format!("{operation}, callback "));
    }
}

fn operations<'d>(document: &'d Value<'d>, items: &[(&'d str, Located<'d>)]) -> Vec<Operation<'d>> {
    let mut operations = Vec::new();
    for (path, item) in items {
        let item = item.clone().followed(document);
        for method in METHODS {
            if let Some(own) = item.get(method) {
                operations.push(Operation { method, path, item: item.clone(), own });
            }
        }
    }
    operations
}
