//! The diagnosing pass: walks raw input along a shape and lists everything that is wrong.
//!
//! It runs only after the fast pass has refused, and must refuse exactly what that refuses: each
//! judgement here is the one that the fast pass made, or reads with the type's own parser. serde
//! alone stops at the first error, and validation libraries never see what did not parse.

mod object;
mod scalar;
mod union;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::catalog::{Catalog, Described};
use crate::issue::{ISSUE_LIMIT, Invalid, Issue, Segment, bounded_input};
use crate::json::{self, Object, Value};
use crate::schema::{Direction, Output};
use crate::shape::{Kind, Shape, Validator};

/// How the input was written, which decides what counts as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// JSON: `"1"` is no number.
    Json,
    /// Text (path, query, header, cookie, form): what spelled a number has become one, and a
    /// string that stands where a number should did not spell one.
    Text,
}

/// Lists what is wrong with a value: fields in the order they are declared, items as they were sent.
///
/// The list is cut at [`ISSUE_LIMIT`]. `place` is the first segment of each location.
pub fn diagnose(
    catalog: &Catalog,
    shape: &Shape,
    value: &Value<'_>,
    place: impl Into<Cow<'static, str>>,
    spelling: Spelling,
) -> Vec<Issue> {
    let mut diagnosis = Diagnosis {
        catalog,
        direction: Direction::Input,
        spelling,
        location: vec![Segment::Key(place.into())],
        is_hidden: false,
        has_secret: catalog.holds_secret(shape),
        issues: Vec::new(),
    };
    diagnosis.walk(shape, value);
    diagnosis.issues
}

/// Lists which rules a value breaks that is about to be sent, for the log: [`Direction::Output`]
/// judged it, and said only no. No issue holds the value.
pub fn diagnose_output<T: Output>(value: &T) -> Vec<Issue> {
    let described = Described::of::<T>();
    let Ok(written) = json::to_value(value) else { return Vec::new() };
    let mut diagnosis = Diagnosis {
        catalog: &described.catalog,
        direction: Direction::Output,
        spelling: Spelling::Json,
        location: vec![Segment::Key("response".into())],
        is_hidden: true,
        has_secret: false,
        issues: Vec::new(),
    };
    diagnosis.walk(&described.shape, &written);
    // They judge the moment of entry.
    diagnosis.issues.retain(|issue| !issue.kind.ends_with("_past") && !issue.kind.ends_with("_future"));
    diagnosis.issues
}

struct Diagnosis<'a> {
    catalog: &'a Catalog,
    /// What is written is judged without validators, and secrets not at all.
    direction: Direction,
    spelling: Spelling,
    location: Vec<Segment>,
    /// Whether what is shown here could show a secret.
    is_hidden: bool,
    /// Whether the input can have a secret anywhere: a member that nobody knows may be one, misspelled.
    has_secret: bool,
    issues: Vec<Issue>,
}

impl<'a> Diagnosis<'a> {
    /// A diagnosis of the same place, to see whether something fits there.
    fn probe(&self) -> Diagnosis<'a> {
        Diagnosis { location: self.location.clone(), issues: Vec::new(), ..*self }
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
            self.validators(&shape.validators, shape, value);
        }
    }

    fn validators(&mut self, validators: &[Validator], shape: &Shape, value: &Value<'_>) {
        if self.direction == Direction::Output {
            return;
        }
        for validator in validators {
            if let Err(finding) = validator(value) {
                self.report(finding, shape, value);
            }
        }
    }

    fn walk_kind(&mut self, shape: &Shape, value: &Value<'_>) {
        match &shape.kind {
            Kind::Any => self.any(value),
            Kind::Nullable(_) if value.is_null() => {}
            Kind::Nullable(inner) => self.walk(inner, value),
            Kind::Reference(id) => self.walk(&self.catalog.definition(*id).shape, value),
            Kind::Secret(_) if self.direction == Direction::Output => {}
            Kind::Secret(inner) => self.hidden(|diagnosis| diagnosis.walk(inner, value)),
            Kind::List(noun, item) => self.list(shape, noun, item, value),
            Kind::Tuple(items) => self.tuple(shape, items, value),
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
        if self.is_full() {
            return;
        }
        if self.is_hidden || self.holds_secret(shape) {
            self.report_input(finding.discreet(), None);
        } else {
            self.report_input(finding, Some(value));
        }
    }

    fn holds_secret(&self, shape: &Shape) -> bool {
        self.has_secret && self.catalog.holds_secret(shape)
    }

    fn report_input(&mut self, mut finding: Invalid, input: Option<&Value<'_>>) {
        let (location, more) = finding.take_rest();
        let Invalid { kind, message, context, .. } = finding;
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

    /// Any JSON value that every JSON library reads alike.
    fn any(&mut self, value: &Value<'_>) {
        match value {
            Value::Number(text) if json::float(text).is_none() => {
                self.report(crate::rule::Violation::NotFinite.to_invalid(""), &Shape::new(Kind::Any), value);
            }
            Value::Array(items) => self.items(items, |diagnosis, _, item| diagnosis.any(item)),
            Value::Object(object) => {
                self.duplicates(object);
                for (key, value) in object.iter() {
                    self.below(Segment::Key(key.to_owned().into()), |diagnosis| diagnosis.any(value));
                }
            }
            _ => {}
        }
    }

    fn list(&mut self, shape: &Shape, noun: &'static str, item: &Shape, value: &Value<'_>) {
        let Value::Array(items) = value else {
            let kind = if noun == "Set" { "set_type" } else { "list_type" };
            let message = format!("Input should be a valid {}", noun.to_lowercase());
            return self.report(Invalid::new(kind, message), shape, value);
        };
        let before = self.issues.len();
        self.items(items, |diagnosis, _, value| diagnosis.walk(item, value));
        // A set that holds an item twice is as large as the set that is read from it.
        let size = if noun == "Set" && self.issues.len() == before {
            self.distinct(items.iter().map(|value| (item, value)))
        } else {
            items.len()
        };
        self.size(shape, noun, size, value);
    }

    fn size(&mut self, shape: &Shape, noun: &'static str, size: usize, value: &Value<'_>) {
        let mut violations = Vec::new();
        crate::rule::judge_size(shape.rules, size, &mut violations);
        for violation in violations {
            self.report(violation.to_invalid(noun), shape, value);
        }
    }

    fn tuple(&mut self, shape: &Shape, shapes: &[Shape], value: &Value<'_>) {
        let Value::Array(items) = value else {
            return self.report(Invalid::new("tuple_type", "Input should be a valid tuple"), shape, value);
        };
        let given = &items[..items.len().min(shapes.len())];
        self.items(given, |diagnosis, index, value| diagnosis.walk(&shapes[index], value));
        for index in items.len()..shapes.len() {
            self.below(Segment::Index(index), |diagnosis| diagnosis.report_input(missing(), None));
        }
        if items.len() > shapes.len() {
            let (most, size) = (shapes.len(), items.len());
            let violation = crate::rule::Violation::TooMany { most, size };
            self.report(violation.to_invalid("Tuple"), shape, value);
        }
    }

    fn items(&mut self, items: &[Value<'_>], walk: impl Fn(&mut Self, usize, &Value<'_>)) {
        for (index, item) in items.iter().enumerate() {
            if self.is_full() {
                return;
            }
            self.below(Segment::Index(index), |diagnosis| walk(diagnosis, index, item));
        }
    }

    fn duplicates(&mut self, object: &Object<'_>) {
        for key in object.repeated_keys() {
            if self.is_full() {
                return;
            }
            self.below(Segment::Key(key.to_owned().into()), |diagnosis| diagnosis.report_input(duplicate(), None));
        }
    }

    /// How many values are left when those are one that are read as one.
    fn distinct<'v, 'j: 'v>(&self, values: impl Iterator<Item = (&'v Shape, &'v Value<'j>)>) -> usize {
        values.map(|(shape, value)| scalar::as_read(self.catalog, shape, value)).collect::<HashSet<_>>().len()
    }
}

fn duplicate() -> Invalid {
    Invalid::new("duplicate_key", "Key is given more than once")
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
