//! A row as a `serde` deserializer: a struct by column name, a tuple by position, a scalar from the only column.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Value;
use super::column::Column;
use super::refusal::Refusal;

/// One row. Its values are moved out as they are read, so that text is not copied again.
pub(super) struct Row<'a> {
    columns: &'a [String],
    values: &'a mut [Value],
    next: usize,
}

impl<'a> Row<'a> {
    pub(super) fn new(columns: &'a [String], values: &'a mut [Value]) -> Self {
        Self { columns, values, next: 0 }
    }

    /// Reads the next column with `read`, and names it should that fail.
    fn column<T>(&mut self, read: impl FnOnce(Column) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let (Some(name), Some(value)) = (self.columns.get(self.next), self.values.get_mut(self.next)) else {
            return Err(Refusal::new("it has no more columns"));
        };
        self.next += 1;
        let column = Column(std::mem::take(value));
        let found = column.kind();
        read(column).map_err(|refusal| refusal.in_column(name, found))
    }

    fn only_column<T>(mut self, read: impl FnOnce(Column) -> Result<T, Refusal>) -> Result<T, Refusal> {
        match self.columns.len() {
            1 => self.column(read),
            width => Err(Refusal::new(format!("found {width} columns, expected one value"))),
        }
    }
}

/// Passes what only makes sense for one value on to the only column.
macro_rules! of_the_only_column {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            self.only_column(|column| column.$method(visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for Row<'_> {
    type Error = Refusal;

    of_the_only_column! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier
    }

    /// Types that leave the choice, such as `Decimal`, are scalars when there is one column.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.columns.len() {
            1 => self.only_column(|column| column.deserialize_any(visitor)),
            _ => visitor.visit_map(self),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_map(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_map(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.columns.len() {
            1 => self.only_column(|column| column.deserialize_seq(visitor)),
            _ => visitor.visit_seq(self),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Refusal> {
        match self.columns.len() {
            width if width == length => visitor.visit_seq(self),
            width => Err(Refusal::invalid_length(width, &visitor)),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.values {
            [Value::Null] => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.only_column(|column| column.deserialize_enum(name, variants, visitor))
    }

    forward_to_deserialize_any! { unit_struct ignored_any }
}

impl<'de> MapAccess<'de> for Row<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let Some(name) = self.columns.get(self.next) else { return Ok(None) };
        let name: StrDeserializer<'_, Refusal> = name.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        self.column(|column| seed.deserialize(column))
    }
}

impl<'de> SeqAccess<'de> for Row<'_> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Refusal> {
        if self.next == self.columns.len() {
            return Ok(None);
        }
        self.column(|column| seed.deserialize(column)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.columns.len() - self.next)
    }
}
