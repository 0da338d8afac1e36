//! Objects and arrays: what stands inside of them.

use std::collections::BTreeSet;

use super::alternative::Alternative;
use super::code::{Code, Direction};
use super::comparison::Comparison;
use super::located::{Located, subject};
use super::schema::{Site, Spot};
use crate::json::Value;

/// An object's properties as one direction sees them.
struct Members<'d> {
    /// Each with all the schemas that it must keep.
    properties: Vec<(&'d str, Vec<Located<'d>>)>,
    required: BTreeSet<&'d str>,
    /// The schemas of properties that are not described; `None` when they are forbidden.
    others: Option<Vec<Located<'d>>>,
}

impl<'d> Members<'d> {
    fn of(alternative: &Alternative<'d>, direction: Direction) -> Self {
        let hidden = match direction {
            Direction::Accepted => "readOnly",
            Direction::Sent => "writeOnly",
        };
        let mut properties: Vec<(&'d str, Vec<Located<'d>>)> = Vec::new();
        for (name, property) in alternative.parts.iter().flat_map(|part| part.members("properties")) {
            match properties.iter_mut().find(|(other, _)| *other == name) {
                Some((_, schemas)) => schemas.push(property),
                None => properties.push((name, vec![property])),
            }
        }
        properties.retain(|(_, schemas)| !schemas.iter().any(|schema| schema.is_set(hidden)));
        let required = alternative.parts.iter().flat_map(|part| part.items("required"));
        let others =
            |part: &Located<'d>| part.get("additionalProperties").or_else(|| part.get("unevaluatedProperties"));
        let others: Vec<_> = alternative.parts.iter().filter_map(others).collect();
        let is_closed = others.iter().any(|schema| schema.value.as_bool() == Some(false));
        Self {
            properties,
            required: required.filter_map(|name| name.value.as_str()).collect(),
            others: (!is_closed).then_some(others),
        }
    }

    fn get(&self, name: &str) -> Option<&Vec<Located<'d>>> {
        self.properties.iter().find(|(other, _)| *other == name).map(|(_, schemas)| schemas)
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn objects(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let names = |it: &Alternative<'d>| it.parts.iter().find_map(|part| part.get("propertyNames"));
        let (old_names, new_names) = (names(old), names(new));
        let (old, new) = (Members::of(old, spot.site.direction), Members::of(new, spot.site.direction));
        for (name, schemas) in &old.properties {
            match new.get(name) {
                Some(new_schemas) => {
                    self.requirement(&old, &new, name, &property_spot(new_schemas, spot.site));
                    self.property(schemas, new_schemas, spot.site.of_property(name));
                }
                None if new.others.is_some() || spot.site.direction == Direction::Sent => {
                    self.add(Code::PropertyRemoved, &property_spot(schemas, spot.site), "is gone");
                }
                None => self.add(Code::PropertyRefused, &property_spot(schemas, spot.site), "is gone and refused"),
            }
        }
        for (name, schemas) in new.properties.iter().filter(|(name, _)| old.get(name).is_none()) {
            let spot = property_spot(schemas, spot.site);
            if new.required.contains(name) {
                self.add(Code::RequiredPropertyAdded, &spot, "is new and required");
            } else {
                self.add(Code::PropertyAdded, &spot, "is new");
            }
        }
        self.others(old.others, new.others, spot);
        let holder = Located { value: &Value::Null, pointer: spot.pointer.clone() };
        self.optional_schemas(old_names, new_names, &holder, spot.site.inside());
    }

    fn requirement(&mut self, old: &Members<'d>, new: &Members<'d>, name: &str, spot: &Spot) {
        match (old.required.contains(name), new.required.contains(name)) {
            (false, true) => self.add(Code::PropertyBecameRequired, spot, "is required now"),
            (true, false) => self.add(Code::PropertyBecameOptional, spot, "is optional now"),
            _ => {}
        }
    }

    fn property(&mut self, old: &[Located<'d>], new: &[Located<'d>], site: Site) {
        if let ([old], [new]) = (old, new) {
            self.deprecation(old, new, site.direction, &subject(&new.pointer));
        }
        self.schemas(old.to_vec(), new.to_vec(), site);
    }

    fn others(&mut self, old: Option<Vec<Located<'d>>>, new: Option<Vec<Located<'d>>>, spot: &Spot) {
        match (old, new) {
            (Some(_), None) => self.add(Code::UnknownRefused, spot, "other properties are refused now"),
            (None, Some(_)) => self.add(Code::UnknownAllowed, spot, "other properties are allowed now"),
            (Some(old), Some(new)) => {
                let holder = Located { value: &Value::Null, pointer: spot.pointer.clone() };
                match (old.len(), new.len()) {
                    (0 | 1, 0 | 1) => self.optional_schemas(
                        old.into_iter().next(),
                        new.into_iter().next(),
                        &holder,
                        spot.site.inside(),
                    ),
                    (0, _) | (_, 0) => self.add(Code::RuleChanged, spot, "the rules of other properties changed"),
                    _ => self.schemas(old, new, spot.site.inside()),
                }
            }
            (None, None) => {}
        }
    }

    pub(super) fn arrays(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let prefix = |alternative: &Alternative<'d>| {
            alternative.parts.iter().map(|part| part.items("prefixItems")).find(|items| !items.is_empty())
        };
        let (old_prefix, new_prefix) = (prefix(old).unwrap_or_default(), prefix(new).unwrap_or_default());
        if old_prefix.len() != new_prefix.len() {
            let message = format!("has {} own places, had {}", new_prefix.len(), old_prefix.len());
            return self.add(Code::TupleChanged, spot, &message);
        }
        for (old, new) in old_prefix.into_iter().zip(new_prefix) {
            self.schemas(vec![old], vec![new], spot.site.inside());
        }
        let items = |alternative: &Alternative<'d>| alternative.parts.iter().find_map(|part| part.get("items"));
        let holder = Located { value: &Value::Null, pointer: format!("{}/items", spot.pointer) };
        self.optional_schemas(items(old), items(new), &holder, spot.site.inside());
    }
}

fn property_spot(schemas: &[Located<'_>], site: Site) -> Spot {
    let pointer = schemas.first().map(|schema| schema.pointer.clone()).unwrap_or_default();
    Spot { site, subject: subject(&pointer), pointer }
}
