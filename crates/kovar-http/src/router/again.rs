//! Running an operation again whose transaction ran into another.
//!
//! The whole operation runs again, from its credentials on, in a new transaction: what it has read may be different now.
//! Its body is kept while it is read. Where it was not read to its end, nobody can read it again, and the conflict is the
//! answer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http_body::{Frame, SizeHint};

use crate::context::{RequestContext, RunAgain};

/// How often an operation is tried in all.
pub(crate) const TRIES: u32 = 5;

/// How long after a conflict, times the try, with as much again by chance.
const PAUSE: Duration = Duration::from_millis(5);

pub(super) async fn run(mut context: Arc<RequestContext>) -> Response {
    let kept = context.keep_body();
    let mut pause = PAUSE;
    loop {
        let handler = Arc::clone(&context.endpoint().handler);
        let response = handler.call(Arc::clone(&context)).await;
        if response.extensions().get::<RunAgain>().is_none() {
            return response;
        }
        let body = context.take_body().or_else(|| kept.as_ref().and_then(Kept::body));
        let Some(body) = body else { return response };
        context = Arc::new(context.again(body));
        tokio::time::sleep(pause.mul_f64(rand::random_range(1.0..2.0))).await;
        pause += PAUSE;
    }
}

/// What was read of a body.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Read>>);

#[derive(Default)]
struct Read {
    chunks: Vec<Bytes>,
    is_whole: bool,
}

impl Kept {
    /// A body whose bytes are kept as they are read.
    pub(crate) fn of(body: Body) -> (Self, Body) {
        let kept = Self::default();
        let is_whole = http_body::Body::is_end_stream(&body);
        kept.0.lock().unwrap_or_else(PoisonError::into_inner).is_whole = is_whole;
        (kept.clone(), Body::new(Keeping { body, kept }))
    }

    /// The body again, if it was read to its end.
    fn body(&self) -> Option<Body> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let chunks = read.chunks.clone();
        read.is_whole
            .then(|| Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, std::convert::Infallible>))))
    }
}

struct Keeping {
    body: Body,
    kept: Kept,
}

impl http_body::Body for Keeping {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &frame {
            Some(Ok(frame)) => kept.chunks.extend(frame.data_ref().cloned()),
            Some(Err(_)) => {}
            None => kept.is_whole = true,
        }
        kept.is_whole |= http_body::Body::is_end_stream(&self.body);
        drop(kept);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        http_body::Body::is_end_stream(&self.body)
    }

    fn size_hint(&self) -> SizeHint {
        http_body::Body::size_hint(&self.body)
    }
}
