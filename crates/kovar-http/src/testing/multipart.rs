//! Multipart bodies to send.

use bytes::Bytes;
use serde::Serialize;

const BOUNDARY: &str = "kovar-test-boundary-0b5f4c1e9a";

/// The parts of a `multipart/form-data` body (RFC 7578), in the order in which they are added.
///
/// Names go into the body as they are, so that a test can send what a stranger would.
///
/// # Example
///
/// ```
/// use kovar_http::testing::TestMultipart;
///
/// let parts = TestMultipart::new()
///     .text("title", "A cat")
///     .json("tags", &["cat", "pet"])
///     .file("picture", "cat.png", "image/png", &b"\x89PNG"[..]);
/// # let _ = parts;
/// ```
#[derive(Clone, Debug, Default)]
pub struct TestMultipart(Vec<u8>);

impl TestMultipart {
    /// No parts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, text: &str) -> Self {
        self.part(&[("content-disposition", &format!("form-data; name=\"{name}\""))], text.as_bytes())
    }

    /// Adds a value as JSON.
    ///
    /// # Panics
    ///
    /// When serde cannot serialise it.
    #[must_use]
    #[track_caller]
    pub fn json(self, name: &str, value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value).unwrap_or_else(|cause| panic!("this cannot be serialised: {cause}"));
        let disposition = format!("form-data; name=\"{name}\"");
        self.part(&[("content-disposition", &disposition), ("content-type", "application/json")], &json)
    }

    /// Adds a file.
    #[must_use]
    pub fn file(self, name: &str, filename: &str, media_type: &str, content: impl Into<Bytes>) -> Self {
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{filename}\"");
        self.part(&[("content-disposition", &disposition), ("content-type", media_type)], &content.into())
    }

    /// Adds a part with any header fields.
    #[must_use]
    pub fn part(mut self, fields: &[(&str, &str)], content: &[u8]) -> Self {
        let head: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.0.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n").as_bytes());
        self.0.extend_from_slice(content);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(super) fn media_type() -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }
}
