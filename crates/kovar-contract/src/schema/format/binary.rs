//! Bytes, written as base64 or hexadecimal digits.

use std::fmt;
use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::rule::{Rules, accepts_bytes, judge_bytes};
use crate::schema::{Direction, Schema};
use crate::shape::{Kind, Shape, TextFormat};

macro_rules! binary_schema {
    ($(#[$doc:meta] $name:ident, $encoding:literal, $kind:literal, $noun:literal, $encode:ident, $decode:ident;)*) => {$(
        #[$doc]
        ///
        /// Dereferences to the bytes. `min_length` and `max_length` count bytes.
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Vec<u8>);

        impl Deref for $name {
            type Target = Vec<u8>;

            fn deref(&self) -> &Vec<u8> {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), $encode(&self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&$encode(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $decode(&text).map($name).map_err(serde::de::Error::custom)
            }
        }

        impl Schema for $name {
            fn shape(_: &mut Catalog) -> Shape {
                fn judge(rules: &Rules, text: &str) -> Vec<Invalid> {
                    match $decode(text) {
                        Ok(bytes) => judge_content(rules, &bytes),
                        Err(error) => {
                            let message = format!("Data should be valid {}: {error}", $noun);
                            vec![Invalid::new($kind, message)
                                .with("encoding", $noun)
                                .with("encoding_error", error)
                                .quoting(concat!("Data should be valid ", $noun))]
                        }
                    }
                }
                Shape::new(Kind::Text(TextFormat {
                    name: None,
                    encoding: Some($encoding),
                    expected: ("bytes_type", "Input should be a valid bytes"),
                    judge,
                }))
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, _: Direction) -> bool {
                accepts_bytes(rules, &self.0)
            }
        }
    )*};
}

binary_schema! {
    /// Bytes that travel as base64 with padding (RFC 4648 §4).
    Base64, "base64", "bytes_invalid_encoding", "base64", encode_base64, decode_base64;
    /// Bytes that travel as hexadecimal digits (RFC 4648 §8), either case.
    Hex, "base16", "bytes_invalid_encoding", "hex", encode_hex, decode_hex;
}

fn judge_content(rules: &Rules, bytes: &[u8]) -> Vec<Invalid> {
    let mut violations = Vec::new();
    judge_bytes(rules, bytes, &mut violations);
    violations.into_iter().map(|violation| violation.to_invalid("")).collect()
}

fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn decode_base64(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| error.to_string())
}

fn encode_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.ok_or_else(|| "not a hexadecimal digit".to_owned())?;
    if !digits.len().is_multiple_of(2) {
        return Err("an odd number of digits".to_owned());
    }
    Ok(digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}
