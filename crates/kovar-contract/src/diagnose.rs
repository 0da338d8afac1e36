//! The diagnosing pass: walks raw input along a shape and lists everything that is wrong.
//!
//! It runs only after the fast pass has refused, and must refuse exactly what that refuses: each
//! judgement here is the one that the fast pass made, or reads with the type's own parser. serde
//! alone stops at the first error, and validation libraries never see what did not parse.

mod object;
mod scalar;
mod union;

use std::borrow::Cow;

use crate::catalog::Catalog;
use crate::issue::{ISSUE_LIMIT, Invalid, Issue, Segment, bounded_input};
use crate::json::{Object, Value};
use crate::shape::{Kind, Shape};

/// How the input was written, which decides what counts as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// JSON: `"1"` is no number.
    Json,
    /// Text (path, query, header, cookie, form): what spelled a number has become one, and a
    /// string that stands where a number should did not spell one.
    Text,
}

/// Lists what is wrong with a value, in the order of the input.
///
/// The list is cut at [`ISSUE_LIMIT`]. `place` is the first segment of each location.
pub fn diagnose(
    catalog: &Catalog,
    shape: &Shape,
    value: &Value<'_>,
    place: impl Into<Cow<'static, str>>,
    spelling: Spelling,
) -> Vec<Issue> {
    let mut diagnosis = Diagnosis::new(catalog, vec![Segment::Key(place.into())], spelling);
    diagnosis.is_hidden = false;
    diagnosis.walk(shape, value);
    diagnosis.issues
}

struct Diagnosis<'a> {
    catalog: &'a Catalog,
    spelling: Spelling,
    location: Vec<Segment>,
    /// Whether what is shown here could show a secret.
    is_hidden: bool,
    issues: Vec<Issue>,
}

impl<'a> Diagnosis<'a> {
    fn new(catalog: &'a Catalog, location: Vec<Segment>, spelling: Spelling) -> Self {
        Self { catalog, spelling, location, is_hidden: false, issues: Vec::new() }
    }

    /// A diagnosis of the same place, to see whether something fits there.
    fn probe(&self) -> Diagnosis<'a> {
        Diagnosis { is_hidden: self.is_hidden, ..Self::new(self.catalog, self.location.clone(), self.spelling) }
    }

    fn is_full(&self) -> bool {
        self.issues.len() >= ISSUE_LIMIT
    }

    fn walk(&mut self, shape: &Shape, value: &Value<'_>) {
        if self.is_full() {
            return;
        }
        let before = self.issues.len();
        self.walk_kind(shape, value);
        if self.issues.len() == before {
            for validator in &shape.validators {
                if let Err(finding) = validator(value) {
                    self.report(finding, shape, value);
                }
            }
        }
    }

    fn walk_kind(&mut self, shape: &Shape, value: &Value<'_>) {
        match &shape.kind {
            Kind::Any => {}
            Kind::Nullable(_) if value.is_null() => {}
            Kind::Nullable(inner) => self.walk(inner, value),
            Kind::Reference(id) => self.walk(&self.catalog.definition(*id).shape, value),
            Kind::Secret(inner) => self.hidden(|diagnosis| diagnosis.walk(inner, value)),
            Kind::List(noun, item) => self.list(shape, noun, item, value),
            Kind::Tuple(items) => self.tuple(items, value),
            Kind::Map(key, item) => self.map(shape, key, item, value),
            Kind::Object(object) => self.object(shape, object, value),
            Kind::Union(union) => self.union(shape, union, value),
            _ => self.scalar(shape, value),
        }
    }

    fn hidden(&mut self, walk: impl FnOnce(&mut Self)) {
        let was_hidden = std::mem::replace(&mut self.is_hidden, true);
        walk(self);
        self.is_hidden = was_hidden;
    }

    fn below(&mut self, segment: Segment, walk: impl FnOnce(&mut Self)) {
        self.location.push(segment);
        walk(self);
        self.location.pop();
    }

    /// Reports a finding about a value of a shape; the input is shown only if no secret can be in it.
    fn report(&mut self, finding: Invalid, shape: &Shape, value: &Value<'_>) {
        let is_hidden = self.is_hidden || self.catalog.holds_secret(shape);
        self.report_input(finding, (!is_hidden).then_some(value));
    }

    fn report_input(&mut self, finding: Invalid, input: Option<&Value<'_>>) {
        let Invalid { location, kind, message, context, more } = finding;
        let input_below = location.iter().try_fold(input, step_into).unwrap_or_default();
        if !self.is_full() {
            self.issues.push(Issue {
                location: self.location.iter().cloned().chain(location).collect(),
                kind,
                message,
                context,
                input: input_below.map(bounded_input),
            });
        }
        for finding in more {
            self.report_input(finding, input);
        }
    }

    fn list(&mut self, shape: &Shape, noun: &'static str, item: &Shape, value: &Value<'_>) {
        let Value::Array(items) = value else {
            let kind = if noun == "Set" { "set_type" } else { "list_type" };
            let message = format!("Input should be a valid {}", noun.to_lowercase());
            return self.report(Invalid::new(kind, message), shape, value);
        };
        let before = self.issues.len();
        self.items(items, |_| item);
        // A set that holds an item twice is as large as the set that is read from it.
        let size = if noun == "Set" && self.issues.len() == before { distinct(items) } else { items.len() };
        self.size(shape, noun, size, value);
    }

    fn size(&mut self, shape: &Shape, noun: &'static str, size: usize, value: &Value<'_>) {
        let mut violations = Vec::new();
        crate::rule::judge_size(shape.rules, size, &mut violations);
        for violation in violations {
            self.report(violation.to_invalid(noun), shape, value);
        }
    }

    fn tuple(&mut self, shapes: &[Shape], value: &Value<'_>) {
        let shape = &Shape::new(Kind::Tuple(shapes.to_vec()));
        let Value::Array(items) = value else {
            return self.report(Invalid::new("tuple_type", "Input should be a valid tuple"), shape, value);
        };
        self.items(&items[..items.len().min(shapes.len())], |index| &shapes[index]);
        for index in items.len()..shapes.len() {
            self.below(Segment::Index(index), |diagnosis| diagnosis.report_input(missing(), None));
        }
        if items.len() > shapes.len() {
            let (most, size) = (shapes.len(), items.len());
            let violation = crate::rule::Violation::TooMany { most, size };
            self.report(violation.to_invalid("Tuple"), shape, value);
        }
    }

    fn items<'s>(&mut self, items: &[Value<'_>], shape_of: impl Fn(usize) -> &'s Shape) {
        for (index, item) in items.iter().enumerate() {
            if self.is_full() {
                return;
            }
            self.below(Segment::Index(index), |diagnosis| diagnosis.walk(shape_of(index), item));
        }
    }
}

fn missing() -> Invalid {
    Invalid::new("missing", "Field required")
}

fn step_into<'v, 'a>(input: Option<&'v Value<'a>>, segment: &Segment) -> Option<Option<&'v Value<'a>>> {
    let value = input?;
    let below = match segment {
        Segment::Key(key) => value.get(key),
        Segment::Index(index) => value.as_array()?.get(*index),
        Segment::Variant(_) => Some(value),
    };
    Some(below)
}

fn distinct(items: &[Value<'_>]) -> usize {
    items.iter().map(Value::to_string).collect::<std::collections::HashSet<_>>().len()
}

/// Whether any key stands twice, and which.
fn duplicate_keys<'o>(object: &'o Object<'_>) -> impl Iterator<Item = &'o str> {
    let mut seen = std::collections::HashSet::new();
    object.iter().filter_map(move |(key, _)| (!seen.insert(key)).then_some(key))
}
