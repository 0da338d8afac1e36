//! Which alternative of the new schema is which one of the old.
//!
//! By position would call every insertion a change of all that follow. So: by the values that tell
//! members apart, then by the name of the component, then by being the same, then by what is left.

use super::alternative::{Alternative, Kind};
use crate::json::Value;

/// Alternatives that belong together, and those that have no counterpart.
#[derive(Debug, Default)]
pub(super) struct Pairing<'d> {
    pub(super) pairs: Vec<(Alternative<'d>, Alternative<'d>)>,
    pub(super) removed: Vec<Alternative<'d>>,
    pub(super) added: Vec<Alternative<'d>>,
}

impl<'d> Pairing<'d> {
    pub(super) fn of(old: Vec<Alternative<'d>>, new: Vec<Alternative<'d>>) -> Self {
        let is_union = old.len() > 1 || new.len() > 1;
        let mut pairing = Self { pairs: Vec::new(), removed: old, added: new };
        pairing.pair(|old, new| old.kind == new.kind && tags_agree(old, new) == Some(true));
        pairing.pair(|old, new| old.kind == new.kind && old.reference.is_some() && old.reference == new.reference);
        pairing.pair(|old, new| old.kind == new.kind && same_parts(old, new));
        pairing.pair_rest(is_union);
        pairing
    }

    fn pair(&mut self, belong: impl Fn(&Alternative<'d>, &Alternative<'d>) -> bool) {
        for old in std::mem::take(&mut self.removed) {
            match self.added.iter().position(|new| belong(&old, new)) {
                Some(index) => self.pairs.push((old, self.added.remove(index))),
                None => self.removed.push(old),
            }
        }
    }

    /// What is left of one kind belongs together when it is equally many on both sides.
    fn pair_rest(&mut self, is_union: bool) {
        let same_family = |one: Kind, other: Kind| one == other || (one.is_numeric() && other.is_numeric());
        let count = |list: &[Alternative<'d>], kind| list.iter().filter(|it| same_family(it.kind, kind)).count();
        let kinds = [Kind::Boolean, Kind::Number, Kind::String, Kind::Array, Kind::Object, Kind::Any];
        for kind in kinds {
            if count(&self.removed, kind) == count(&self.added, kind) {
                self.pair(|old, new| {
                    let is_other = is_union && tags_agree(old, new) == Some(false);
                    same_family(old.kind, kind) && same_family(new.kind, kind) && !is_other
                });
            }
        }
    }
}

/// Whether the properties that both fix have the same values; `None` when there is no such property.
fn tags_agree(old: &Alternative<'_>, new: &Alternative<'_>) -> Option<bool> {
    let (old, new) = (tags(old), tags(new));
    let shared = old
        .iter()
        .filter_map(|(name, value)| new.iter().find(|(other, _)| other == name).map(|(_, other)| value == other));
    shared.reduce(|all, agrees| all && agrees)
}

/// The properties of which an object can have only one value.
///
/// An object whose one property must be there is tagged by the name of that property, as serde
/// tags a variant from outside: such a tag has no name of its own, and stands under `""`.
pub(super) fn tags<'d>(alternative: &Alternative<'d>) -> Vec<(&'d str, &'d Value<'d>)> {
    let properties: Vec<_> = alternative.parts.iter().flat_map(|part| part.members("properties")).collect();
    let required: Vec<_> = alternative.parts.iter().flat_map(|part| part.items("required")).collect();
    let fixed = properties.iter().filter_map(|(name, property)| Some((*name, only_value(property.value)?)));
    let fixed: Vec<_> = fixed.collect();
    match (properties.as_slice(), required.as_slice()) {
        ([_], [only]) if fixed.is_empty() => vec![("", only.value)],
        _ => fixed,
    }
}

fn only_value<'d>(schema: &'d Value<'d>) -> Option<&'d Value<'d>> {
    let only = schema.get("enum").and_then(Value::as_array).filter(|values| values.len() == 1);
    schema.get("const").or_else(|| only?.first())
}

fn same_parts(old: &Alternative<'_>, new: &Alternative<'_>) -> bool {
    let own =
        |alternative: &Alternative<'_>| alternative.parts.iter().map(|part| part.value.to_string()).collect::<Vec<_>>();
    own(old) == own(new)
}
