//! Keys of objects on their way to serde: noted, so that none stands twice, and read as JSON has it.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, Visitor};

use super::read::visit_wide;

/// The keys of one map, as hashes that an attacker cannot foresee; the first sixteen in place.
#[derive(Default)]
pub(super) struct Seen {
    first: [u64; 16],
    count: usize,
    more: HashSet<u64>,
}

impl Seen {
    fn note<E: Error>(&mut self, key: impl std::hash::Hash) -> Result<(), E> {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let hash = HASHER.hash_one(key);
        if self.first[..self.count].contains(&hash) || self.more.contains(&hash) {
            return Err(E::custom("duplicate key"));
        }
        match self.first.get_mut(self.count) {
            Some(slot) => {
                *slot = hash;
                self.count += 1;
            }
            None => {
                self.more.insert(hash);
            }
        }
        Ok(())
    }
}

pub(super) struct KeySeed<'a, S> {
    pub(super) seed: S,
    pub(super) seen: &'a mut Seen,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Key { inner, seen: self.seen })
    }
}

/// A deserializer or visitor of a key that notes what passes.
struct Key<'a, T> {
    inner: T,
    seen: &'a mut Seen,
}

/// Reads a wide integer or boolean from the text of a key, as the fast pass reads one from a value.
struct SpelledKey<N>(PhantomData<N>);

impl<N: FromStr> Visitor<'_> for SpelledKey<N> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or boolean")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<N, E> {
        visit_wide(text, self, |_, number| Ok(number))
    }
}

macro_rules! note_deserialize {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Key { inner: visitor, seen: self.seen })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Key<'_, D> {
    type Error = D::Error;

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let number = self.inner.deserialize_str(SpelledKey(PhantomData))?;
        Key { inner: visitor, seen: self.seen }.visit_i128(number)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let number = self.inner.deserialize_str(SpelledKey(PhantomData))?;
        Key { inner: visitor, seen: self.seen }.visit_u128(number)
    }

    // `serde_json` 1.0.154 slices a key that is no boolean inside its first character, and panics.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let value = self.inner.deserialize_str(SpelledKey(PhantomData))?;
        Key { inner: visitor, seen: self.seen }.visit_bool(value)
    }

    note_deserialize! {
        deserialize_any() deserialize_i8() deserialize_i16() deserialize_i32()
        deserialize_i64() deserialize_u8() deserialize_u16() deserialize_u32()
        deserialize_u64() deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf()
        deserialize_option() deserialize_unit() deserialize_seq() deserialize_map()
        deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

macro_rules! note_visit {
    ($($method:ident($value:ty))*) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.seen.note(&value)?;
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Key<'_, V> {
    type Value = V::Value;

    note_visit! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128)
        visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Key { inner, seen: self.seen })
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Key { inner, seen: self.seen })
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(access)
    }
}
