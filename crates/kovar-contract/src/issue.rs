//! What is wrong with one place of a request, in the vocabulary of Pydantic.
//!
//! Teams that come from FastAPI have clients that branch on these types, so the words are kept.
//! An issue never holds more of the input than [`INPUT_LIMIT`], and nothing at all of a field that
//! is or contains a secret.

use std::borrow::Cow;
use std::fmt;

use crate::json::{Object, Value};

/// How many bytes of the offending input an issue shows. Default: 256.
pub const INPUT_LIMIT: usize = 256;

/// How many issues one answer lists. Default: 100; what is more is cut.
pub const ISSUE_LIMIT: usize = 100;

/// One thing that is wrong with the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Where: the place of the request first (`body`, `query`, …), then keys and indexes.
    pub location: Vec<Segment>,
    /// What, in Pydantic's vocabulary: `missing`, `greater_than_equal`, …
    pub kind: Cow<'static, str>,
    /// What, in a sentence for people.
    pub message: Cow<'static, str>,
    /// The numbers and names in the message, by name.
    pub context: Object<'static>,
    /// The offending input, cut to [`INPUT_LIMIT`]; `None` where a secret could show.
    pub input: Option<Value<'static>>,
}

/// One step of an issue's location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A place of the request, or a member of an object.
    Key(Cow<'static, str>),
    /// An item of an array, from 0.
    Index(usize),
    /// A variant of a union: part of the location, though no step in the input.
    Variant(&'static str),
}

impl Issue {
    /// The RFC 6901 pointer to the input inside its place of the request.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for segment in self.location.iter().skip(1) {
            match segment {
                Segment::Key(key) => pointer.extend(["/", &key.replace('~', "~0").replace('/', "~1")]),
                Segment::Index(index) => pointer.extend(["/", &index.to_string()]),
                Segment::Variant(_) => {}
            }
        }
        pointer
    }

    /// The issue as a member of a problem's `errors`.
    pub fn to_json(&self) -> Object<'static> {
        Object::new()
            .with("loc", self.location.iter().map(Segment::to_json).collect::<Vec<_>>())
            .with("pointer", self.pointer())
            .with("type", self.kind.clone())
            .with("msg", self.message.clone())
            .with("ctx", self.context.clone())
            .with_some("input", self.input.clone())
    }

    /// The issue as FastAPI writes it: without a pointer, and `ctx` only when it says something.
    pub fn to_fastapi_json(&self) -> Object<'static> {
        Object::new()
            .with("type", self.kind.clone())
            .with("loc", self.location.iter().map(Segment::to_json).collect::<Vec<_>>())
            .with("msg", self.message.clone())
            .with_some("input", self.input.clone())
            .with_some("ctx", (!self.context.is_empty()).then(|| self.context.clone()))
    }
}

impl Segment {
    fn to_json(&self) -> Value<'static> {
        match self {
            Segment::Key(key) => Value::String(key.clone()),
            Segment::Index(index) => Value::from(*index),
            Segment::Variant(name) => Value::from(*name),
        }
    }
}

/// What a rule or a validator says of one value, before it is known where the value stands.
///
/// # Example
///
/// ```
/// use kovar_contract::Invalid;
///
/// fn not_reserved(name: &String) -> Result<(), Invalid> {
///     if name == "admin" {
///         return Err(Invalid::new("reserved_name", "This name is taken by the house").with("name", "admin"));
///     }
///     Ok(())
/// }
/// # assert!(not_reserved(&"admin".to_owned()).is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid {
    pub(crate) kind: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    pub(crate) context: Object<'static>,
    /// What few findings have, apart: a finding is returned by value from every validator.
    rest: Option<Box<Rest>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Rest {
    location: Vec<Segment>,
    more: Vec<Invalid>,
    /// The message where the input may not show: set by those that quote the input in theirs.
    discreet: Option<&'static str>,
}

impl Invalid {
    /// A finding of a type and a message for the client.
    pub fn new(kind: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: kind.into(), message: message.into(), context: Object::new(), rest: None }
    }

    fn rest(&mut self) -> &mut Rest {
        self.rest.get_or_insert_default()
    }

    /// Where below the validated value the finding is, and other findings about it.
    pub(crate) fn take_rest(&mut self) -> (Vec<Segment>, Vec<Invalid>) {
        self.rest.take().map_or_else(Default::default, |rest| (rest.location, rest.more))
    }

    /// Says that the message or context may quote the input, and what to say where a secret could show.
    #[must_use]
    pub(crate) fn quoting(mut self, discreet: &'static str) -> Self {
        self.rest().discreet = Some(discreet);
        self
    }

    /// The finding without what quotes the input.
    pub(crate) fn discreet(mut self) -> Self {
        let Some(rest) = &mut self.rest else { return self };
        if let Some(message) = rest.discreet {
            self.message = message.into();
            self.context = Object::new();
        }
        rest.more = std::mem::take(&mut rest.more).into_iter().map(Invalid::discreet).collect();
        self
    }

    /// A finding of type `value_error`, for validators that need no type of their own.
    pub fn value(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new("value_error", message)
    }

    /// Adds a name and value to `ctx`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value<'static>>) -> Self {
        self.context.push(name, value);
        self
    }

    /// Says that the finding is about a field below the validated value.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.rest().location.insert(0, Segment::Key(field.into()));
        self
    }

    /// Says that the finding is about an item below the validated value.
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        self.rest().location.insert(0, Segment::Index(index));
        self
    }

    /// Adds another finding about the same value.
    #[must_use]
    pub fn and(mut self, other: Invalid) -> Self {
        self.rest().more.push(other);
        self
    }

    /// The type.
    pub fn kind(&self) -> &str {
        &self.kind
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

/// A plain text is a finding of type `value_error`.
impl From<&'static str> for Invalid {
    fn from(message: &'static str) -> Self {
        Self::value(message)
    }
}

/// A plain text is a finding of type `value_error`.
impl From<String> for Invalid {
    fn from(message: String) -> Self {
        Self::value(message)
    }
}

/// Cuts a value to [`INPUT_LIMIT`] bytes of text, counting as it copies.
pub(crate) fn bounded_input(value: &Value<'_>) -> Value<'static> {
    copy_bounded(value, &mut INPUT_LIMIT.clone())
}

fn copy_bounded(value: &Value<'_>, left: &mut usize) -> Value<'static> {
    *left = left.saturating_sub(1);
    match value {
        Value::Null => Value::Null,
        Value::Bool(value) => Value::Bool(*value),
        // `inf`, which text places spell, and `1e999` are no numbers to whoever reads the answer.
        Value::Number(text) if text.len() <= *left && value.as_f64().is_some() => {
            *left -= text.len();
            Value::Number(Cow::Owned(text.to_string()))
        }
        Value::Number(text) | Value::String(text) => Value::String(Cow::Owned(cut(text, left))),
        Value::Array(items) => {
            let mut copy = Vec::new();
            for item in items {
                if *left == 0 {
                    copy.push(Value::from("…"));
                    break;
                }
                copy.push(copy_bounded(item, left));
            }
            Value::Array(copy)
        }
        Value::Object(object) => {
            let mut copy = Object::new();
            for (key, value) in object.iter() {
                if *left == 0 {
                    copy.push("…", Value::from("…"));
                    break;
                }
                copy.push(cut(key, left), copy_bounded(value, left));
            }
            Value::Object(copy)
        }
    }
}

fn cut(text: &str, left: &mut usize) -> String {
    if text.len() <= *left {
        *left -= text.len();
        return text.to_owned();
    }
    let end = text.floor_char_boundary(*left);
    *left = 0;
    format!("{}…", &text[..end])
}
