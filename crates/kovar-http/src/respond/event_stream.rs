//! Server-sent events, typed.
//!
//! axum writes the events and keeps the connection alive. What it would panic about, a line end
//! in an id or name, is refused before: it breaks the stream off and nothing is injected.

mod event;

use std::fmt;
use std::time::Duration;

use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{Stream, StreamExt as _};
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use kovar_contract::Output;

pub use self::event::Event;
use super::Respond;
use super::stream::{BoxError, Items, written};
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};

/// After how much idle time a comment is sent. Default: 15 s, half of what proxies commonly allow.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// nginx passes each event on at once when told so.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Status 200 with events as they happen: `text/event-stream`, the data of each as JSON.
///
/// Items of the stream are the data, or [`Event`]s with an id and a name besides. A client that
/// reconnects sends the last id that it saw: [`LastEventId`](crate::extract::LastEventId).
///
/// Values that the handler asked for have finished (a transaction is committed) before the first
/// event; the operation's deadline is over then, too. The stream is dropped when the client goes.
///
/// # Example
///
/// ```
/// use futures_util::stream::{self, StreamExt as _};
/// use kovar_http::extract::LastEventId;
/// use kovar_http::respond::{Event, EventStream};
///
/// async fn ticks(LastEventId(last): LastEventId) -> EventStream<u32> {
///     let first = last.and_then(|id| id.parse().ok()).map_or(1, |last: u32| last + 1);
///     let ticks = stream::iter(first..=9);
///     EventStream::new(ticks.map(|tick| Event::new(tick).id(tick.to_string())))
/// }
/// ```
pub struct EventStream<T> {
    events: Items<Event<T>>,
    keep_alive: Option<Duration>,
}

impl<T: 'static> EventStream<T> {
    /// A stream of data, or of [`Event`]s.
    pub fn new<I: Into<Event<T>>>(events: impl Stream<Item = I> + Send + 'static) -> Self {
        Self { events: Box::pin(events.map(|event| Ok(event.into()))), keep_alive: Some(KEEP_ALIVE) }
    }

    /// A stream that can fail: then the connection breaks, and the client comes again. Only the log
    /// sees why.
    pub fn fallible<I, E>(events: impl Stream<Item = Result<I, E>> + Send + 'static) -> Self
    where
        I: Into<Event<T>>,
        E: Into<BoxError>,
    {
        let events = events.map(|event| event.map(Into::into).map_err(Into::into));
        Self { events: Box::pin(events), keep_alive: Some(KEEP_ALIVE) }
    }

    /// After how much idle time a comment is sent, so that proxies keep the connection and a client
    /// that is gone is noticed. Default: 15 s. `None` disables.
    #[must_use]
    pub fn keep_alive(mut self, idle: Option<Duration>) -> Self {
        self.keep_alive = idle;
        self
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("keep_alive", &self.keep_alive).finish_non_exhaustive()
    }
}

impl<T: Output> Respond for EventStream<T> {
    fn describe(describer: &mut Describer<'_>) {
        let shape = T::shape(describer.catalog);
        let response = ResponseDescription::empty("Events as they happen").sequence("text/event-stream", shape);
        describer.response(StatusCode::OK, response);
    }

    fn respond(self, context: &RequestContext) -> Response {
        let events = Sse::new(written(self.events, Event::write, context));
        let mut response = match self.keep_alive {
            Some(idle) => events.keep_alive(KeepAlive::new().interval(idle)).into_response(),
            None => events.into_response(),
        };
        response.headers_mut().insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
        response
    }
}

#[cfg(test)]
mod tests;
