//! Media types, as far as an extractor must know them.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::Rejection;
use crate::problem::builtin;

/// The media type of the body without its parameters, in lower case; empty where none is given.
pub(super) fn of(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether the body is JSON: `application/json`, or a type with the suffix `+json` (RFC 6839 §3.1).
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return false };
    // What nearly all clients send, without taking it apart.
    if value.as_bytes() == b"application/json" {
        return true;
    }
    let media_type = of(headers);
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// The 415, which names what would be read.
pub(super) fn unsupported(headers: &HeaderMap, wanted: &'static str) -> Rejection {
    let given = of(headers);
    let detail = if given.is_empty() {
        format!("the request has no Content-Type; this operation reads {wanted}")
    } else {
        let shown: String = given.chars().take(100).collect();
        format!("this operation reads {wanted}, not {shown}")
    };
    builtin::MEDIA_TYPE.details().detail(detail).header(http::header::ACCEPT, wanted).into()
}
