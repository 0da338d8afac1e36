//! JSON as the contract sees it: an ordered tree that keeps what was written.
//!
//! `serde_json::Value` forgets three things that this crate needs: the order of members (a
//! document reads in the order its author declared), duplicate keys (they are an issue, not
//! something to resolve silently), and the text of numbers (`1e999` and a 30-digit integer must
//! reach the rule that judges them). The same tree carries parsed input and generated documents.

mod deserialize;
mod key;
mod parse;
mod read;
mod tree;
mod write;

use std::borrow::Cow;
use std::collections::HashSet;

pub use self::deserialize::DeserializeError;
pub(crate) use self::deserialize::{float, is_spelled_as_json, single_float, spelled_whole, whole};
pub use self::parse::{SyntaxError, SyntaxErrorKind, parse};
pub(crate) use self::read::from_str;
pub(crate) use self::tree::read_tree;

/// How deep arrays and objects may nest. Default: 64.
///
/// Deeper input is refused with a 400: recursive schemas are walked recursively, so the depth of
/// input is the depth of the stack.
pub const DEPTH_LIMIT: usize = 64;

/// One JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written: always a valid JSON number.
    Number(Cow<'a, str>),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// The members of a JSON object, in the order they were written, duplicates included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Object<'a> {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member at the end and returns the object, for building in one expression.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) -> Self {
        self.push(key, value);
        self
    }

    /// Adds a member at the end when there is a value.
    #[must_use]
    pub fn with_some(self, key: impl Into<Cow<'a, str>>, value: Option<impl Into<Value<'a>>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds a member at the end, even when the key is there already.
    pub fn push(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        self.members.push((key.into(), value.into()));
    }

    /// Sets a member: replaces the value of the first one with this key, or adds one.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        let key = key.into();
        match self.get_mut(&key) {
            Some(slot) => *slot = value.into(),
            None => self.push(key, value),
        }
    }

    /// The value of the first member with this key.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of the first member with this key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value<'a>> {
        self.members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Takes out the first member with this key.
    pub fn remove(&mut self, key: &str) -> Option<Value<'a>> {
        let index = self.members.iter().position(|(name, _)| name == key)?;
        Some(self.members.remove(index).1)
    }

    /// Whether a member has this key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The members in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.members.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// The members in order, as they are kept.
    pub(crate) fn members(&self) -> impl ExactSizeIterator<Item = &(Cow<'a, str>, Value<'a>)> {
        self.members.iter()
    }

    /// The members in order, with values that can be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Value<'a>)> {
        self.members.iter_mut().map(|(key, value)| (&**key, value))
    }

    /// The keys that stand before already, each time that they do.
    pub(crate) fn repeated_keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        self.iter().map(|(key, _)| key).filter(move |key| !seen.insert(*key))
    }

    /// How many members there are, duplicates counted.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Cow<'a, str>, Value<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl<'a, K: Into<Cow<'a, str>>, V: Into<Value<'a>>> FromIterator<(K, V)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let members = members.into_iter().map(|(key, value)| (key.into(), value.into()));
        Self { members: members.collect() }
    }
}

impl<'a> Extend<(Cow<'a, str>, Value<'a>)> for Object<'a> {
    fn extend<I: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(&mut self, members: I) {
        self.members.extend(members);
    }
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number as an integer, if it is written as one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The number as the nearest double; `None` also past the range of a double.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Number(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The members, if it is an object, to change them.
    pub fn as_object_mut(&mut self) -> Option<&mut Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The member of an object by key; `None` also for what is no object.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(key)
    }

    /// The value that an RFC 6901 pointer names, `""` being the whole.
    pub fn pointer(&self, pointer: &str) -> Option<&Value<'a>> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| {
            let key = token.replace("~1", "/").replace("~0", "~");
            match value {
                Value::Object(object) => object.get(&key),
                Value::Array(items) => items.get(key.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// How many values there are, with those inside.
    pub(crate) fn count(&self) -> usize {
        match self {
            Value::Array(items) => 1 + items.iter().map(Value::count).sum::<usize>(),
            Value::Object(object) => 1 + object.iter().map(|(_, value)| value.count()).sum::<usize>(),
            _ => 1,
        }
    }

    /// Whether no key stands twice in an object and no number is past the range of a double, so
    /// that any JSON library reads the same value.
    pub(crate) fn is_interoperable(&self) -> bool {
        match self {
            Value::Number(text) => float(text).is_some(),
            Value::Array(items) => items.iter().all(Value::is_interoperable),
            Value::Object(object) => {
                object.repeated_keys().next().is_none() && object.iter().all(|(_, value)| value.is_interoperable())
            }
            _ => true,
        }
    }

    /// The same value without borrowing from what it was parsed from.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Value::Object(object) => Value::Object(object.into_owned()),
        }
    }
}

impl Object<'_> {
    /// The same object without borrowing from what it was parsed from.
    pub fn into_owned(self) -> Object<'static> {
        let members = self.members.into_iter();
        Object { members: members.map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned())).collect() }
    }
}

/// Turns what serde can serialise into a tree.
///
/// # Errors
///
/// When the value's own `Serialize` fails, or it has map keys that are no strings.
pub fn to_value(value: &(impl serde::Serialize + ?Sized)) -> Result<Value<'static>, serde_json::Error> {
    let text = serde_json::to_string(value)?;
    let tree = parse(&text, usize::MAX).map_err(serde::ser::Error::custom)?;
    Ok(tree.into_owned())
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::String(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::String(text)
    }
}

impl<'a> From<Object<'a>> for Value<'a> {
    fn from(object: Object<'a>) -> Self {
        Value::Object(object)
    }
}

impl<'a, T: Into<Value<'a>>> From<Vec<T>> for Value<'a> {
    fn from(items: Vec<T>) -> Self {
        Value::Array(items.into_iter().map(Into::into).collect())
    }
}

macro_rules! from_integer {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Value<'_> {
            fn from(value: $integer) -> Self {
                Value::Number(Cow::Owned(value.to_string()))
            }
        }
    )*};
}

from_integer!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

#[cfg(test)]
mod tests;
