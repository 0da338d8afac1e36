//! What `#[schema]` expands to calls of. Not part of the interface.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, Visitor};

pub use crate::attempt::Attempts;
use crate::issue::Invalid;
use crate::json::{DeserializeError, Object, Value};

/// `deserialize_with` for an `Option` that must be there: with it, serde knows no absence.
///
/// # Errors
///
/// Those of the field's type.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}

/// `deserialize_with` for an `Option` that may be absent and takes no null.
///
/// # Errors
///
/// Those of the type in the option.
pub fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A default as the document shows it; what serde cannot serialise is not shown.
pub fn default_value(default: &impl serde::Serialize) -> Option<Value<'static>> {
    crate::json::to_value(default).ok()
}

/// What validators may return.
#[diagnostic::on_unimplemented(
    message = "a validator returns `Result<(), Invalid>`; this one returns `{Self}`",
    label = "a validator",
    note = "`Ok(())` accepts; `Err(Invalid::new(type, message))`, or `Err(\"message\".into())`, says what is wrong"
)]
pub trait Judgement {
    /// The finding, if there is one.
    ///
    /// # Errors
    ///
    /// The finding.
    fn into_result(self) -> Result<(), Invalid>;
}

impl<E: Into<Invalid>> Judgement for Result<(), E> {
    fn into_result(self) -> Result<(), Invalid> {
        self.map_err(Into::into)
    }
}

/// What a validator found.
///
/// # Errors
///
/// The finding.
pub fn judged(judgement: impl Judgement) -> Result<(), Invalid> {
    judgement.into_result()
}

/// Reads one of several strings.
///
/// # Errors
///
/// When it is none of them.
pub fn read_enumeration<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static [&'static str],
    find: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(EnumerationVisitor { expected, find, value: PhantomData })
}

struct EnumerationVisitor<T> {
    expected: &'static [&'static str],
    find: fn(&str) -> Option<T>,
    value: PhantomData<T>,
}

impl<T> Visitor<'_> for EnumerationVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {:?}", self.expected)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        (self.find)(name).ok_or_else(|| E::unknown_variant(name, self.expected))
    }
}

/// `Deserialize` by way of a tree: what must be known before the value can be read stands in it.
///
/// # Errors
///
/// When the input is not JSON, or `read` refuses the tree.
pub fn read_tree<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    read: fn(&Value<'_>) -> Result<T, DeserializeError>,
) -> Result<T, D::Error> {
    crate::json::read_tree(deserializer, read)
}

/// No variant fits; the diagnosing pass says why.
pub fn no_variant() -> DeserializeError {
    DeserializeError::custom("no variant fits")
}

/// A union's value, taken apart.
#[derive(Debug)]
pub struct Tagged<'v> {
    name: &'v str,
    content: Option<Cow<'v, Value<'v>>>,
    /// Whether content that no variant reads is ignored, as fields that nobody knows are.
    ignores_content: bool,
}

impl<'v> Tagged<'v> {
    /// The variant's name alone, or an object with one member of that name.
    ///
    /// # Errors
    ///
    /// When the value is neither.
    pub fn external(value: &'v Value<'v>) -> Result<Self, DeserializeError> {
        match value {
            Value::String(name) => Ok(Self { name, content: None, ignores_content: false }),
            Value::Object(object) => match object.iter().next() {
                Some((name, content)) if object.len() == 1 => {
                    Ok(Self { name, content: Some(Cow::Borrowed(content)), ignores_content: false })
                }
                _ => Err(no_variant()),
            },
            _ => Err(no_variant()),
        }
    }

    /// An object with the tag among its members; the rest is the content.
    ///
    /// # Errors
    ///
    /// When there is not exactly one tag.
    pub fn internal(value: &'v Value<'v>, tag: &str) -> Result<Self, DeserializeError> {
        let name = one_tag(value, tag)?;
        Ok(Self { name, content: Some(Cow::Owned(without(value, &[tag]))), ignores_content: true })
    }

    /// An object with a member for the tag and one for the content.
    ///
    /// # Errors
    ///
    /// When there is not exactly one tag, or more than one content.
    pub fn adjacent(value: &'v Value<'v>, tag: &str, key: &str) -> Result<Self, DeserializeError> {
        let name = one_tag(value, tag)?;
        let mut contents = value.as_object().into_iter().flat_map(Object::iter).filter(|(name, _)| *name == key);
        let content = contents.next().map(|(_, content)| Cow::Borrowed(content));
        match contents.next() {
            None => Ok(Self { name, content, ignores_content: true }),
            Some(_) => Err(no_variant()),
        }
    }

    /// The variant's name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The variant's content, where it has one.
    ///
    /// # Errors
    ///
    /// When a variant with content has none, or one without has some.
    pub fn content(&self, is_expected: bool) -> Result<Cow<'_, Value<'v>>, DeserializeError> {
        match (&self.content, is_expected) {
            (Some(content), true) => Ok(content.clone()),
            (None, false) => Ok(Cow::Owned(Value::Null)),
            (Some(_), false) if self.ignores_content => Ok(Cow::Owned(Value::Null)),
            _ => Err(no_variant()),
        }
    }
}

fn one_tag<'v>(value: &'v Value<'_>, tag: &str) -> Result<&'v str, DeserializeError> {
    let object = value.as_object().ok_or_else(no_variant)?;
    let mut tags = object.iter().filter(|(key, _)| *key == tag);
    match (tags.next(), tags.next()) {
        (Some((_, Value::String(name))), None) => Ok(name),
        _ => Err(no_variant()),
    }
}

/// The object without the members of these names.
///
/// What is no object stays as it is.
pub fn without<'v>(value: &Value<'v>, names: &[&str]) -> Value<'v> {
    let Value::Object(object) = value else { return value.clone() };
    Value::Object(object.members().filter(|(key, _)| !names.contains(&&**key)).cloned().collect())
}

/// Adds the keys of a flattened type: [`Schema::add_keys`](crate::Schema::add_keys).
pub type AddKeys = fn(&mut Vec<&'static str>) -> bool;

/// Reads a flattened field from what the object's own fields leave. A type without fields of its
/// own (a map) gets what the other flattened types leave, too; an `Option` none of whose fields
/// is there is `None`.
///
/// # Errors
///
/// Those of the field's type.
pub fn read_flattened<T: DeserializeOwned + crate::Schema>(
    rest: &Value<'_>,
    others: &[AddKeys],
) -> Result<T, DeserializeError> {
    let mut own = Vec::new();
    if !T::add_keys(&mut own) {
        let mut names = Vec::new();
        for add_keys in others {
            add_keys(&mut names);
        }
        return without(rest, &names).read();
    }
    let has_any = || own.iter().any(|key| rest.get(key).is_some());
    if T::ACCEPTS_ABSENCE && !has_any() {
        return Value::Null.read();
    }
    rest.read()
}
