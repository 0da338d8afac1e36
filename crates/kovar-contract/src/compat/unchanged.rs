//! The components that are the same in both documents, with all that they refer to.
//!
//! Most of two versions is the same. Knowing it beforehand makes the comparison of ten thousand
//! operations a matter of what changed, not of what is there.

use std::collections::HashSet;

use crate::json::Value;

/// References whose targets are the same in both documents, all the way down.
#[derive(Debug)]
pub(super) struct Unchanged<'d> {
    references: HashSet<&'d str>,
}

impl<'d> Unchanged<'d> {
    pub(super) fn between(old: &'d Value<'d>, new: &'d Value<'d>) -> Self {
        let mut used = Vec::new();
        references(old, &mut used);
        let mut unchanged: HashSet<_> = used.into_iter().filter(|it| same_target(old, new, it)).collect();
        // A target that refers to a changed one has changed itself.
        loop {
            let holds = |reference: &&str| target(old, reference).is_some_and(|it| refers_within(it, &unchanged));
            let kept: HashSet<_> = unchanged.iter().copied().filter(holds).collect();
            if kept.len() == unchanged.len() {
                return Self { references: kept };
            }
            unchanged = kept;
        }
    }

    /// Whether two schemas are the same, all the way down.
    pub(super) fn are_same(&self, old: &Value<'_>, new: &Value<'_>) -> bool {
        old == new && refers_within(old, &self.references)
    }
}

fn same_target(old: &Value<'_>, new: &Value<'_>, reference: &str) -> bool {
    matches!((target(old, reference), target(new, reference)), (Some(old), Some(new)) if old == new)
}

fn target<'d>(document: &'d Value<'d>, reference: &str) -> Option<&'d Value<'d>> {
    document.pointer(reference.strip_prefix('#')?)
}

fn refers_within(value: &Value<'_>, known: &HashSet<&str>) -> bool {
    let mut used = Vec::new();
    references(value, &mut used);
    used.iter().all(|reference| known.contains(reference))
}

fn references<'d>(value: &'d Value<'_>, used: &mut Vec<&'d str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, used)),
        Value::Object(object) => {
            used.extend(object.get("$ref").and_then(Value::as_str));
            object.iter().for_each(|(_, member)| references(member, used));
        }
        _ => {}
    }
}
