//! Objects of known fields, and maps.

use super::{Diagnosis, duplicate, missing};
use crate::issue::{Invalid, Segment};
use crate::json::{Object, Value, is_spelled_as_json};
use crate::schema::Direction;
use crate::shape::{Field, Kind, ObjectShape, Shape, Unknown};

impl Diagnosis<'_> {
    pub(super) fn map(&mut self, shape: &Shape, key_shape: &Shape, item: &Shape, value: &Value<'_>) {
        let Value::Object(object) = value else {
            let finding = Invalid::new("dict_type", "Input should be a valid dictionary");
            return self.report(finding, shape, value);
        };
        let keys: Vec<_> = object.iter().map(|(key, _)| Value::from(key)).collect();
        let size = self.distinct(keys.iter().map(|key| (key_shape, key)));
        self.size(shape, "Dictionary", size, value);
        self.duplicates(object);
        for (key, value) in object.iter() {
            if self.is_full() {
                return;
            }
            self.below(Segment::Key(key.to_owned().into()), |diagnosis| {
                diagnosis.key(key_shape, key);
                diagnosis.walk(item, value);
            });
        }
    }

    /// A key as its shape reads it: keys of number maps spell numbers, and texts are not changed.
    fn key(&mut self, shape: &Shape, key: &str) {
        let spelled = match &self.catalog.seen_through(shape).kind {
            Kind::Integer(_) if is_spelled_as_json(key) && is_integer(key) => Value::Number(key.into()),
            Kind::Boolean if matches!(key, "true" | "false") => Value::Bool(key == "true"),
            _ => Value::from(key),
        };
        let before = self.issues.len();
        self.walk(shape, &spelled);
        let as_read = super::scalar::as_changed(self.catalog, shape, key);
        if self.issues.len() == before && as_read != key {
            let finding = Invalid::value(format!("Value error, the key should be written as '{as_read}'"));
            self.report(finding.quoting("Value error, the key is not written as it is kept"), shape, &spelled);
        }
    }

    pub(super) fn object(&mut self, shape: &Shape, object: &ObjectShape, value: &Value<'_>) {
        let Value::Object(members) = value else {
            return self.report(not_an_object(), shape, value);
        };
        let before = self.issues.len();
        self.fields(object, members);
        if !object.flattened.is_empty() {
            self.flattened(object, members);
        } else if object.unknown == Unknown::Denied && self.direction == Direction::Input {
            self.denied(object, members);
        }
        if self.issues.len() == before {
            self.validators(&object.validators, shape, value);
        }
    }

    fn fields(&mut self, object: &ObjectShape, members: &Object<'_>) {
        for field in object.fields_in(self.direction) {
            if self.is_full() {
                return;
            }
            let mut found = members.iter().filter(|(key, _)| field.is_named(key));
            match (found.next(), &field.default) {
                (Some((key, value)), _) => {
                    self.below(field.segment(key), |diagnosis| diagnosis.field(field, value));
                }
                // What is not written breaks no rule: it was there.
                (None, _) if self.direction == Direction::Output => {}
                (None, _) if field.is_required => {
                    self.below(Segment::Key(field.name.clone()), |diagnosis| diagnosis.report_input(missing(), None));
                }
                // A default is judged as an input is; a secret's is not what it is written as.
                (None, Some(default)) if !self.holds_secret(&field.shape) => {
                    self.below(Segment::Key(field.name.clone()), |diagnosis| diagnosis.field(field, default));
                }
                (None, _) => {}
            }
            for (key, _) in found {
                if self.is_full() {
                    return;
                }
                self.below(Segment::Key(key.to_owned().into()), |diagnosis| diagnosis.report_input(duplicate(), None));
            }
        }
    }

    fn field(&mut self, field: &Field, value: &Value<'_>) {
        let before = self.issues.len();
        self.walk(&field.shape, value);
        if self.issues.len() > before {
            return;
        }
        self.validators(&field.validators, &field.shape, value);
    }

    fn denied(&mut self, object: &ObjectShape, members: &Object<'_>) {
        let is_hidden = self.is_hidden || self.has_secret;
        for (key, value) in members.iter().filter(|(key, _)| !object.reads(key)) {
            if self.is_full() {
                return;
            }
            let finding = Invalid::new("extra_forbidden", "Extra inputs are not permitted");
            self.below(Segment::Key(key.to_owned().into()), |diagnosis| {
                diagnosis.report_input(finding, (!is_hidden).then_some(value));
            });
        }
    }

    /// Each flattened object sees the members that the object's own fields leave; what has no
    /// fields of its own (a map) sees what the others leave, too.
    fn flattened(&mut self, object: &ObjectShape, members: &Object<'_>) {
        let rest: Object<'_> = without(members, |key| object.reads(key));
        for (index, shape) in object.flattened.iter().enumerate() {
            match self.catalog.object(shape) {
                Some(inner) if self.is_left_out(shape, inner, &rest) => {}
                Some(_) => self.walk(shape, &Value::Object(rest.clone())),
                None => {
                    let others: Vec<_> =
                        object.flattened.iter().enumerate().filter(|(other, _)| *other != index).collect();
                    let is_other = |key: &str| others.iter().any(|(_, other)| self.catalog.reads(other, key));
                    let left = without(&rest, is_other);
                    self.walk(shape, &Value::Object(left));
                }
            }
        }
    }

    /// Whether a flattened `Option` is `None`: no member is one of its fields.
    fn is_left_out(&self, shape: &Shape, inner: &ObjectShape, members: &Object<'_>) -> bool {
        let is_optional = matches!(self.catalog.resolve(shape).kind, Kind::Nullable(_));
        is_optional && !members.iter().any(|(key, _)| self.catalog.reads_key(inner, key))
    }
}

impl Field {
    /// The key as it was sent, copied only if it is an alias.
    fn segment(&self, key: &str) -> Segment {
        Segment::Key(if self.name == key { self.name.clone() } else { key.to_owned().into() })
    }
}

/// The members without those of some keys.
pub(super) fn without<'a>(members: &Object<'a>, is_taken: impl Fn(&str) -> bool) -> Object<'a> {
    members.members().filter(|(key, _)| !is_taken(key)).cloned().collect()
}

/// Whether a key is an optional sign and digits.
fn is_integer(key: &str) -> bool {
    let digits = key.strip_prefix('-').unwrap_or(key);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

pub(super) fn not_an_object() -> Invalid {
    Invalid::new("model_type", "Input should be an object")
}
