//! Cursors: keys that travel as opaque tokens.
//!
//! A token is the key as JSON behind the first bytes of its SHA-256, in base64url. The sum tells a
//! token that was cut or typed wrongly from a whole one; it keeps nobody from making one, so a
//! cursor may say where to go on reading, never what may be read.

use std::any::type_name;
use std::marker::PhantomData;
use std::{error, fmt};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kovar_contract::shape::{Kind, Shape, TextFormat};
use kovar_contract::{Catalog, Invalid, Rules, Schema};
use serde::de::{DeserializeOwned, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// How many bytes of the sum a token has: a wrong one passes once in 2⁴⁸.
const SUM_BYTES: usize = 6;

/// The key of an item, after which a page begins: `Cursor<(Timestamp, Uuid)>`.
///
/// A client sees a token of the characters `A–Z a–z 0–9 - _`. As a parameter, a token that is not
/// whole, or holds another type of key, is an issue of the type `cursor_invalid`.
///
/// Tokens are not signed: check what a reader may see as you do without a cursor.
///
/// # Example
///
/// ```
/// use kovar_http::respond::Cursor;
///
/// let token = Cursor((2026, "apple".to_owned())).token()?;
/// assert_eq!(Cursor::<(u32, String)>::from_token(&token)?.0.1, "apple");
/// assert!(Cursor::<(u32, String)>::from_token("apple").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cursor<K>(pub K);

impl<K: Serialize> Cursor<K> {
    /// The token that clients see.
    ///
    /// # Errors
    ///
    /// When serde cannot serialise the key.
    pub fn token(&self) -> Result<String, serde_json::Error> {
        let key = serde_json::to_vec(&self.0)?;
        let mut bytes = Vec::with_capacity(SUM_BYTES + key.len());
        bytes.extend_from_slice(&Sha256::digest(&key)[..SUM_BYTES]);
        bytes.extend_from_slice(&key);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl<K: DeserializeOwned> Cursor<K> {
    /// The key in a token.
    ///
    /// # Errors
    ///
    /// When the token is not whole, or holds another type of key.
    pub fn from_token(token: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidCursor)?;
        let (sum, key) = bytes.split_at_checked(SUM_BYTES).ok_or(InvalidCursor)?;
        if Sha256::digest(key)[..SUM_BYTES] != *sum {
            return Err(InvalidCursor);
        }
        serde_json::from_slice(key).map(Self).map_err(|_| InvalidCursor)
    }
}

/// A token is not whole, or holds another type of key.
///
/// As a validator's finding it is an issue of the type `cursor_invalid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCursor;

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Input should be a cursor that an earlier page gave")
    }
}

impl error::Error for InvalidCursor {}

impl From<InvalidCursor> for Invalid {
    fn from(invalid: InvalidCursor) -> Self {
        Invalid::new("cursor_invalid", invalid.to_string())
    }
}

impl<K: Serialize> Serialize for Cursor<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.token().map_err(S::Error::custom)?)
    }
}

impl<'de, K: DeserializeOwned> Deserialize<'de> for Cursor<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TokenVisitor(PhantomData))
    }
}

struct TokenVisitor<K>(PhantomData<K>);

impl<K: DeserializeOwned> Visitor<'_> for TokenVisitor<K> {
    type Value = Cursor<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a cursor of {}", type_name::<K>())
    }

    fn visit_str<E: serde::de::Error>(self, token: &str) -> Result<Cursor<K>, E> {
        Cursor::from_token(token).map_err(E::custom)
    }
}

impl<K: DeserializeOwned + 'static> Schema for Cursor<K> {
    fn shape(_: &mut Catalog) -> Shape {
        fn judge<K: DeserializeOwned>(_: &Rules, token: &str) -> Vec<Invalid> {
            Cursor::<K>::from_token(token).err().map(Invalid::from).into_iter().collect()
        }
        Shape::new(Kind::Text(TextFormat {
            name: Some("cursor"),
            encoding: None,
            expected: ("string_type", "Input should be a valid string"),
            judge: judge::<K>,
        }))
    }
}

/// The token of a page; or, until it is written, why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token(Result<String, String>);

impl Token {
    pub(super) fn of<K: Serialize>(cursor: &Cursor<K>) -> Self {
        Self(cursor.token().map_err(|error| error.to_string()))
    }

    pub(super) fn plain(key: impl fmt::Display) -> Self {
        Self(Ok(key.to_string()))
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_deref().ok()
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(token) => serializer.serialize_str(token),
            Err(error) => Err(S::Error::custom(error)),
        }
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|token| Self(Ok(token)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_safe_in_a_url() {
        let token = Cursor("?&=/ü+".to_owned()).token().unwrap();
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{token}");
        assert_eq!(Cursor::from_token(&token), Ok(Cursor("?&=/ü+".to_owned())));
    }

    #[test]
    fn a_token_with_any_character_changed_or_cut_is_refused() {
        let token = Cursor((7_u32, "apple".to_owned())).token().unwrap();
        for index in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Cursor::<(u32, String)>::from_token(&changed), Err(InvalidCursor), "{changed}");
            assert_eq!(Cursor::<(u32, String)>::from_token(&token[..index]), Err(InvalidCursor));
        }
    }

    #[test]
    fn a_token_of_another_type_is_refused() {
        let token = Cursor("apple").token().unwrap();
        assert_eq!(Cursor::<u32>::from_token(&token), Err(InvalidCursor));
    }
}
