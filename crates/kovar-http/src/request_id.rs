//! The id under which the log, the client and the next service speak of one request.

use std::fmt;

use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

/// The header field that carries it, in and out.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request: the client's, if it is 1 to 128 letters, digits, `-`, `_`, `.` or `:`;
/// otherwise one of 32 hexadecimal digits that no other request has.
#[derive(Clone)]
pub struct RequestId(Text);

/// An id that is made here needs no memory of its own.
#[derive(Clone)]
enum Text {
    Made([u8; 32]),
    Sent(HeaderValue),
}

impl RequestId {
    /// The id that the request already has, or the client's, or a new one.
    pub(crate) fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        if let Some(known) = extensions.get::<Self>() {
            return known.clone();
        }
        match headers.get(X_REQUEST_ID).filter(|value| is_acceptable(value.as_bytes())) {
            Some(value) => Self(Text::Sent(value.clone())),
            // Of a cryptographic generator: a client learns from its ids nothing about those of others.
            None => Self(Text::Made(hex(rand::random()))),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        let bytes = match &self.0 {
            Text::Made(text) => text,
            Text::Sent(value) => value.as_bytes(),
        };
        // Both are ASCII.
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        match &self.0 {
            Text::Made(text) => HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("unknown")),
            Text::Sent(value) => value.clone(),
        }
    }
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RequestId {}

fn is_acceptable(id: &[u8]) -> bool {
    (1..=128).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
}

fn hex(number: u128) -> [u8; 32] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 32];
    for (index, byte) in number.to_be_bytes().into_iter().enumerate() {
        text[2 * index] = DIGITS[usize::from(byte >> 4)];
        text[2 * index + 1] = DIGITS[usize::from(byte & 0xF)];
    }
    text
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
