//! What streams of a handler share on their way into a body.
//!
//! A stream that breaks off must not look like one that ended: the body ends with an error, which
//! the server turns into a broken connection (or a reset of the HTTP/2 stream).

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::stream::{Stream, StreamExt as _};
use kovar_contract::{Direction, Output, Rules};

use super::broken_contract;
use crate::context::RequestContext;

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// A handler's stream, without its type.
pub(super) type Items<T> = Pin<Box<dyn Stream<Item = Result<T, BoxError>> + Send>>;

/// The stream with each item written; the first failure is logged and is the last item.
///
/// A panic of the stream is a failure, too: other requests of the connection go on.
pub(super) fn written<T: 'static, W: Send + 'static>(
    items: Items<T>,
    write: fn(T) -> Result<W, BoxError>,
    context: &RequestContext,
) -> impl Stream<Item = Result<W, BoxError>> + Send + use<T, W> {
    let (request_id, path) = (context.request_id().clone(), context.uri().path().to_owned());
    let items = AssertUnwindSafe(items).catch_unwind();
    let written = items.map(move |item| {
        let item = item.unwrap_or_else(|_| Err("the stream panicked".into()));
        item.and_then(write).inspect_err(|cause| {
            let cause = crate::problem::Chain(&**cause);
            tracing::error!(%request_id, path, %cause, "stream broke off");
        })
    });
    until_failure(written)
}

fn until_failure<W: Send>(
    items: impl Stream<Item = Result<W, BoxError>> + Send,
) -> impl Stream<Item = Result<W, BoxError>> + Send {
    items.scan(false, |has_failed, item| {
        let is_after_failure = std::mem::replace(has_failed, item.is_err());
        std::future::ready((!is_after_failure).then_some(item))
    })
}

/// The item as JSON. One that breaks its own contract is not sent.
pub(super) fn item_json<T: Output>(item: &T) -> Result<Vec<u8>, BoxError> {
    if !item.accepts(&Rules::NONE, Direction::Output) {
        return Err(format!("an item was not sent: {}", broken_contract(item)).into());
    }
    Ok(serde_json::to_vec(item)?)
}
