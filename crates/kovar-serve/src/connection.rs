//! The task of one connection: hyper's, and what the tick says about it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::watch::{Verdict, Watch};

/// A connection that can be asked to end in its protocol's way.
pub(crate) trait Graceful: Future {
    /// Takes no more requests: of HTTP/1 closes when it is idle, of HTTP/2 says `GOAWAY`.
    fn end(self: Pin<&mut Self>);
}

impl<I, S, E, B> Graceful for hyper_util::server::conn::auto::UpgradeableConnection<'_, I, S, E>
where
    S: hyper::service::Service<http::Request<hyper::body::Incoming>, Response = http::Response<B>>,
    S::Future: 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: http_body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    E: hyper_util::server::conn::auto::HttpServerConnExec<S::Future, B>,
{
    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Waits for a future of a connection, up to when the tick says that its time is over.
pub(crate) async fn in_time<F: Future>(future: F, watch: &Watch) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut is_known = false;
    poll_fn(|context| {
        if !std::mem::replace(&mut is_known, true) {
            watch.wakes(context.waker());
        }
        match watch.verdict() {
            Verdict::None => future.as_mut().poll(context).map(Some),
            _ => Poll::Ready(None),
        }
    })
    .await
}

pin_project! {
    /// A connection that is being served.
    pub(crate) struct Serving<C> {
        #[pin]
        connection: C,
        watch: Arc<Watch>,
        is_known: bool,
        is_ending: bool,
    }
}

impl<C> Serving<C> {
    pub(crate) fn new(connection: C, watch: Arc<Watch>) -> Self {
        Self { connection, watch, is_known: false, is_ending: false }
    }
}

impl<C, T, E> Future for Serving<C>
where
    C: Graceful<Output = Result<T, E>>,
    E: std::fmt::Display,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if !std::mem::replace(this.is_known, true) {
            this.watch.wakes(context.waker());
        }
        match this.watch.verdict() {
            Verdict::Stalled | Verdict::Gone | Verdict::Silent => return Poll::Ready(()),
            Verdict::Close if !std::mem::replace(this.is_ending, true) => this.connection.as_mut().end(),
            _ => {}
        }
        match this.connection.poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(ended) => {
                if let Err(cause) = ended {
                    tracing::debug!(%cause, "a connection ended early");
                }
                Poll::Ready(())
            }
        }
    }
}
