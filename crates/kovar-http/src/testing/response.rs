//! Responses that are there as a whole.

use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

use super::TestProblem;

/// A whole response.
///
/// What reads it panics where the response is something else, and shows it.
#[derive(Clone, Debug)]
pub struct TestResponse {
    /// The request, for messages.
    name: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    pub(super) async fn read(name: String, response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap_or_else(|cause| panic!("{name}: the body broke off: {cause}"));
        Self::new(name, parts.status, parts.headers, body.to_bytes())
    }

    pub(super) fn new(name: String, status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { name, status, headers, body }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// All header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first value of a header field; `None` where there is none, or it is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// When it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body)
            .unwrap_or_else(|cause| panic!("the body is not UTF-8 ({cause}): {}", self.shown()))
    }

    /// The body, read as JSON.
    ///
    /// # Panics
    ///
    /// When it is no JSON of this type.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|cause| {
            panic!("the body is no `{}` ({cause}): {}", std::any::type_name::<T>(), self.shown())
        })
    }

    /// The problem (RFC 9457) that the response is.
    ///
    /// # Panics
    ///
    /// When it is none, or its status is another one than the response's.
    #[track_caller]
    pub fn problem(&self) -> TestProblem {
        let media_type = self.header("content-type").unwrap_or_default();
        assert!(media_type == crate::problem::PROBLEM_JSON, "the response is no problem: {}", self.shown());
        let problem: TestProblem = self.json();
        assert!(problem.status == self.status(), "the problem has another status than the response: {}", self.shown());
        problem
    }

    /// The same response, if it has this status.
    ///
    /// # Panics
    ///
    /// When it has another.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert!(self.status() == status, "status {status} was expected: {}", self.shown());
        self
    }

    /// The request, the status and the start of the body.
    fn shown(&self) -> String {
        const SHOWN_BYTES: usize = 4096;
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(SHOWN_BYTES)]);
        format!("{} was answered with {}\n{body}", self.name, self.status)
    }
}
