//! Texts and bytes of a media type.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};

use super::Respond;
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};

/// Status 200 with plain text: `text/plain; charset=utf-8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<T = String>(pub T);

/// Status 200 with a page: `text/html; charset=utf-8`.
///
/// The text is sent as it is: what comes from people must have been escaped by a template engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Html<T = String>(pub T);

macro_rules! texts {
    ($($name:ident $media_type:literal $description:literal;)*) => {$(
        impl<T: Into<Cow<'static, str>>> Respond for $name<T> {
            fn describe(describer: &mut Describer<'_>) {
                let response = ResponseDescription::empty($description).content($media_type, None);
                describer.response(StatusCode::OK, response);
            }

            fn respond(self, _: &RequestContext) -> Response {
                let body = match self.0.into() {
                    Cow::Borrowed(text) => Body::from(text),
                    Cow::Owned(text) => Body::from(text),
                };
                content(body, HeaderValue::from_static(concat!($media_type, "; charset=utf-8")))
            }
        }
    )*};
}

texts! {
    Text "text/plain" "The text";
    Html "text/html" "The page";
}

/// Status 200 with bytes of a media type that is part of the signature.
///
/// Browsers are told not to guess another one (`X-Content-Type-Options: nosniff`). For files, with
/// ranges and caching, there is [`File`](super::File).
///
/// # Example
///
/// ```
/// use kovar_http::respond::{Binary, MediaType};
///
/// enum Png {}
///
/// impl MediaType for Png {
///     const MEDIA_TYPE: &'static str = "image/png";
/// }
///
/// async fn pixel() -> Binary<Png> {
///     Binary::new(&b"\x89PNG\r\n\x1a\n"[..])
/// }
/// ```
pub struct Binary<M = OctetStream> {
    bytes: Bytes,
    media_type: PhantomData<fn() -> M>,
}

/// A media type by a Rust type.
pub trait MediaType: 'static {
    /// The media type; one that no header field can have does not compile.
    const MEDIA_TYPE: &'static str;
}

/// Bytes of which nothing is known: `application/octet-stream`.
#[derive(Debug)]
pub enum OctetStream {}

impl MediaType for OctetStream {
    const MEDIA_TYPE: &'static str = "application/octet-stream";
}

impl<M> Binary<M> {
    /// The bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), media_type: PhantomData }
    }
}

impl<M> fmt::Debug for Binary<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binary({} bytes)", self.bytes.len())
    }
}

impl<M: MediaType> Respond for Binary<M> {
    fn describe(describer: &mut Describer<'_>) {
        let response = ResponseDescription::empty("The bytes").content(M::MEDIA_TYPE, None);
        describer.response(StatusCode::OK, response);
    }

    fn respond(self, _: &RequestContext) -> Response {
        let mut response = content(Body::from(self.bytes), const { HeaderValue::from_static(M::MEDIA_TYPE) });
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

fn content(body: Body, media_type: HeaderValue) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use crate::respond::testing::{app, get};

    #[tokio::test]
    async fn texts_say_their_charset() {
        let text = get(app([Operation::get("/", async || Text("ü"))]), "/").await;
        assert_eq!((text.header("content-type"), text.text()), (Some("text/plain; charset=utf-8"), "ü"));
        let html = get(app([Operation::get("/", async || Html("<p>ü".to_owned()))]), "/").await;
        assert_eq!((html.header("content-type"), html.text()), (Some("text/html; charset=utf-8"), "<p>ü"));
    }

    #[tokio::test]
    async fn bytes_have_the_type_that_is_declared() {
        enum Png {}
        impl MediaType for Png {
            const MEDIA_TYPE: &'static str = "image/png";
        }
        let make = || app([Operation::get("/", async || Binary::<Png>::new(&b"\x89PNG"[..]))]);
        let answer = get(make(), "/").await;
        assert_eq!(answer.header("content-type"), Some("image/png"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(&answer.body[..], b"\x89PNG");
        let document = make().openapi().unwrap();
        let schema = document.pointer("/paths/~1/get/responses/200/content/image~1png/schema");
        assert_eq!(schema.map(ToString::to_string).as_deref(), Some(r#"{"type":"string","format":"binary"}"#));
    }
}
