//! The compact form of a JWS (RFC 7515 §7.1), taken apart strictly and before anything in it is believed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::algorithm::Algorithm;
use super::error::{JwtError, Kind};

/// The longest `kid` and `typ`, in bytes: those in use have at most 64.
const NAME_LIMIT_BYTES: usize = 256;

/// How many parameters a header may have: eleven are registered for a JWS.
const PARAMETERS_LIMIT: usize = 32;

/// A token in its parts, not verified.
pub(super) struct Token<'t> {
    pub(super) header: Header,
    /// What the signature is over: the first two segments with the dot between, as they were sent.
    pub(super) signed: &'t [u8],
    payload: &'t str,
    pub(super) signature: Vec<u8>,
}

/// The parameters of a header that count. All others, `jku`, `jwk`, `x5u` and `x5c` among them, are not
/// even kept: a token does not bring its own key (RFC 8725 §3.10).
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl<'t> Token<'t> {
    pub(super) fn parse(text: &'t str, limit_bytes: usize) -> Result<Self, JwtError> {
        if text.len() > limit_bytes {
            return Err(Kind::TooLarge { limit_bytes }.into());
        }
        let (signed, header, payload, signature) = split(text)?;
        let header = Header::parse(&decode(header, "header")?)?;
        let signature = decode(signature, "signature")?;
        Ok(Self { header, signed: signed.as_bytes(), payload, signature })
    }

    /// The claims as JSON text; to be asked for only once the signature is checked.
    pub(super) fn payload(&self) -> Result<Vec<u8>, JwtError> {
        decode(self.payload, "payload")
    }
}

/// RFC 7515 §7.1: exactly three segments, so that a JWE (five) or an unsecured `a.b` is never looked into.
fn split(text: &str) -> Result<(&str, &str, &str, &str), JwtError> {
    let parts = text.rsplit_once('.').and_then(|(signed, signature)| {
        let (header, payload) = signed.split_once('.')?;
        (!payload.contains('.')).then_some((signed, header, payload, signature))
    });
    parts.ok_or_else(|| JwtError::malformed("it does not have three segments"))
}

/// RFC 7515 §2: base64url without padding, line breaks or white space. Unused last bits must be zero, so
/// that one signature has one spelling.
fn decode(segment: &str, name: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| JwtError::malformed(format!("the {name} is not base64url")))
}

impl Header {
    fn parse(json: &[u8]) -> Result<Self, JwtError> {
        let raw: RawHeader = serde_json::from_slice(json).map_err(|error| {
            // The error's text may repeat the header, which nobody has signed yet: only the place is kept.
            JwtError::malformed(format!("the header is not valid at column {}", error.column()))
        })?;
        // RFC 7515 §4.1.11: a `crit` that is not understood and processed makes the JWS invalid.
        if raw.critical {
            return Err(Kind::CriticalHeader.into());
        }
        // RFC 7519 §6 allows `none`; RFC 8725 §3.2 says to refuse it. Here it is not even a name.
        let algorithm = raw.alg.as_deref().and_then(Algorithm::from_name).ok_or(Kind::Algorithm)?;
        Ok(Self { algorithm, kid: bounded(raw.kid, "kid")?, typ: bounded(raw.typ, "typ")? })
    }
}

fn bounded(value: Option<String>, name: &str) -> Result<Option<String>, JwtError> {
    match value {
        Some(text) if text.len() > NAME_LIMIT_BYTES => Err(JwtError::malformed(format!("the `{name}` is too long"))),
        value => Ok(value),
    }
}

#[derive(Default)]
struct RawHeader {
    alg: Option<String>,
    kid: Option<String>,
    typ: Option<String>,
    critical: bool,
}

impl<'de> Deserialize<'de> for RawHeader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

/// Written by hand because a derived `Deserialize` refuses duplicates only of the fields that it knows.
struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = RawHeader;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JOSE header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawHeader, A::Error> {
        let mut header = RawHeader::default();
        let mut seen: Vec<String> = Vec::with_capacity(4);
        while let Some(name) = map.next_key::<String>()? {
            // RFC 7515 §4: names must be unique; two readers could take a different one of two.
            if seen.contains(&name) || seen.len() == PARAMETERS_LIMIT {
                return Err(A::Error::custom("a duplicate name, or too many"));
            }
            match name.as_str() {
                "alg" => header.alg = Some(map.next_value()?),
                "kid" => header.kid = Some(map.next_value()?),
                "typ" => header.typ = Some(map.next_value()?),
                other => {
                    header.critical |= other == "crit";
                    map.next_value::<IgnoredAny>()?;
                }
            }
            seen.push(name);
        }
        Ok(header)
    }
}
