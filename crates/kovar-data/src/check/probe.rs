//! What a type reads from a row, found out by letting it ask.
//!
//! `serde`'s derive says of a struct which fields it has, and each field's type says what it wants when it is asked to
//! read. A field is asked first of all, and the reading is broken off right there: so no value has to be made up that a
//! type with rules of its own might refuse.

mod dummy;

use std::any::type_name;
use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use self::dummy::Dummy;

/// What a type reads from a row.
#[derive(Clone, Debug)]
pub enum RowShape {
    /// A value from each column of this name, and which it misses of those that are there.
    Fields(Vec<Field>, fn(&[&str]) -> Vec<&'static str>),
    /// A value from each column, in their order.
    Columns(Vec<Field>),
    /// A value from the only column.
    Scalar(Field),
    /// That does not show.
    Unknown,
}

/// What a type reads from a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub(super) name: String,
    pub(super) rust_type: String,
    pub(super) wants: Wants,
    pub(super) takes_null: bool,
}

/// What a type asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    Anything,
    Bool,
    Integer(u32),
    Float,
    Text,
    Bytes,
    List,
    /// A struct or a map, which is read from JSON.
    Object,
    Enum(&'static [&'static str]),
}

/// Finds out what a type reads.
pub fn reflect<T: DeserializeOwned>() -> RowShape {
    let seen = RefCell::new(Seen::default());
    let _ = T::deserialize(Row { seen: &seen, place: 0 });
    match seen.take() {
        Seen { row: Some(RowKind::Struct(names)), .. } => {
            let ask = |(place, name): (usize, &&'static str)| field::<T>(place, name);
            RowShape::Fields(names.iter().enumerate().map(ask).collect(), missing::<T>)
        }
        Seen { row: Some(RowKind::Tuple(length)), .. } => {
            let ask = |place: usize| field::<T>(place, &format!("column {}", place + 1));
            RowShape::Columns((0..length).map(ask).collect())
        }
        Seen { row: None, wants: Some(wants), takes_null, .. } => {
            RowShape::Scalar(Field { name: String::new(), rust_type: short(type_name::<T>()), wants, takes_null })
        }
        _ => RowShape::Unknown,
    }
}

fn field<T: DeserializeOwned>(place: usize, name: &str) -> Field {
    let seen = RefCell::new(Seen::default());
    let _ = T::deserialize(Row { seen: &seen, place });
    let seen = seen.take();
    let rust_type = seen.rust_type.unwrap_or_else(|| "?".to_owned());
    let wants = seen.wants.unwrap_or(Wants::Anything);
    // Whatever takes anything may take NULL, but for what is known.
    let takes_null = seen.takes_null || wants == Wants::Anything && !rust_type.contains("Decimal");
    Field { name: name.to_owned(), rust_type, wants, takes_null }
}

/// The fields without which a type cannot be read, of those that are not columns.
fn missing<T: DeserializeOwned>(columns: &[&str]) -> Vec<&'static str> {
    let mut missing = Vec::new();
    loop {
        let names: Vec<&str> = columns.iter().copied().chain(missing.iter().copied()).collect();
        match T::deserialize(dummy::Row(&names)) {
            Err(Stop::Missing(name)) if !missing.contains(&name) => missing.push(name),
            _ => return missing,
        }
    }
}

/// `core::option::Option<my_app::Price>` as a person writes it.
fn short(path: &str) -> String {
    let path = path.strip_prefix("core::marker::PhantomData<").and_then(|path| path.strip_suffix('>')).unwrap_or(path);
    let mut written = String::new();
    let mut word = String::new();
    for character in path.chars() {
        match character {
            ':' => word.clear(),
            character if character.is_alphanumeric() || character == '_' => word.push(character),
            other => {
                written.push_str(&std::mem::take(&mut word));
                written.push(other);
            }
        }
    }
    written + &word
}

/// What was seen before the reading was broken off.
#[derive(Default)]
struct Seen {
    row: Option<RowKind>,
    rust_type: Option<String>,
    wants: Option<Wants>,
    takes_null: bool,
}

enum RowKind {
    Struct(&'static [&'static str]),
    Tuple(usize),
}

/// Why the reading ended.
#[derive(Debug)]
enum Stop {
    /// Enough was seen, or something was refused.
    Seen,
    /// There is no such field.
    Missing(&'static str),
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the reading was broken off")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Seen
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Missing(name)
    }
}

/// A row of which only one place is asked for.
struct Row<'s> {
    seen: &'s RefCell<Seen>,
    place: usize,
}

/// The value at that place.
struct Value<'s>(&'s RefCell<Seen>);

impl Value<'_> {
    fn wants(&self, wants: Wants) -> Stop {
        self.0.borrow_mut().wants.get_or_insert(wants);
        Stop::Seen
    }
}

macro_rules! wants {
    ($($method:ident => $wants:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
            Err(self.wants($wants))
        }
    )*};
}

/// What a row passes on to its only column.
macro_rules! of_the_only_column {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            Value(self.seen).$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Row<'_> {
    type Error = Stop;

    of_the_only_column! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_seq deserialize_option deserialize_identifier deserialize_ignored_any
        deserialize_unit
    }

    /// Of one column it is a value, of several a row: that does not show. The same of flattened fields.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop::Seen)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop::Seen)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.seen.borrow_mut().row.get_or_insert(RowKind::Struct(fields));
        match fields.get(self.place) {
            Some(name) => visitor.visit_map(OneField { seen: self.seen, name }),
            None => Err(Stop::Seen),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Stop> {
        self.seen.borrow_mut().row.get_or_insert(RowKind::Tuple(length));
        visitor.visit_seq(OneElement { seen: self.seen, before: self.place })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        Value(self.seen).deserialize_enum(name, variants, visitor)
    }
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Stop;

    wants! {
        deserialize_any => Wants::Anything;
        deserialize_ignored_any => Wants::Anything;
        deserialize_identifier => Wants::Anything;
        deserialize_unit => Wants::Anything;
        deserialize_bool => Wants::Bool;
        deserialize_i8 => Wants::Integer(8);
        deserialize_i16 => Wants::Integer(16);
        deserialize_i32 => Wants::Integer(32);
        deserialize_i64 => Wants::Integer(64);
        deserialize_i128 => Wants::Integer(128);
        deserialize_u8 => Wants::Integer(8);
        deserialize_u16 => Wants::Integer(16);
        deserialize_u32 => Wants::Integer(32);
        deserialize_u64 => Wants::Integer(64);
        deserialize_u128 => Wants::Integer(128);
        deserialize_f32 => Wants::Float;
        deserialize_f64 => Wants::Float;
        deserialize_char => Wants::Text;
        deserialize_str => Wants::Text;
        deserialize_string => Wants::Text;
        deserialize_bytes => Wants::Bytes;
        deserialize_byte_buf => Wants::Bytes;
        deserialize_seq => Wants::List;
        deserialize_map => Wants::Object;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.0.borrow_mut().takes_null = true;
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, Stop> {
        Err(self.wants(Wants::Anything))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Stop> {
        Err(self.wants(Wants::List))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, _: V) -> Result<V::Value, Stop> {
        Err(self.wants(Wants::List))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stop> {
        Err(self.wants(Wants::Object))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stop> {
        Err(self.wants(Wants::Enum(variants)))
    }
}

/// A map of one field.
struct OneField<'s> {
    seen: &'s RefCell<Seen>,
    name: &'static str,
}

impl<'de> MapAccess<'de> for OneField<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        seed.deserialize(de::value::StrDeserializer::new(self.name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Stop> {
        self.seen.borrow_mut().rust_type = Some(short(type_name::<S>()));
        seed.deserialize(Value(self.seen))
    }
}

/// A list of which only one element is asked for. Those before it are made up.
struct OneElement<'s> {
    seen: &'s RefCell<Seen>,
    before: usize,
}

impl<'de> SeqAccess<'de> for OneElement<'_> {
    type Error = Stop;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Stop> {
        let rust_type = short(type_name::<S>());
        if self.before > 0 {
            self.before -= 1;
            return seed.deserialize(Dummy(rust_type)).map(Some);
        }
        self.seen.borrow_mut().rust_type = Some(rust_type);
        seed.deserialize(Value(self.seen)).map(Some)
    }
}

#[cfg(test)]
mod tests;
