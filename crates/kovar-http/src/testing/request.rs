//! Requests to send.

use std::fmt;
use std::future::Future;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{TestClient, TestMultipart, TestResponse, TestStream, query};

/// RFC 3986 §2.3: what a segment never needs to encode.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that is being put together; [`send`](Self::send) or [`stream`](Self::stream) sends it.
#[must_use = "a request is sent by `send` or `stream`"]
pub struct TestRequest {
    client: TestClient,
    method: Method,
    path: String,
    query: Vec<String>,
    headers: HeaderMap,
    cookies: Vec<String>,
    extensions: Extensions,
    body: Body,
    must_fill_parameters: bool,
}

impl TestRequest {
    pub(super) fn new(client: TestClient, method: Method, path: String) -> Self {
        Self {
            client,
            method,
            path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            extensions: Extensions::new(),
            body: Body::empty(),
            must_fill_parameters: false,
        }
    }

    pub(super) fn filling_all_parameters(self) -> Self {
        Self { must_fill_parameters: true, ..self }
    }

    /// Fills the parameter `{name}` of the path, percent-encoded; the rest of a path, `{*name}`, keeps its slashes.
    ///
    /// # Panics
    ///
    /// When the path has no such parameter.
    #[track_caller]
    pub fn path(mut self, name: &str, value: impl fmt::Display) -> Self {
        let (segment, rest) = (format!("{{{name}}}"), format!("{{*{name}}}"));
        let value = value.to_string();
        let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        if self.path.contains(&segment) {
            self.path = self.path.replace(&segment, &encode(&value));
        } else if self.path.contains(&rest) {
            let encoded = value.split('/').map(encode).collect::<Vec<_>>().join("/");
            self.path = self.path.replace(&rest, &encoded);
        } else {
            panic!("the path {} has no parameter `{name}`", self.path);
        }
        self
    }

    /// Adds to the query: an object, or a list of pairs. Lists become repeated keys, objects in it
    /// `key[field]`, and null is left out.
    #[track_caller]
    pub fn query(mut self, parameters: &impl Serialize) -> Self {
        self.query.push(query::encode(parameters));
        self
    }

    /// Adds a header field.
    ///
    /// # Panics
    ///
    /// When HTTP has no such name or value.
    #[track_caller]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        let shown = || format!("{}: {}", name.escape_ascii(), value.escape_ascii());
        match (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(value)) => self.headers.append(name, value),
            _ => panic!("`{}` is no header field", shown()),
        };
        self
    }

    /// Adds `Authorization: Bearer …`.
    #[track_caller]
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        let value = format!("Bearer {}", token.as_ref());
        self.header(AUTHORIZATION, value)
    }

    /// Adds a cookie.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// Adds an extension, as a server does that knows more of a request than it says: who the peer is, for one.
    pub fn extension(mut self, value: impl Clone + Send + Sync + 'static) -> Self {
        self.extensions.insert(value);
        self
    }

    /// Sends a value as JSON.
    #[track_caller]
    pub fn json(self, value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value).unwrap_or_else(|cause| panic!("this cannot be serialised: {cause}"));
        self.body(json, "application/json")
    }

    /// Sends a URL-encoded form, written as a query is.
    #[track_caller]
    pub fn form(self, fields: &impl Serialize) -> Self {
        let form = query::encode(fields);
        self.body(form, "application/x-www-form-urlencoded")
    }

    /// Sends the parts of a `multipart/form-data` body.
    #[track_caller]
    pub fn multipart(self, parts: TestMultipart) -> Self {
        self.body(parts.finish(), TestMultipart::media_type())
    }

    /// Sends a body of a media type: bytes, whose length is announced as a real client does, or an
    /// [`axum::body::Body`] that streams.
    #[track_caller]
    pub fn body(mut self, body: impl Into<Body>, media_type: impl AsRef<[u8]>) -> Self {
        self.headers.remove(CONTENT_TYPE);
        self.body = body.into();
        self.header(CONTENT_TYPE, media_type)
    }

    /// Sends the request and reads the whole response.
    ///
    /// Dropping the future drops the request where it stands, as when a client goes away. A response
    /// that never ends is read by [`stream`](Self::stream).
    ///
    /// # Panics
    ///
    /// When a parameter of an operation's path was not filled, or the body breaks off.
    #[track_caller]
    pub fn send(self) -> impl Future<Output = TestResponse> + Send {
        let (client, name, request) = self.into_request();
        async move { TestResponse::read(name, client.send(request).await).await }
    }

    /// Sends the request and leaves the body to be read as it comes.
    ///
    /// # Panics
    ///
    /// When a parameter of an operation's path was not filled.
    #[track_caller]
    pub fn stream(self) -> impl Future<Output = TestStream> + Send {
        let (client, name, request) = self.into_request();
        async move { TestStream::new(name, client.send(request).await) }
    }

    /// The client, the request's name for messages, and the request.
    #[track_caller]
    fn into_request(mut self) -> (TestClient, String, Request<Body>) {
        if let (true, Some((_, rest))) = (self.must_fill_parameters, self.path.split_once('{')) {
            let name = rest.split('}').next().unwrap_or_default();
            panic!("the parameter `{name}` of the path {} was not given", self.path);
        }
        if !self.cookies.is_empty() {
            let cookies = std::mem::take(&mut self.cookies).join("; ");
            self = self.header(COOKIE, cookies);
        }
        self.announce_length();
        // Each real client names a host.
        self.headers.entry(HOST).or_insert(HeaderValue::from_static("localhost"));
        let target = self.target();
        let uri = Uri::try_from(&target).unwrap_or_else(|cause| panic!("`{target}` cannot be sent: {cause}"));
        let name = format!("{} {}", self.method, self.path);
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        *request.extensions_mut() = self.extensions;
        (self.client, name, request)
    }

    fn announce_length(&mut self) {
        let length = http_body::Body::size_hint(&self.body).exact();
        if let Some(length) = length.filter(|length| *length > 0) {
            self.headers.entry(http::header::CONTENT_LENGTH).or_insert(length.into());
        }
    }

    /// The path and the query, as they are sent.
    pub fn target(&self) -> String {
        let mut target = self.path.clone();
        for query in self.query.iter().filter(|query| !query.is_empty()) {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(query);
        }
        target
    }
}

impl fmt::Debug for TestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestRequest")
            .field("method", &self.method)
            .field("target", &self.target())
            .finish_non_exhaustive()
    }
}
