//! Reading a tree itself through serde: from JSON text without copying it, from a tree by copying.
//!
//! serde's data model has no number that keeps its text, so this crate's deserializers are asked
//! by name ([`TREE_TOKEN`]): they hand over the text, or the tree with its numbers as bytes, which
//! JSON never has otherwise. Any other deserializer is read as `serde_json::Value` would be.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::deserialize::{DeserializeError, visit_items, visit_members};
use super::{Object, Value, parse};

/// The name under which [`Value`] asks a deserializer for a value as it was written.
pub(super) const TREE_TOKEN: &str = "$kovar::json::Value";

/// Reads a tree and turns it into a value; where the input is JSON text, the tree borrows from it.
///
/// # Errors
///
/// When the input is not JSON, or `read` refuses the tree.
pub(crate) fn read_tree<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    read: impl FnOnce(&Value<'_>) -> Result<T, DeserializeError>,
) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(TREE_TOKEN, Reading(read))
}

impl<'de> Deserialize<'de> for Value<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_tree(deserializer, |tree| Ok(tree.clone().into_owned()))
    }
}

/// Gives the tree to a function, whichever way it comes.
struct Reading<F>(F);

impl<'de, T, F: FnOnce(&Value<'_>) -> Result<T, DeserializeError>> Visitor<'de> for Reading<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    /// JSON text, from [`super::read`], which has looked at its depth.
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let tree = parse(text, usize::MAX).map_err(E::custom)?;
        (self.0)(&tree).map_err(E::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let tree = deserializer.deserialize_any(Copying)?;
        (self.0)(&tree).map_err(Error::custom)
    }
}

/// A tree that is to be copied: its numbers are bytes, and its duplicate keys stay.
pub(super) struct Copied<'de, 'a>(pub(super) &'de Value<'a>);

impl<'de, 'a: 'de> Deserializer<'de> for Copied<'de, 'a> {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(text) => visitor.visit_bytes(text.as_bytes()),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(items) => visit_items(items, visitor),
            Value::Object(object) => visit_members(object, None, visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Copying;

impl<'de> Visitor<'de> for Copying {
    type Value = Value<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Number(Cow::Owned(format!("{number:?}"))))
    }

    /// The text of a number, from [`Copied`].
    fn visit_bytes<E: Error>(self, number: &[u8]) -> Result<Self::Value, E> {
        let text = std::str::from_utf8(number).map_err(E::custom)?;
        Ok(Value::Number(Cow::Owned(text.to_owned())))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::from(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut object = Object::new();
        while let Some((key, value)) = access.next_entry::<String, Value<'static>>()? {
            object.push(key, value);
        }
        Ok(Value::Object(object))
    }
}
