//! The fast pass's reading: serde over `serde_json`, with what a contract needs said no to.
//!
//! serde accepts an array where a struct is meant, and the last of two equal keys in a map;
//! `serde_json` has a depth limit of its own that is not ours. A thin layer between the two refuses
//! those while the value is read, so that nothing is read twice. axum pays for a similar layer
//! (`serde_path_to_error`) on each request only to name the field of the first error.

use std::fmt;
use std::str::FromStr;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde_json::value::RawValue;

use super::key::{KeySeed, Seen};
use super::parse::check;
use super::tree::TREE_TOKEN;
use super::{DEPTH_LIMIT, is_spelled_as_json, spelled_whole, whole};

/// Reads a whole JSON text.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Guarded { inner: &mut deserializer, depth_left: DEPTH_LIMIT })?;
    deserializer.end()?;
    Ok(value)
}

struct Guarded<D> {
    inner: D,
    depth_left: usize,
}

/// The text of the next value, known to be JSON that is not too deep.
fn raw_text<'de, D: Deserializer<'de>>(inner: D, depth_left: usize) -> Result<&'de str, D::Error> {
    let text = <&RawValue>::deserialize(inner)?.get();
    check(text, depth_left).map_err(Error::custom)?;
    Ok(text)
}

pub(super) fn visit_wide<'de, V: Visitor<'de>, N: FromStr, E: Error>(
    text: &str,
    visitor: V,
    visit: fn(V, N) -> Result<V::Value, E>,
) -> Result<V::Value, E> {
    match (text.parse(), spelled_whole(text)) {
        (Ok(number), None) if is_spelled_as_json(text) => visit(visitor, number),
        (_, Some(whole)) => visitor.visit_i64(whole),
        _ => Err(E::invalid_type(Unexpected::Other("something else"), &visitor)),
    }
}

/// A visitor of integers that also takes a double without a fraction: to JSON, `1.0` is an integer.
struct WholeVisitor<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for WholeVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    #[inline]
    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.0.visit_i64(number)
    }

    #[inline]
    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.0.visit_u64(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        match whole(number) {
            Some(whole) => self.0.visit_i64(whole),
            None => self.0.visit_f64(number),
        }
    }
}

macro_rules! deserialize_whole {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(WholeVisitor(visitor))
        }
    )*};
}

macro_rules! forward_deserialize {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Guarded<D> {
    type Error = D::Error;

    deserialize_whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward_deserialize! {
        deserialize_bool deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier
    }

    // `serde_json` knows no wide integer in a double: judged here, as other integers are.
    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let text = raw_text(self.inner, self.depth_left)?;
        visit_wide(text, visitor, V::visit_i128)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let text = raw_text(self.inner, self.depth_left)?;
        visit_wide(text, visitor, V::visit_u128)
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(Guard::<V, true>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(Guard::<V, true>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_seq(Guard::<V, true>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Guard::<V, true>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(length, Guard::<V, true>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, length, Guard::<V, true>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_struct(name, fields, Guard::<V, false>::new(visitor, self.depth_left))
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        if name == TREE_TOKEN {
            return visitor.visit_borrowed_str(raw_text(self.inner, self.depth_left)?);
        }
        self.inner.deserialize_newtype_struct(name, Guard::<V, true>::new(visitor, self.depth_left))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        raw_text(self.inner, self.depth_left)?;
        visitor.visit_unit()
    }
}

/// Stands before a visitor: counts depth, finds duplicate keys, and, where `IS_FREE` is false
/// (a struct), refuses arrays and leaves duplicates to the struct itself.
struct Guard<V, const IS_FREE: bool> {
    visitor: V,
    depth_left: usize,
}

impl<V, const IS_FREE: bool> Guard<V, IS_FREE> {
    #[inline]
    fn new(visitor: V, depth_left: usize) -> Self {
        Self { visitor, depth_left }
    }

    #[inline]
    fn deeper<E: Error>(&self) -> Result<usize, E> {
        self.depth_left.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))
    }
}

macro_rules! forward_visit {
    ($($method:ident($value:ty))*) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>, const IS_FREE: bool> Visitor<'de> for Guard<V, IS_FREE> {
    type Value = V::Value;

    forward_visit! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128)
        visit_f64(f64) visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Guarded { inner, depth_left: self.depth_left })
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Guarded { inner, depth_left: self.depth_left })
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        if !IS_FREE {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self.visitor));
        }
        let depth_left = self.deeper()?;
        self.visitor.visit_seq(GuardedSeq { inner, depth_left })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let depth_left = self.deeper()?;
        self.visitor.visit_map(GuardedMap { inner, depth_left, seen: IS_FREE.then(Seen::default) })
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(inner)
    }
}

struct GuardedSeed<S> {
    seed: S,
    depth_left: usize,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for GuardedSeed<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Guarded { inner, depth_left: self.depth_left })
    }
}

struct GuardedSeq<A> {
    inner: A,
    depth_left: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for GuardedSeq<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(GuardedSeed { seed, depth_left: self.depth_left })
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct GuardedMap<A> {
    inner: A,
    depth_left: usize,
    seen: Option<Seen>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for GuardedMap<A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        match &mut self.seen {
            None => self.inner.next_key_seed(seed),
            Some(seen) => self.inner.next_key_seed(KeySeed { seed, seen }),
        }
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(GuardedSeed { seed, depth_left: self.depth_left })
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}
