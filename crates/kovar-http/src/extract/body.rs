//! Bodies that are no schema: bytes, text, streams.

use std::future::Future;

use bytes::Bytes;

use super::{Extract, Phase, Rejection, limit, media_type};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::problem::builtin;

/// The body as it is: `Body<Bytes>`, `Body<String>`, or `Body<axum::body::Body>` to stream it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body<T>(pub T);

/// What a body can be taken as.
#[diagnostic::on_unimplemented(
    message = "a body cannot be taken as `{Self}`",
    note = "`Body` takes `Bytes`, `String` or `axum::body::Body`; for a schema take `Json`, `Form` or `Multipart`"
)]
pub trait FromBody: Sized + Send {
    /// The media type that documents show.
    const MEDIA_TYPE: &'static str;

    /// Takes the body.
    ///
    /// # Errors
    ///
    /// When it is too large, or is no such thing.
    fn from_body(context: &RequestContext) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

impl<T: FromBody> Extract for Body<T> {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describer.body(T::MEDIA_TYPE, None);
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        T::from_body(context).await.map(Body)
    }
}

impl FromBody for Bytes {
    const MEDIA_TYPE: &'static str = "application/octet-stream";

    async fn from_body(context: &RequestContext) -> Result<Self, Rejection> {
        limit::read(context).await
    }
}

impl FromBody for String {
    const MEDIA_TYPE: &'static str = "text/plain";

    async fn from_body(context: &RequestContext) -> Result<Self, Rejection> {
        if !media_type::of(context.headers()).starts_with("text/") {
            return Err(media_type::unsupported(context.headers(), Self::MEDIA_TYPE));
        }
        let body = limit::read(context).await?;
        String::from_utf8(body.into()).map_err(|_| builtin::MALFORMED.details().detail("the body is not UTF-8").into())
    }
}

/// The body as it arrives, up to the limit; past it, the stream ends with an error.
impl FromBody for axum::body::Body {
    const MEDIA_TYPE: &'static str = "application/octet-stream";

    async fn from_body(context: &RequestContext) -> Result<Self, Rejection> {
        let limit = context.endpoint().settings.body_limit_bytes;
        limit::refuse_announced(context.headers(), limit)?;
        let body = context.take_body().unwrap_or_default();
        Ok(match limit {
            Some(limit) => axum::body::Body::new(http_body_util::Limited::new(body, limit)),
            None => body,
        })
    }
}
