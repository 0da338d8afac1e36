//! Shapes: a schema as data, the tree that documents, clients and the diagnosing pass read.
//!
//! `schemars` describes types as finished JSON Schema; finding every issue of an input, lax text
//! places, secrets, and the difference between input and output need more than JSON Schema says.
//! So the shape is the one description, and the JSON Schema is written from it.

mod build;

use std::borrow::Cow;

use crate::catalog::SchemaId;
use crate::issue::Invalid;
use crate::json::Value;
use crate::rule::Rules;

/// What values of a type look like, and the rules they keep.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What kind of value.
    pub kind: Kind,
    /// The rules that a field, parameter or newtype adds.
    pub rules: &'static Rules,
    /// Typed judgements that a newtype or union adds.
    pub validators: Vec<Validator>,
}

/// The kinds of value that a contract knows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// Any JSON value.
    Any,
    /// Only `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number of a width.
    Integer(Width),
    /// A floating-point number: `float` or `double`.
    Float(&'static str),
    /// A decimal number: a string, or on input also a number.
    Decimal,
    /// A string.
    Text(TextFormat),
    /// The inner shape, or `null`.
    Nullable(Box<Shape>),
    /// An array of items of one shape; the noun is Pydantic's: `List`, `Set`.
    List(&'static str, Box<Shape>),
    /// An array of a fixed length, each item with its own shape.
    Tuple(Vec<Shape>),
    /// An object of any keys.
    Map(Box<Shape>, Box<Shape>),
    /// An object of known fields.
    Object(ObjectShape),
    /// One of several variants.
    Union(UnionShape),
    /// One of several strings.
    Enumeration(Vec<EnumerationValue>),
    /// A definition of the catalog.
    Reference(SchemaId),
    /// Something that is never shown.
    Secret(Box<Shape>),
    /// Bytes of a file in a multipart body.
    File,
}

/// The limits of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    /// The smallest value.
    pub minimum: i128,
    /// The largest value.
    pub maximum: u128,
    /// The OpenAPI format, where the registry has one.
    pub format: Option<&'static str>,
}

/// How a string is written beyond being text.
#[derive(Clone, Copy, Debug)]
pub struct TextFormat {
    /// The JSON Schema `format`; `None` for text that only its rules judge.
    pub name: Option<&'static str>,
    /// The JSON Schema `contentEncoding`.
    pub encoding: Option<&'static str>,
    /// The issue's type and message when the value is no string at all.
    pub expected: (&'static str, &'static str),
    /// Judges a text that has been transformed: the findings, or none.
    pub judge: fn(&Rules, &str) -> Vec<Invalid>,
}

/// An object of known fields.
#[derive(Clone, Debug, Default)]
pub struct ObjectShape {
    /// The fields in the order they are declared.
    pub fields: Vec<Field>,
    /// Shapes whose fields stand in this object: objects, maps or unions.
    pub flattened: Vec<Shape>,
    /// What becomes of members that no field has.
    pub unknown: Unknown,
    /// Functions that judge the object as a whole.
    pub validators: Vec<Validator>,
}

/// What becomes of members that no field has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// They are ignored, with all that is in them.
    #[default]
    Ignored,
    /// They are an issue: `extra_forbidden`.
    Denied,
}

/// A typed judgement behind a plain function: deserialises the value and calls a validator.
pub type Validator = fn(&Value<'_>) -> Result<(), Invalid>;

/// One field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key on the wire.
    pub name: Cow<'static, str>,
    /// Other keys that are read as this one.
    pub aliases: Vec<&'static str>,
    /// What stands there.
    pub shape: Shape,
    /// Whether an input without it is refused.
    pub is_required: bool,
    /// Whether an output always has it.
    pub is_always_sent: bool,
    /// In which directions the field exists.
    pub access: Access,
    /// What an input without it gets.
    pub default: Option<Value<'static>>,
    /// Whether a list is written as one comma-separated value in text places.
    pub is_comma_separated: bool,
    /// Functions that judge the field's value.
    pub validators: Vec<Validator>,
    /// What people read about it.
    pub about: About,
}

/// In which directions a field exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Read and written.
    #[default]
    Both,
    /// Only in outputs: computed, or `skip_deserializing`.
    ReadOnly,
    /// Only in inputs: `skip_serializing`.
    WriteOnly,
}

/// What people read about a definition or field.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// A short name.
    pub title: Option<&'static str>,
    /// What it is, from the doc comment; Markdown.
    pub description: Option<Cow<'static, str>>,
    /// Examples that the schema accepts.
    pub examples: Vec<Value<'static>>,
    /// Whether it should no longer be used.
    pub is_deprecated: bool,
}

/// One of several variants.
#[derive(Clone, Debug)]
pub struct UnionShape {
    /// How the variant is told from the value.
    pub tagging: Tagging,
    /// The variants in the order they are declared.
    pub variants: Vec<Variant>,
}

/// How a union's variant is told from the value: serde's four representations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagging {
    /// An object with one member named as the variant, or the name alone.
    External,
    /// A member of the variant's own object.
    Internal {
        /// The key of that member.
        tag: &'static str,
    },
    /// An object of two members.
    Adjacent {
        /// The key of the variant's name.
        tag: &'static str,
        /// The key of the variant's content.
        content: &'static str,
    },
    /// By trying each variant in order.
    Untagged,
}

/// One variant of a union.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The name on the wire.
    pub name: &'static str,
    /// Other names that are read as this one.
    pub aliases: Vec<&'static str>,
    /// What the variant holds; `None` for nothing.
    pub content: Option<Shape>,
    /// What people read about it.
    pub about: About,
}

/// One value of an enumeration.
#[derive(Clone, Debug)]
pub struct EnumerationValue {
    /// The string on the wire.
    pub name: &'static str,
    /// Other strings that are read as this one.
    pub aliases: Vec<&'static str>,
    /// What people read about it.
    pub about: About,
}

impl Shape {
    /// A shape without rules.
    pub fn new(kind: Kind) -> Self {
        Self { kind, rules: &Rules::NONE, validators: Vec::new() }
    }

    /// The shape with the rules of the field, parameter or newtype around it.
    #[must_use]
    pub fn with_rules(mut self, rules: &'static Rules) -> Self {
        match &mut self.kind {
            Kind::Nullable(inner) | Kind::Secret(inner) => {
                **inner = std::mem::replace(&mut **inner, Shape::new(Kind::Any)).with_rules(rules);
            }
            Kind::List(_, item) => {
                **item = std::mem::replace(&mut **item, Shape::new(Kind::Any)).with_rules(rules.for_items());
            }
            Kind::Map(key, value) => {
                **key = std::mem::replace(&mut **key, Shape::new(Kind::Any)).with_rules(rules.for_keys());
                **value = std::mem::replace(&mut **value, Shape::new(Kind::Any)).with_rules(rules.for_values());
            }
            _ => {}
        }
        self.rules = rules;
        self
    }

    /// The shape with a typed judgement.
    #[must_use]
    pub fn with_validator(mut self, validator: Validator) -> Self {
        self.validators.push(validator);
        self
    }

    /// A string without a format.
    pub fn text() -> Self {
        Self::new(Kind::Text(TextFormat {
            name: None,
            encoding: None,
            expected: ("string_type", "Input should be a valid string"),
            judge: judge_plain_text,
        }))
    }

    /// Whether every string that is not empty is one of these.
    pub fn takes_any_text(&self) -> bool {
        let Self { kind: Kind::Text(TextFormat { name: None, encoding: None, .. }), rules, validators } = self else {
            return false;
        };
        let is_bounded = rules.min_length.is_some_and(|fewest| fewest > 1) || rules.max_length.is_some();
        !is_bounded && rules.pattern.is_none() && !rules.ascii_only && !rules.strip_whitespace && validators.is_empty()
    }

    /// The inner shape, or `null`. A shape that already permits `null` stays as it is.
    #[must_use]
    pub fn nullable(self) -> Self {
        match self.kind {
            Kind::Nullable(_) | Kind::Any | Kind::Null => self,
            _ => Self { rules: self.rules, kind: Kind::Nullable(Box::new(self)), validators: Vec::new() },
        }
    }
}

fn judge_plain_text(rules: &Rules, text: &str) -> Vec<Invalid> {
    let mut violations = Vec::new();
    crate::rule::judge_text(rules, text, &mut violations);
    violations.into_iter().map(|violation| violation.to_invalid("String")).collect()
}
