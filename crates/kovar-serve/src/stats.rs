//! What each worker counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What one worker has counted since it started.
#[derive(Debug)]
#[repr(align(128))]
pub struct WorkerStats {
    in_flight: AtomicUsize,
    /// How many of them wait for the rest of their body.
    awaited: AtomicUsize,
    requests: AtomicU64,
    accepted: AtomicU64,
    open: AtomicUsize,
    /// Connections that another worker has given and that are not taken yet.
    coming: AtomicUsize,
    handed_over: AtomicU64,
    lag_microseconds: AtomicU64,
    worst_lag_microseconds: AtomicU64,
    start: Instant,
    /// When the last tick was, after the start.
    ticked_at_milliseconds: AtomicU64,
}

impl Default for WorkerStats {
    fn default() -> Self {
        Self {
            in_flight: AtomicUsize::new(0),
            awaited: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            coming: AtomicUsize::new(0),
            handed_over: AtomicU64::new(0),
            lag_microseconds: AtomicU64::new(0),
            worst_lag_microseconds: AtomicU64::new(0),
            start: Instant::now(),
            ticked_at_milliseconds: AtomicU64::new(0),
        }
    }
}

impl WorkerStats {
    /// Requests that are being answered. Those that wait for the rest of their body are not, for as long as they do.
    pub fn in_flight(&self) -> usize {
        self.without_awaited(self.in_flight.load(Relaxed))
    }

    /// Requests that were begun.
    pub fn requests(&self) -> u64 {
        self.requests.load(Relaxed)
    }

    /// Connections that were accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Connections that are open.
    pub fn open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// Connections that were given to a worker that had fewer.
    pub fn handed_over(&self) -> u64 {
        self.handed_over.load(Relaxed)
    }

    /// How late the last tick came: how long whatever is ready waits for its turn.
    pub fn lag(&self) -> Duration {
        Duration::from_micros(self.lag_microseconds.load(Relaxed))
    }

    /// The most that a tick was late since this was last asked.
    pub fn take_worst_lag(&self) -> Duration {
        Duration::from_micros(self.worst_lag_microseconds.swap(0, Relaxed))
    }

    /// How long ago the last tick was: a worker that is stuck in work that does not yield is silent.
    pub fn silent_for(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.ticked_at_milliseconds.load(Relaxed)))
    }

    /// How many were in flight before.
    pub(crate) fn request_began(&self) -> usize {
        self.requests.fetch_add(1, Relaxed);
        self.without_awaited(self.in_flight.fetch_add(1, Relaxed))
    }

    fn without_awaited(&self, in_flight: usize) -> usize {
        // A body may be read on after its request was answered.
        in_flight.saturating_sub(self.awaited.load(Relaxed))
    }

    pub(crate) fn request_ended(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }

    pub(crate) fn body_is_awaited(&self) {
        self.awaited.fetch_add(1, Relaxed);
    }

    pub(crate) fn body_was_awaited(&self) {
        self.awaited.fetch_sub(1, Relaxed);
    }

    pub(crate) fn connection_opened(&self) {
        self.accepted.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_closed(&self) {
        self.open.fetch_sub(1, Relaxed);
    }

    /// Connections that are open or soon will be.
    pub(crate) fn held(&self) -> usize {
        self.open() + self.coming.load(Relaxed)
    }

    pub(crate) fn connection_is_given(&self) {
        self.coming.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_was_taken(&self) {
        self.coming.fetch_sub(1, Relaxed);
    }

    pub(crate) fn connection_handed_over(&self) {
        self.handed_over.fetch_add(1, Relaxed);
    }

    pub(crate) fn lagged(&self, lag: Duration) {
        let microseconds = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
        self.lag_microseconds.store(microseconds, Relaxed);
        self.worst_lag_microseconds.fetch_max(microseconds, Relaxed);
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.ticked_at_milliseconds.store(now, Relaxed);
    }
}
