//! Bodies up to a limit.

use std::error::Error;
use std::io;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::Rejection;
use crate::context::RequestContext;
use crate::problem::{ProblemDetails, builtin};

/// Reads the whole body, up to the endpoint's limit.
pub(super) async fn read(context: &RequestContext) -> Result<Bytes, Rejection> {
    let limit = context.endpoint().settings.body_limit_bytes;
    refuse_announced(context.headers(), limit)?;
    let Some(body) = context.take_body() else { return Ok(Bytes::new()) };
    let body = collect(body, limit).await?;
    context.body_is_read(&body);
    Ok(body)
}

/// Refuses a body whose announced length is past the limit, before any of it is read.
pub(super) fn refuse_announced(headers: &HeaderMap, limit: Option<usize>) -> Result<(), Rejection> {
    let Some(limit) = limit else { return Ok(()) };
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match announced {
        Some(length) if length > limit as u64 => Err(too_large(limit).into()),
        _ => Ok(()),
    }
}

async fn collect(mut body: Body, limit: Option<usize>) -> Result<Bytes, Rejection> {
    let mut first: Option<Bytes> = None;
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| unreadable(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        let length = first.as_ref().map_or(joined.len(), Bytes::len) + data.len();
        if limit.is_some_and(|limit| length > limit) {
            return Err(too_large(limit.unwrap_or_default()).into());
        }
        match first.take() {
            None if joined.is_empty() && body.is_end_stream() => return Ok(data),
            None if joined.is_empty() => first = Some(data),
            Some(bytes) => {
                joined.extend_from_slice(&bytes);
                joined.extend_from_slice(&data);
            }
            None => joined.extend_from_slice(&data),
        }
    }
    Ok(first.unwrap_or_else(|| joined.freeze()))
}

pub(super) fn too_large(limit: usize) -> ProblemDetails {
    builtin::BODY_TOO_LARGE
        .details()
        .detail(format!("the body may have at most {limit} bytes"))
        .with("limit_bytes", limit)
        .header(http::header::CONNECTION, "close")
}

/// The answer to a body that ends in an error. Whoever serves bodies says with
/// [`io::ErrorKind::TimedOut`] that one stopped arriving.
pub(super) fn unreadable(error: &(dyn Error + 'static)) -> ProblemDetails {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let mut io_errors = causes.filter_map(|error| error.downcast_ref::<io::Error>());
    if io_errors.any(|error| error.kind() == io::ErrorKind::TimedOut) {
        return builtin::BODY_TIMEOUT.details().log(error.to_string()).header(http::header::CONNECTION, "close");
    }
    builtin::MALFORMED.details().detail("the body could not be read to its end").log(error.to_string())
}
