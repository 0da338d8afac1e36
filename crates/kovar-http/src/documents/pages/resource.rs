//! One path's answer: its bytes in both codings, its tag and its headers.

use std::{
    hash::{DefaultHasher, Hasher as _},
    io::Write as _,
    sync::{LazyLock, OnceLock},
};

use axum::body::Body;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use super::negotiation::{has_current, prefers_gzip};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Below this, gzip saves less than the packet that the answer fits into anyway.
const WORTH_COMPRESSING_BYTES: usize = 1024;

pub(super) struct Resource {
    media_type: &'static str,
    cache_control: &'static str,
    security_policy: Option<HeaderValue>,
    tag: OnceLock<HeaderValue>,
    content: Content,
}

/// Bytes that are made when they are first needed.
type Written = LazyLock<Bytes, Box<dyn FnOnce() -> Bytes + Send>>;

impl Resource {
    /// What may change with the next deployment: a browser asks each time, and is told when it is the same.
    pub(super) fn revalidated(media_type: &'static str, write: impl FnOnce() -> Bytes + Send + 'static) -> Self {
        Self {
            media_type,
            cache_control: "no-cache",
            security_policy: None,
            tag: OnceLock::new(),
            content: Content::Plain { bytes: Written::new(Box::new(write)), gzip: OnceLock::new() },
        }
    }

    /// What is under a path that names its content: a browser never asks again.
    #[cfg(feature = "docs-ui")]
    pub(super) fn immutable(media_type: &'static str, gzip: &'static [u8]) -> Self {
        Self {
            media_type,
            cache_control: "public, max-age=31536000, immutable",
            security_policy: None,
            tag: OnceLock::new(),
            content: Content::Gzipped { bytes: gzip, plain: OnceLock::new() },
        }
    }

    #[cfg(feature = "docs-ui")]
    pub(super) fn with_security_policy(self, policy: HeaderValue) -> Self {
        Self { security_policy: Some(policy), ..self }
    }

    pub(super) fn respond(&self, method: &Method, headers: &HeaderMap) -> Response<Body> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return method_not_allowed();
        }
        if self.tag().to_str().is_ok_and(|tag| has_current(headers, tag)) {
            return self.bare(StatusCode::NOT_MODIFIED);
        }
        self.full(prefers_gzip(headers), *method == Method::HEAD)
    }

    fn tag(&self) -> &HeaderValue {
        self.tag.get_or_init(|| self.content.tag())
    }

    fn full(&self, as_gzip: bool, head_only: bool) -> Response<Body> {
        let (bytes, is_gzip) = self.content.coded(as_gzip);
        let length = bytes.len();
        let mut response = self.bare(StatusCode::OK);
        if !head_only {
            *response.body_mut() = Body::from(bytes);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if is_gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Some(policy) = &self.security_policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
            // The window that comes back from a login tells the page that opened it.
            headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("unsafe-none"));
        }
        response
    }

    /// RFC 9110 §15.4.5: the headers that a 304 repeats from the 200.
    fn bare(&self, status: StatusCode) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tag().clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

fn method_not_allowed() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// The bytes in the coding that they came in; the other is made when a client first asks for it, and kept.
enum Content {
    Plain {
        bytes: Written,
        gzip: OnceLock<Bytes>,
    },
    #[cfg(feature = "docs-ui")]
    Gzipped {
        bytes: &'static [u8],
        plain: OnceLock<Bytes>,
    },
}

impl Content {
    fn tag(&self) -> HeaderValue {
        match self {
            Self::Plain { bytes, .. } => weak_tag(bytes),
            #[cfg(feature = "docs-ui")]
            Self::Gzipped { bytes, .. } => weak_tag(gzip_trailer(bytes)),
        }
    }

    /// The bytes, and whether they are gzipped.
    fn coded(&self, as_gzip: bool) -> (Bytes, bool) {
        match self {
            Self::Plain { bytes, gzip } if as_gzip && bytes.len() >= WORTH_COMPRESSING_BYTES => {
                (gzip.get_or_init(|| compress(bytes)).clone(), true)
            }
            Self::Plain { bytes, .. } => (Bytes::clone(bytes), false),
            #[cfg(feature = "docs-ui")]
            Self::Gzipped { bytes, .. } if as_gzip => (Bytes::from_static(bytes), true),
            #[cfg(feature = "docs-ui")]
            Self::Gzipped { bytes, plain } => (plain.get_or_init(|| inflate(bytes)).clone(), false),
        }
    }
}

/// A request waits for this once per document: level 4 takes half the time of the usual 6 and gains as much to a
/// tenth, 17 ms for the 9 MB of 20,000 operations.
fn compress(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(4));
    let gzipped = encoder.write_all(bytes).and_then(|()| encoder.finish());
    gzipped.expect("memory takes every write").into()
}

#[cfg(feature = "docs-ui")]
fn inflate(gzip: &[u8]) -> Bytes {
    use std::io::Read as _;

    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut plain).expect("the build script wrote a gzip file");
    plain.into()
}

/// RFC 1952 §2.3.1: a gzip file ends with the checksum and the length of what it holds.
#[cfg(feature = "docs-ui")]
pub(super) fn gzip_trailer(gzip: &[u8]) -> &[u8; 8] {
    gzip.last_chunk().expect("the build script wrote a gzip file")
}

/// RFC 9110 §8.8.3: weak, because the same tag stands for the plain and the gzipped bytes.
fn weak_tag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).expect("hexadecimal digits are visible ASCII")
}
