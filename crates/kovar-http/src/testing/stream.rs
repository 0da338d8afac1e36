//! Responses that are read as they come.

use axum::body::{Body, BodyDataStream};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::{TestEvent, TestResponse, events};

/// A response whose body is read as it comes. Dropping it is a client that goes away.
pub struct TestStream {
    /// The request, for messages.
    name: String,
    status: StatusCode,
    headers: HeaderMap,
    body: BodyDataStream,
    /// What came and was not given out yet.
    pending: BytesMut,
}

impl TestStream {
    pub(super) fn new(name: String, response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = Body::into_data_stream(body);
        Self { name, status: parts.status, headers: parts.headers, body, pending: BytesMut::new() }
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

    /// The next bytes, as they were sent; `None` at the end, an error where the body breaks off.
    pub async fn try_chunk(&mut self) -> Option<Result<Bytes, axum::Error>> {
        if !self.pending.is_empty() {
            return Some(Ok(self.pending.split().freeze()));
        }
        self.body.next().await
    }

    /// The next bytes, as they were sent; `None` at the end.
    ///
    /// # Panics
    ///
    /// When the body breaks off.
    pub async fn chunk(&mut self) -> Option<Bytes> {
        let chunk = self.try_chunk().await?;
        Some(chunk.unwrap_or_else(|cause| panic!("{}: the body broke off: {cause}", self.name)))
    }

    /// The next event of an event stream, as a browser would dispatch it; `None` at the end.
    /// Comments are passed over, and [`chunk`](Self::chunk) shows them.
    ///
    /// # Panics
    ///
    /// When the body breaks off.
    pub async fn event(&mut self) -> Option<TestEvent> {
        loop {
            while let Some(length) = events::block_length(&self.pending) {
                let block = self.pending.split_to(length);
                if let Some(event) = TestEvent::parse(&String::from_utf8_lossy(&block)) {
                    return Some(event);
                }
            }
            self.fill().await?;
        }
    }

    /// The next value of JSON lines; `None` at the end.
    ///
    /// # Panics
    ///
    /// When the line is no JSON of this type, or the body breaks off.
    pub async fn json_line<T: DeserializeOwned>(&mut self) -> Option<T> {
        loop {
            let end = self.pending.iter().position(|byte| *byte == b'\n');
            let line = match end {
                Some(end) => self.pending.split_to(end + 1),
                None if self.fill().await.is_some() => continue,
                // The last line need not end.
                None => self.pending.split(),
            };
            if !line.trim_ascii().is_empty() {
                return Some(self.parse(&line));
            }
            end?;
        }
    }

    /// What is left of the body, as a whole response.
    ///
    /// # Panics
    ///
    /// When the body breaks off.
    pub async fn rest(mut self) -> TestResponse {
        while self.fill().await.is_some() {}
        TestResponse::new(self.name, self.status, self.headers, self.pending.freeze())
    }

    /// Waits for more bytes; `None` at the end.
    async fn fill(&mut self) -> Option<()> {
        let chunk = self.body.next().await?;
        let chunk = chunk.unwrap_or_else(|cause| panic!("{}: the body broke off: {cause}", self.name));
        self.pending.extend_from_slice(&chunk);
        Some(())
    }

    fn parse<T: DeserializeOwned>(&self, line: &[u8]) -> T {
        serde_json::from_slice(line).unwrap_or_else(|cause| {
            let (name, wanted) = (&self.name, std::any::type_name::<T>());
            panic!("{name}: a line is no `{wanted}` ({cause}): {}", String::from_utf8_lossy(line))
        })
    }
}

impl std::fmt::Debug for TestStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestStream").field("name", &self.name).field("status", &self.status).finish_non_exhaustive()
    }
}
