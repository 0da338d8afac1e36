//! A request's body, which must keep arriving.

use std::fmt;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::stats::WorkerStats;
use crate::watch::Watch;
use crate::worker::Shared;

/// What reading a body may fail with.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// A request's body as it arrives.
///
/// Reading it fails with [`io::ErrorKind::TimedOut`] when nothing came for too long, or too little.
/// Only time that is spent waiting for the client counts, so a service may read as slowly as it
/// likes. A body that is there when it is asked for costs no timer.
pub struct RequestBody {
    incoming: Incoming,
    pace: Pace,
    /// Since when it is waited.
    waiting: Option<Instant>,
    /// Made for the first wait, and set anew for each that follows.
    end: Option<Pin<Box<Sleep>>>,
    /// There while it is waited, and little has come.
    awaited: Option<Awaited>,
    stats: Arc<WorkerStats>,
    /// Told when the body was read to its end, or given up.
    watch: Option<Arc<Watch>>,
}

/// How much of a body may have come that does not count among the requests in flight: all of those together bound the
/// memory for bodies.
const LITTLE: u64 = 16 * 1024;

/// A body that is waited for, counted until it is dropped.
struct Awaited(Arc<WorkerStats>);

#[derive(Clone, Copy, Debug)]
struct Pace {
    idle: Option<Duration>,
    bytes_per_second: Option<u32>,
    /// How long was waited so far, and what came.
    waited: Duration,
    bytes: u64,
}

impl RequestBody {
    pub(crate) fn new(incoming: Incoming, shared: &Shared, watch: &Arc<Watch>) -> Self {
        let pace = Pace {
            idle: shared.limits.body_idle_timeout,
            bytes_per_second: shared.limits.body_bytes_per_second,
            waited: Duration::ZERO,
            bytes: 0,
        };
        let is_empty = incoming.is_end_stream();
        if !is_empty {
            watch.reads_body.store(true, Relaxed);
        }
        let watch = (!is_empty).then(|| Arc::clone(watch));
        Self { incoming, pace, waiting: None, end: None, awaited: None, stats: Arc::clone(&shared.stats), watch }
    }

    fn was_read(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.reads_body.store(false, Relaxed);
        }
    }

    /// Waits for the client, up to the limit.
    fn poll_wait(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        if self.pace.bytes <= LITTLE {
            self.awaited.get_or_insert_with(|| Awaited::count(&self.stats));
        }
        let Some(limit) = self.pace.next_wait() else { return Poll::Pending };
        if self.waiting.is_none() {
            let now = Instant::now();
            self.waiting = Some(now);
            match &mut self.end {
                Some(end) => end.as_mut().reset(now + limit),
                None => self.end = Some(Box::pin(tokio::time::sleep_until(now + limit))),
            }
        }
        if let Some(end) = &mut self.end {
            ready!(end.as_mut().poll(context));
        }
        let text = "the body stopped arriving, or arrived too slowly";
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, text).into())
    }
}

impl Awaited {
    fn count(stats: &Arc<WorkerStats>) -> Self {
        stats.body_is_awaited();
        Self(Arc::clone(stats))
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.body_was_awaited();
    }
}

impl Pace {
    /// How long the client may now be waited for; `None` for as long as it takes.
    fn next_wait(&self) -> Option<Duration> {
        let idle = self.idle?;
        let Some(bytes_per_second) = self.bytes_per_second.filter(|rate| *rate > 0) else { return Some(idle) };
        // The first wait is free; after that, what came must have come fast enough.
        let paid = Duration::from_secs_f64(self.bytes as f64 / f64::from(bytes_per_second));
        Some(idle.min((idle + paid).saturating_sub(self.waited)))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.incoming).poll_frame(context) else {
            let error = ready!(this.poll_wait(context));
            this.awaited = None;
            this.was_read();
            return Poll::Ready(Some(Err(error)));
        };
        this.awaited = None;
        if let Some(since) = this.waiting.take() {
            this.pace.waited += since.elapsed();
        }
        match &frame {
            Some(Ok(frame)) => {
                this.pace.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                if this.incoming.is_end_stream() {
                    this.was_read();
                }
            }
            _ => this.was_read(),
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.has_unread.store(true, Relaxed);
        }
        self.was_read();
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_waited_for_while_it_pays() {
        let pace = |waited, bytes| Pace {
            idle: Some(Duration::from_secs(10)),
            bytes_per_second: Some(1024),
            waited: Duration::from_secs(waited),
            bytes,
        };
        let seconds = |waited, bytes| pace(waited, bytes).next_wait().map(|wait| wait.as_secs());
        assert_eq!(seconds(0, 0), Some(10), "the first wait is free");
        assert_eq!(seconds(9, 0), Some(1), "waits add up");
        assert_eq!(seconds(10, 0), Some(0));
        assert_eq!(seconds(12, 4096), Some(2), "4 KiB pay for four seconds");
        assert_eq!(seconds(12, 1 << 20), Some(10), "never longer than without a byte");
        assert_eq!(Pace { bytes_per_second: None, ..pace(100, 0) }.next_wait().map(|wait| wait.as_secs()), Some(10));
        assert_eq!(Pace { idle: None, ..pace(100, 0) }.next_wait(), None);
    }
}
