//! An answer that is kept.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, SET_COOKIE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Limited};

use super::IDEMPOTENCY_REPLAYED;
use crate::request_id::X_REQUEST_ID;

/// The largest answer that is kept, in bytes.
const LARGEST: usize = 1024 * 1024;

/// What is of this answer and not of the next: it is sent, and not kept.
const NOT_KEPT: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    DATE,
    SET_COOKIE,
    TRANSFER_ENCODING,
    X_REQUEST_ID,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// An answer in one piece.
pub(super) struct Stored {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Stored {
    /// Reads an answer to its end.
    pub(super) async fn of(response: Response) -> Result<Self, String> {
        let (parts, body) = response.into_parts();
        if body.size_hint().exact().is_none_or(|length| length > LARGEST as u64) {
            return Err(format!("the answer of an idempotent operation is a stream, or has more than {LARGEST} bytes"));
        }
        let body = Limited::new(body, LARGEST).collect().await.map_err(|cause| cause.to_string())?;
        Ok(Self { status: parts.status, headers: parts.headers, body: body.to_bytes() })
    }

    /// Reads what was kept.
    pub(super) fn read(status: u16, headers: Option<String>, body: Option<Vec<u8>>) -> Self {
        let fields: Vec<(String, String)> =
            headers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            // A value is bytes, each of which was written as the character of its number.
            let value: Vec<u8> = value.chars().filter_map(|char| u8::try_from(u32::from(char)).ok()).collect();
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&value)) {
                headers.append(name, value);
            }
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers, body: body.unwrap_or_default().into() }
    }

    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The fields that are kept, as JSON.
    pub(super) fn headers_as_text(&self) -> String {
        let kept = self.headers.iter().filter(|(name, _)| !NOT_KEPT.contains(name));
        let fields: Vec<(&str, String)> = kept
            .map(|(name, value)| (name.as_str(), value.as_bytes().iter().map(|byte| char::from(*byte)).collect()))
            .collect();
        serde_json::to_string(&fields).unwrap_or_default()
    }

    /// The answer, the first time.
    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// The answer, any other time.
    pub(super) fn replay(self) -> Response {
        let mut response = self.into_response();
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        response
    }
}
