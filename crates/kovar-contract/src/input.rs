//! Reading typed values: the fast pass, and the diagnosing pass only where it fails.

use crate::catalog::Described;
use crate::diagnose::{Spelling, diagnose};
use crate::issue::{Invalid, Issue, Segment};
use crate::json::{self, DEPTH_LIMIT, Object, SyntaxError, SyntaxErrorKind, Value};
use crate::rule::Rules;
use crate::schema::{Direction, Input};
use crate::shape::{Field, Kind, ObjectShape, Shape};
use crate::text::{Pairs, TextPlace, gather};

/// Why a body is not the wanted value.
#[derive(Clone, Debug, PartialEq)]
pub enum Unreadable {
    /// The body is not JSON at all: a 400.
    Syntax(SyntaxError),
    /// The body is JSON, and these things are wrong with it: a 422.
    Issues(Vec<Issue>),
}

/// Reads a JSON body.
///
/// # Errors
///
/// When the body is not JSON, or breaks its type or rules; then everything that is wrong with it.
///
/// # Example
///
/// ```
/// use kovar_contract::{Unreadable, read_json};
///
/// assert_eq!(read_json::<Vec<u8>>(b"[1, 2]"), Ok(vec![1, 2]));
/// let Err(Unreadable::Issues(issues)) = read_json::<Vec<u8>>(b"[1, 256, null]") else { panic!() };
/// assert_eq!(issues[0].kind, "int_parsing_size");
/// assert_eq!(issues[1].pointer(), "/2");
/// ```
pub fn read_json<T: Input>(body: &[u8]) -> Result<T, Unreadable> {
    if let Ok(text) = std::str::from_utf8(body)
        && let Ok(mut value) = json::from_str::<T>(text)
    {
        value.normalize(&Rules::NONE);
        if value.accepts(&Rules::NONE, Direction::Input) {
            return Ok(value);
        }
    }
    Err(diagnose_json(body, &Described::of::<T>()))
}

/// Reads a value that is in a tree already: a JSON part of a multipart body, a validator's field.
///
/// # Errors
///
/// When the tree is not such a value; then everything that is wrong with it.
pub fn read_value<T: Input>(value: &Value<'_>, rules: &'static Rules, place: &'static str) -> Result<T, Vec<Issue>> {
    accept(value, rules).ok_or_else(|| {
        let described = Described::of::<T>();
        let shape = described.shape.clone().with_rules(rules);
        nonempty(diagnose(&described.catalog, &shape, value, place, Spelling::Json), place)
    })
}

/// Reads an object from a text place, each field from the pairs that are named like it.
///
/// # Errors
///
/// When the pairs are not such an object; then everything that is wrong with them.
pub fn read_text<T: Input>(pairs: Pairs<'_>, place: TextPlace) -> Result<T, Vec<Issue>> {
    let described = Described::of::<T>();
    let value = gather(&described.catalog, &described.shape, pairs, place);
    accept(&value, &Rules::NONE).ok_or_else(|| {
        let issues = diagnose(&described.catalog, &described.shape, &value, place.name(), Spelling::Text);
        nonempty(wire_names(issues, place), place.name())
    })
}

/// One parameter of a text place that is no object: its name, its rules, and what stands for it
/// where it is absent.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name on the wire.
    pub name: &'static str,
    /// The rules that the parameter adds to its type.
    pub rules: &'static Rules,
    /// Whether a list is one comma-separated value.
    pub is_comma_separated: bool,
}

impl Parameter {
    /// Reads the parameter from the pairs of its place; `None` when it is absent.
    ///
    /// # Errors
    ///
    /// When what was sent is not such a value; then everything that is wrong with it.
    pub fn read<T: Input>(&self, pairs: Pairs<'_>, place: TextPlace) -> Result<Option<T>, Vec<Issue>> {
        let described = Described::of::<T>();
        let mut field = Field::new(self.name, described.shape.clone().with_rules(self.rules)).optional();
        field.is_comma_separated = self.is_comma_separated;
        let object = Shape::new(Kind::Object(ObjectShape::new().field(field)));
        let gathered = gather(&described.catalog, &object, pairs, place);
        let mut given = gathered.as_object().into_iter().flat_map(Object::iter).filter(|(key, _)| *key == self.name);
        let (first, second) = (given.next(), given.next());
        match (first, second) {
            (None, _) => Ok(None),
            (Some((_, value)), None) if let Some(value) = accept(value, self.rules) => Ok(Some(value)),
            _ => {
                let issues = diagnose(&described.catalog, &object, &gathered, place.name(), Spelling::Text);
                Err(nonempty(wire_names(issues, place), place.name()))
            }
        }
    }

    /// The issue of a parameter that is absent and may not be.
    pub fn missing(&self, place: TextPlace) -> Issue {
        Issue {
            location: vec![
                Segment::Key(place.name().into()),
                Segment::Key(place.wire_name(self.name).into_owned().into()),
            ],
            kind: "missing".into(),
            message: "Field required".into(),
            context: Object::new(),
            input: None,
        }
    }
}

/// The typed judgement of a field or object: reads the value and asks the validator.
///
/// What cannot be read has been reported already, so it is no finding here.
///
/// # Errors
///
/// What the validator finds.
pub fn validate<T: Input>(
    value: &Value<'_>,
    rules: &Rules,
    validator: impl FnOnce(&T) -> Result<(), Invalid>,
) -> Result<(), Invalid> {
    match value.read::<T>() {
        Ok(mut typed) => {
            typed.normalize(rules);
            validator(&typed)
        }
        Err(_) => Ok(()),
    }
}

fn accept<T: Input>(value: &Value<'_>, rules: &Rules) -> Option<T> {
    let mut typed: T = value.read().ok()?;
    typed.normalize(rules);
    typed.accepts(rules, Direction::Input).then_some(typed)
}

#[cold]
#[inline(never)]
fn diagnose_json(body: &[u8], described: &Described) -> Unreadable {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => {
            let kind = SyntaxErrorKind::InvalidUtf8;
            return Unreadable::Syntax(SyntaxError::at(body, error.valid_up_to(), kind));
        }
    };
    match json::parse(text, DEPTH_LIMIT) {
        Err(error) => Unreadable::Syntax(error),
        Ok(value) => {
            let issues = diagnose(&described.catalog, &described.shape, &value, "body", Spelling::Json);
            Unreadable::Issues(nonempty(issues, "body"))
        }
    }
}

/// Refused input has an issue even where the shape finds none: a type whose own `Deserialize`
/// asks for more than its `Schema` says.
fn nonempty(mut issues: Vec<Issue>, place: &'static str) -> Vec<Issue> {
    if issues.is_empty() {
        issues.push(Issue {
            location: vec![Segment::Key(place.into())],
            kind: "value_error".into(),
            message: "Value error, the input was not accepted".into(),
            context: Object::new(),
            input: None,
        });
    }
    issues
}

/// Header fields are reported under the name that travels.
fn wire_names(mut issues: Vec<Issue>, place: TextPlace) -> Vec<Issue> {
    for issue in &mut issues {
        if let Some(Segment::Key(name)) = issue.location.get_mut(1) {
            *name = place.wire_name(name).into_owned().into();
        }
    }
    issues
}
