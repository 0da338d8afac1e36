//! serde over the tree: the same answers as `serde_json` gives over the text.
//!
//! Text places, unions and flattened fields are read from a tree, because the variant or the type
//! must be known before the value is read; serde's own buffer forgets that an array is no struct.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::key::{KeySeed, Seen};
use super::tree::{Copied, TREE_TOKEN};
use super::{Object, Value};

/// Why a tree is not the wanted type; the diagnosing pass finds out more.
#[derive(Clone, Debug)]
pub struct DeserializeError(String);

impl fmt::Display for DeserializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DeserializeError {}

impl Error for DeserializeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Deserialized<T> = Result<T, DeserializeError>;

impl Value<'_> {
    /// Reads a value from the tree, as `serde_json` reads it from text.
    ///
    /// # Errors
    ///
    /// When the tree is not such a value.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Deserialized<T> {
        T::deserialize(self)
    }

    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(_) => Unexpected::Other("number"),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        }
    }
}

/// Visits a number as `serde_json` does: `u64`, else `i64`, else a finite double.
fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Deserialized<V::Value> {
    if text != "-0" {
        if let Ok(number) = text.parse() {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = text.parse() {
            return visitor.visit_i64(number);
        }
    }
    visitor.visit_f64(float(text).ok_or_else(|| Error::custom("number out of range"))?)
}

/// The double of a number's text, by `serde_json`'s own reading; `None` past a double's range.
///
/// `str::parse` rounds otherwise in the last digit, and then the two passes would disagree on a
/// number that lies on a bound. Text places spell infinities and NaN, which no JSON number does.
pub(crate) fn float(text: &str) -> Option<f64> {
    if !text.ends_with(|last: char| last.is_ascii_digit()) {
        return text.parse().ok();
    }
    serde_json::from_str(text).ok()
}

/// The same for a single-precision number, which becomes an infinity past its range.
pub(crate) fn single_float(text: &str) -> Option<f32> {
    if !text.ends_with(|last: char| last.is_ascii_digit()) {
        return text.parse().ok();
    }
    serde_json::from_str(text).ok()
}

macro_rules! deserialize_as_any {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
            self.deserialize_any(visitor)
        }
    )*};
}

/// The integer in a number that is written as a double: `1.0`, `1e2`, `-0`.
///
/// To JSON Schema a number without a fraction is an integer, however it is written. Only up to
/// 2⁵³ exclusive: that double also stands for 2⁵³ + 1. `None` also for what is written as an
/// integer.
pub(crate) fn spelled_whole(text: &str) -> Option<i64> {
    if text != "-0" && !text.contains(['.', 'e', 'E']) {
        return None;
    }
    float(text).and_then(whole)
}

/// The integer that a double without a fraction is, below 2⁵³.
pub(crate) fn whole(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() < LIMIT).then_some(number as i64)
}

macro_rules! deserialize_whole {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
            match self {
                Value::Number(text) if let Some(whole) = spelled_whole(text) => visitor.visit_i64(whole),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

macro_rules! deserialize_wide {
    ($($method:ident => $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
            match self {
                Value::Number(text) => match (text.parse(), spelled_whole(text)) {
                    (_, Some(whole)) => visitor.visit_i64(whole),
                    (Ok(number), None) => visitor.$visit(number),
                    _ => Err(Error::invalid_type(self.unexpected(), &visitor)),
                },
                _ => Err(Error::invalid_type(self.unexpected(), &visitor)),
            }
        }
    )*};
}

impl<'de, 'a: 'de> Deserializer<'de> for &'de Value<'a> {
    type Error = DeserializeError;

    deserialize_whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    deserialize_as_any! {
        deserialize_bool deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
        match self {
            Value::Number(text) => {
                visitor.visit_f32(single_float(text).ok_or_else(|| Error::custom("number out of range"))?)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    deserialize_wide! {
        deserialize_i128 => visit_i128
        deserialize_u128 => visit_u128
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(text) => visit_number(text, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visit_items(items, visitor),
            Value::Object(object) => visit_members(object, Some(Seen::default()), visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
        match self {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Deserialized<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Deserialized<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Deserialized<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Deserialized<V::Value> {
        if name == TREE_TOKEN {
            return visitor.visit_newtype_struct(Copied(self));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Deserialized<V::Value> {
        match self {
            Value::Object(object) => visit_members(object, None, visitor),
            _ => Err(Error::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Deserialized<V::Value> {
        match self {
            Value::String(text) => BorrowedStrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            Value::Object(object) if object.len() == 1 => {
                let members = Members::new(object, None);
                MapAccessDeserializer::new(members).deserialize_enum(name, variants, visitor)
            }
            _ => Err(Error::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
        visitor.visit_unit()
    }
}

pub(super) fn visit_items<'de, 'a: 'de, V: Visitor<'de>>(
    items: &'de [Value<'a>],
    visitor: V,
) -> Deserialized<V::Value> {
    let mut access = Items { items: items.iter() };
    let value = visitor.visit_seq(&mut access)?;
    match access.items.len() {
        0 => Ok(value),
        _ => Err(Error::invalid_length(items.len(), &"fewer items")),
    }
}

struct Items<'de, 'a> {
    items: std::slice::Iter<'de, Value<'a>>,
}

impl<'de, 'a: 'de> SeqAccess<'de> for &mut Items<'de, 'a> {
    type Error = DeserializeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Deserialized<Option<S::Value>> {
        self.items.next().map(|item| seed.deserialize(item)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

pub(super) fn visit_members<'de, 'a: 'de, V: Visitor<'de>>(
    object: &'de Object<'a>,
    seen: Option<Seen>,
    visitor: V,
) -> Deserialized<V::Value> {
    visitor.visit_map(Members::new(object, seen))
}

struct Members<'de, 'a> {
    members: std::slice::Iter<'de, (Cow<'a, str>, Value<'a>)>,
    value: Option<&'de Value<'a>>,
    seen: Option<Seen>,
}

impl<'de, 'a> Members<'de, 'a> {
    fn new(object: &'de Object<'a>, seen: Option<Seen>) -> Self {
        Self { members: object.members.iter(), value: None, seen }
    }
}

impl<'de, 'a: 'de> MapAccess<'de> for Members<'de, 'a> {
    type Error = DeserializeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Deserialized<Option<S::Value>> {
        let Some((key, value)) = self.members.next() else { return Ok(None) };
        self.value = Some(value);
        let key = MemberKey(key);
        match &mut self.seen {
            None => seed.deserialize(key),
            Some(seen) => KeySeed { seed, seen }.deserialize(key),
        }
        .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Deserialized<S::Value> {
        seed.deserialize(self.value.take().unwrap_or(&Value::Null))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.members.len())
    }
}

/// A key: a string, or the number or boolean that it spells where a map asks for one.
struct MemberKey<'de>(&'de str);

macro_rules! deserialize_spelled {
    ($($method:ident => $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
            match self.0.parse() {
                Ok(value) if is_spelled_as_json(self.0) => visitor.$visit(value),
                _ => Err(Error::invalid_type(Unexpected::Str(self.0), &visitor)),
            }
        }
    )*};
}

/// Whether an integer or boolean is written as in JSON: no plus, no leading zero, no `-0`.
pub(crate) fn is_spelled_as_json(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !text.starts_with('+') && (text == "0" || !digits.starts_with('0'))
}

impl<'de> Deserializer<'de> for MemberKey<'de> {
    type Error = DeserializeError;

    deserialize_spelled! {
        deserialize_bool => visit_bool
        deserialize_i8 => visit_i8
        deserialize_i16 => visit_i16
        deserialize_i32 => visit_i32
        deserialize_i64 => visit_i64
        deserialize_i128 => visit_i128
        deserialize_u8 => visit_u8
        deserialize_u16 => visit_u16
        deserialize_u32 => visit_u32
        deserialize_u64 => visit_u64
        deserialize_u128 => visit_u128
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Deserialized<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Deserialized<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Deserialized<V::Value> {
        BorrowedStrDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
