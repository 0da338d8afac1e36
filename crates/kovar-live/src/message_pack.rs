//! MessagePack: the frames of JSON in fewer bytes, for clients that prefer it.
//!
//! There is one description of what is said, and it is JSON's: what a client packs is written as JSON before its contract
//! is looked at, and what goes out is packed from the JSON that it is anyway, once for all who want it so. That costs a
//! pass over each message, and no second reading of contracts that could differ from the first.

use std::fmt;

use bytes::Bytes;
use kovar_contract::json::{self, DEPTH_LIMIT};
use serde::Serialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How deep a frame may nest: as deep as its data may, and the frame itself.
const DEPTH: usize = DEPTH_LIMIT + 2;

/// A frame's JSON, packed. What is JSON can be packed.
pub(crate) fn from_json(json: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(json).unwrap_or_default();
    let value = json::parse(text, usize::from(u8::MAX)).unwrap_or_default();
    let mut packed = Vec::with_capacity(json.len());
    let _ = value.serialize(&mut rmp_serde::Serializer::new(&mut packed));
    packed
}

/// What a client has packed, as JSON: at most six times as long. Nothing is made room for before it is there.
///
/// Keys that come twice stay, so that whoever reads the message judges them as those of JSON.
pub(crate) fn to_json(packed: &[u8]) -> Result<Bytes, rmp_serde::decode::Error> {
    let mut json = Vec::with_capacity(packed.len() * 2);
    let mut rest = packed;
    let mut deserializer = rmp_serde::Deserializer::new(&mut rest);
    deserializer.set_max_depth(DEPTH);
    Value(&mut json).deserialize(&mut deserializer)?;
    if !rest.is_empty() {
        return Err(rmp_serde::decode::Error::custom("bytes follow the message"));
    }
    Ok(json.into())
}

/// Writes a value.
struct Value<'j>(&'j mut Vec<u8>);

impl Value<'_> {
    fn put(self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Bytes and extensions are nothing that JSON has: they are refused as what is not visited.
impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what JSON has: nil, a boolean, a finite number, a string, an array or a map")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put("null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put(&value.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("a number is not finite"));
        }
        serde_json::to_writer(self.0, &value).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        serde_json::to_writer(self.0, value).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.push(b'[');
        let begin = self.0.len();
        while items.next_element_seed(Item { json: self.0, begin })?.is_some() {}
        self.0.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.push(b'{');
        let begin = self.0.len();
        while members.next_key_seed(Key { json: self.0, begin })?.is_some() {
            self.0.push(b':');
            members.next_value_seed(Value(self.0))?;
        }
        self.0.push(b'}');
        Ok(())
    }
}

/// Writes one of an array, behind a comma if it is not the first.
struct Item<'j> {
    json: &'j mut Vec<u8>,
    begin: usize,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        separate(self.json, self.begin);
        Value(self.json).deserialize(deserializer)
    }
}

/// Writes a key, which is a string.
struct Key<'j> {
    json: &'j mut Vec<u8>,
    begin: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        separate(self.json, self.begin);
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string as a map's key")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        Value(self.json).visit_str(value)
    }
}

fn separate(json: &mut Vec<u8>, begin: usize) {
    if json.len() > begin {
        json.push(b',');
    }
}

#[cfg(test)]
mod tests;
