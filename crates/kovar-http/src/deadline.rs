//! A deadline that costs nothing where none is needed: the timer starts when the work first waits.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, poll_fn, select};

/// The output of the work, or `None` when the deadline comes first; then the work is dropped.
pub(crate) async fn with_deadline<F: Future>(work: F, deadline: Option<Duration>) -> Option<F::Output> {
    let Some(deadline) = deadline else { return Some(work.await) };
    let mut work = pin!(work);
    let first = poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context))).await;
    if let std::task::Poll::Ready(output) = first {
        return Some(output);
    }
    match select(work, pin!(tokio::time::sleep(deadline))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
