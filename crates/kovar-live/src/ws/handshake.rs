//! The opening handshake (RFC 6455 §4.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha1::{Digest as _, Sha1};

use super::deflate::Deflate;

/// What a key is mixed with (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The version that there is.
pub(crate) const VERSION: &str = "13";

/// A handshake that is met.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The header fields of the answer.
    pub(crate) headers: HeaderMap,
    pub(crate) deflate: Option<Deflate>,
    /// The subprotocol, of those that the server knows.
    pub(crate) protocol: Option<&'static str>,
}

/// Why a handshake is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unmet {
    /// It is none.
    NotWebSocket,
    /// Of another version than 13.
    Version,
    /// It has no key of 16 bytes.
    Key,
}

/// Meets a handshake. Of the protocols that the server knows, the client's order decides.
pub(crate) fn accept(headers: &HeaderMap, protocols: &[&'static str], may_compress: bool) -> Result<Accepted, Unmet> {
    if !tokens(headers, &UPGRADE).any(|token| token.eq_ignore_ascii_case("websocket"))
        || !tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"))
    {
        return Err(Unmet::NotWebSocket);
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return Err(Unmet::Version);
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map_or(&[][..], HeaderValue::as_bytes);
    if STANDARD.decode(key).map_or(0, |key| key.len()) != 16 {
        return Err(Unmet::Key);
    }
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    let mut answer = HeaderMap::new();
    answer.insert(UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    insert(&mut answer, SEC_WEBSOCKET_ACCEPT, &STANDARD.encode(digest));
    let mut wanted = tokens(headers, &SEC_WEBSOCKET_PROTOCOL);
    let protocol = wanted.find_map(|token| protocols.iter().find(|known| **known == token));
    if let Some(protocol) = protocol {
        answer.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
    }
    let deflate = may_compress.then(|| Deflate::negotiate(tokens(headers, &SEC_WEBSOCKET_EXTENSIONS))).flatten();
    if let Some((_, text)) = &deflate {
        insert(&mut answer, SEC_WEBSOCKET_EXTENSIONS, text);
    }
    Ok(Accepted { headers: answer, deflate: deflate.map(|(deflate, _)| deflate), protocol: protocol.copied() })
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// The members of a list that may be spread over several fields.
fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let fields = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    fields.flat_map(|field| field.split(',')).map(str::trim).filter(|token| !token.is_empty())
}
