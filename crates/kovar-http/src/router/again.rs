//! Running an operation again whose transaction ran into another.
//!
//! The whole operation runs again, from its credentials on, in a new transaction: what it has read may be different now.
//! Its body is kept while it is read. Where it was not read to its end, or is long, nobody can read it again, and the
//! conflict is the answer.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http_body::{Frame, SizeHint};
use kovar_data::Tally;

use crate::context::{RequestContext, RunAgain};

/// How often an operation is tried in all.
const TRIES: u32 = 5;

/// How long after a conflict, times the try, with as much again by chance.
const PAUSE: Duration = Duration::from_millis(5);

/// How much of a body is kept. What is longer cannot be read again.
const LONGEST_BODY: usize = 1024 * 1024;

/// Each try has a context of its own, so that nothing of one is kept until the next is over.
pub(super) async fn run(request: Arc<RequestContext>) -> Response {
    let (kept, mut body) = Kept::of(request.take_body().unwrap_or_default());
    let mut pause = PAUSE;
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        let context = Arc::new(request.again(body, tries_left));
        let response = tried(&context).await;
        if !RunAgain::is_for(&response) {
            return response;
        }
        let Some(unread) = context.take_body().or_else(|| kept.body()) else { return response };
        body = unread;
        drop(context);
        tokio::time::sleep(pause.mul_f64(rand::random_range(1.0..2.0))).await;
        pause += PAUSE;
    }
}

/// Runs the operation once, and counts its statements for this try alone.
async fn tried(context: &Arc<RequestContext>) -> Response {
    let mut work = Arc::clone(&context.endpoint().handler).call(Arc::clone(context));
    let mut tally = Tally::default();
    let response = poll_fn(|task| tally.enter(|| work.as_mut().poll(task))).await;
    context.endpoint().ran(&tally);
    response
}

/// What was read of a body.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Read>>);

#[derive(Default)]
struct Read {
    chunks: Vec<Bytes>,
    length: usize,
    is_whole: bool,
}

impl Read {
    fn keep(&mut self, chunk: &Bytes) {
        self.length += chunk.len();
        match self.length <= LONGEST_BODY {
            true => self.chunks.push(chunk.clone()),
            false => self.chunks = Vec::new(),
        }
    }
}

impl Kept {
    /// A body whose bytes are kept as they are read.
    fn of(body: Body) -> (Self, Body) {
        let kept = Self::default();
        let is_whole = http_body::Body::is_end_stream(&body);
        kept.0.lock().unwrap_or_else(PoisonError::into_inner).is_whole = is_whole;
        (kept.clone(), Body::new(Keeping { body, kept }))
    }

    /// The body again, if it was read to its end.
    fn body(&self) -> Option<Body> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = read.is_whole && read.length <= LONGEST_BODY;
        let chunks = read.chunks.clone().into_iter().map(Ok::<_, std::convert::Infallible>);
        is_kept.then(|| Body::from_stream(stream::iter(chunks)))
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
            Some(Ok(frame)) => frame.data_ref().into_iter().for_each(|chunk| kept.keep(chunk)),
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
