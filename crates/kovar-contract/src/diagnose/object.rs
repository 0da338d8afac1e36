//! Objects of known fields, and maps.

use super::{Diagnosis, duplicate_keys, missing};
use crate::issue::{Invalid, Segment};
use crate::json::{Object, Value};
use crate::schema::Direction;
use crate::shape::{Field, Kind, ObjectShape, Shape, Unknown};

impl Diagnosis<'_> {
    pub(super) fn map(&mut self, shape: &Shape, key_shape: &Shape, item: &Shape, value: &Value<'_>) {
        let Value::Object(object) = value else {
            let finding = Invalid::new("dict_type", "Input should be a valid dictionary");
            return self.report(finding, shape, value);
        };
        self.size(shape, "Dictionary", object.len(), value);
        self.duplicates(object, |_| true);
        for (key, value) in object.iter() {
            if self.is_full() {
                return;
            }
            self.below(Segment::Key(key.to_owned().into()), |diagnosis| {
                let written = diagnosis.key_value(key_shape, key);
                diagnosis.walk(key_shape, &written);
                diagnosis.walk(item, value);
            });
        }
    }

    /// A key as its shape reads it: keys of number maps spell numbers.
    fn key_value<'k>(&self, shape: &Shape, key: &'k str) -> Value<'k> {
        let mut value = Value::from(key);
        if !matches!(self.catalog.resolve(shape).kind, Kind::Text(_)) {
            crate::text::coerce(self.catalog, shape, &mut value);
        }
        value
    }

    fn duplicates(&mut self, object: &Object<'_>, is_read: impl Fn(&str) -> bool) {
        let duplicates: Vec<_> = duplicate_keys(object).filter(|key| is_read(key)).map(str::to_owned).collect();
        for key in duplicates {
            self.below(Segment::Key(key.into()), |diagnosis| diagnosis.report_input(duplicate(), None));
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
        } else if object.unknown == Unknown::Denied {
            let is_hidden = self.is_hidden || self.catalog.holds_secret(shape);
            self.denied(members, is_hidden, |key| object.fields_in(Direction::Input).any(|field| field.is_named(key)));
        }
        if self.issues.len() == before {
            for validator in &object.validators {
                if let Err(finding) = validator(value) {
                    self.report(finding, shape, value);
                }
            }
        }
    }

    fn fields(&mut self, object: &ObjectShape, members: &Object<'_>) {
        for field in object.fields_in(Direction::Input) {
            if self.is_full() {
                return;
            }
            let mut found = members.iter().filter(|(key, _)| field.is_named(key));
            match found.next() {
                Some((key, value)) => {
                    let key = key.to_owned();
                    self.below(Segment::Key(key.into()), |diagnosis| diagnosis.field(field, value));
                }
                None if field.is_required => {
                    self.below(Segment::Key(field.name.clone()), |diagnosis| diagnosis.report_input(missing(), None));
                }
                None => {}
            }
            for (key, _) in found {
                let key = key.to_owned();
                self.below(Segment::Key(key.into()), |diagnosis| diagnosis.report_input(duplicate(), None));
            }
        }
    }

    fn field(&mut self, field: &Field, value: &Value<'_>) {
        let before = self.issues.len();
        self.walk(&field.shape, value);
        if self.issues.len() > before {
            return;
        }
        for validator in &field.validators {
            if let Err(finding) = validator(value) {
                self.report(finding, &field.shape, value);
            }
        }
    }

    fn denied(&mut self, members: &Object<'_>, is_hidden: bool, is_known: impl Fn(&str) -> bool) {
        for (key, value) in members.iter().filter(|(key, _)| !is_known(key)) {
            let finding = Invalid::new("extra_forbidden", "Extra inputs are not permitted");
            self.below(Segment::Key(key.to_owned().into()), |diagnosis| {
                diagnosis.report_input(finding, (!is_hidden).then_some(value));
            });
        }
    }

    /// Each flattened shape sees the members that the object's own fields leave.
    fn flattened(&mut self, object: &ObjectShape, members: &Object<'_>) {
        let rest: Object<'_> = members
            .iter()
            .filter(|(key, _)| !object.fields_in(Direction::Input).any(|field| field.is_named(key)))
            .map(|(key, value)| (key, value.clone()))
            .collect();
        let rest = Value::Object(rest);
        for shape in &object.flattened {
            self.walk(shape, &rest);
        }
    }
}

pub(super) fn not_an_object() -> Invalid {
    Invalid::new("model_type", "Input should be an object")
}

fn duplicate() -> Invalid {
    Invalid::new("duplicate_key", "Key is given more than once")
}
