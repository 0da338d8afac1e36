//! One value of a row as a `serde` deserializer.
//!
//! A database has fewer kinds of values than Rust has types. What is missing is read from what stands in for it: a
//! boolean from 0 and 1, and structs, lists and enums with fields from JSON text.

use rust_decimal::prelude::ToPrimitive as _;
use serde::de::value::{SeqDeserializer, StringDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use uuid::Uuid;

use super::Value;
use super::refusal::Refusal;

/// The value of one column.
pub(super) struct Column(pub(super) Value);

impl Column {
    /// What was found, in the words of an error.
    pub(super) fn kind(&self) -> &'static str {
        match self.0 {
            Value::Null => "NULL",
            Value::Integer(_) => "an integer",
            Value::Real(_) => "a real",
            Value::Text(_) => "text",
            Value::Blob(_) => "a blob",
            Value::Bool(_) => "a boolean",
            Value::Decimal(_) => "a decimal",
            Value::Uuid(_) => "a UUID",
            Value::Timestamp(_) => "a timestamp",
            Value::Date(_) => "a date",
            Value::Json(_) => "JSON",
            Value::List(_) => "an array",
        }
    }
}

/// A sum of whole numbers is a decimal in PostgreSQL.
macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            match whole(&self.0).map(|value| i64::try_from(value).map_err(|_| value)) {
                Some(Ok(value)) => visitor.visit_i64(value),
                Some(Err(value)) => visitor.visit_i128(value),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

fn whole(value: &Value) -> Option<i128> {
    let Value::Decimal(value) = value else { return None };
    let value = value.normalize();
    (value.scale() == 0).then(|| value.mantissa())
}

impl<'de> IntoDeserializer<'de, Refusal> for Column {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Column {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Integer(value) => visitor.visit_i64(value),
            Value::Real(value) => visitor.visit_f64(value),
            Value::Text(value) => visitor.visit_string(value),
            Value::Blob(value) => visitor.visit_byte_buf(value),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Decimal(value) => visitor.visit_string(value.to_string()),
            Value::Uuid(value) => visitor.visit_str(value.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
            Value::Timestamp(value) => visitor.visit_string(value.to_string()),
            Value::Date(value) => visitor.visit_string(value.to_string()),
            Value::Json(text) => json(&text, |json| json.deserialize_any(visitor)),
            Value::List(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Self))),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_f64(visitor)
    }

    /// An average is a decimal in PostgreSQL.
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self.0 {
            Value::Decimal(value) => match value.to_f64() {
                Some(value) => visitor.visit_f64(value),
                None => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Integer(value @ (0 | 1)) => visitor.visit_bool(value == 1),
            Value::Integer(value) => Err(Refusal::invalid_value(Unexpected::Signed(value), &"0 or 1")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Blob(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.into_iter())),
            Value::Text(text) | Value::Json(text) => json(&text, |json| json.deserialize_seq(visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Text(text) | Value::Json(text) => json(&text, |json| json.deserialize_map(visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Text(text) | Value::Json(text) => json(&text, |json| json.deserialize_struct(name, fields, visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    /// The text is the variant's name, as [`AsText`](crate::AsText) writes it, or JSON, as
    /// [`AsJson`](crate::AsJson) does: JSON of an enum begins with `{` or `"`, which no variant's name does.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Json(text) => json(&text, |json| json.deserialize_enum(name, variants, visitor)),
            Value::Text(text) if text.starts_with(['{', '"']) => {
                json(&text, |json| json.deserialize_enum(name, variants, visitor))
            }
            Value::Text(text) => {
                let name: StringDeserializer<Refusal> = text.into_deserializer();
                visitor.visit_enum(name)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct identifier ignored_any
    }
}

/// JSON from text that is gone afterwards. A reader, because what it reads is copied out and nothing borrowed.
type Json<'a> = serde_json::Deserializer<serde_json::de::IoRead<&'a [u8]>>;

fn json<T>(text: &str, read: impl FnOnce(&mut Json<'_>) -> Result<T, serde_json::Error>) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_reader(text.as_bytes());
    read(&mut json).and_then(|value| json.end().map(|()| value)).map_err(|error| Refusal::json(&error))
}
