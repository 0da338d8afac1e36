//! How long is waited for a turn.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::failure::Failure;
use crate::Error;

/// Until when a statement waits for a connection, and why it may give up then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    limit: Option<Duration>,
    deadline: Option<Instant>,
}

/// The pauses between attempts to reach the server: each is twice the one before, up to a second.
#[derive(Debug)]
pub(super) struct Backoff(Duration);

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Wait {
    pub(super) fn of(limit: Option<Duration>) -> Self {
        Self { limit, deadline: limit.map(|limit| Instant::now() + limit) }
    }

    /// The outcome, unless the deadline comes before it.
    pub(super) async fn turn<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        match self.deadline {
            None => Ok(future.await),
            Some(deadline) => timeout_at(deadline, future).await.map_err(|_| Error::busy(self.limit)),
        }
    }

    /// What the server says to somebody new, unless the deadline comes before it.
    pub(super) async fn reach<T>(&self, future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match self.deadline {
            None => future.await,
            Some(deadline) => {
                let silent = |_| Err(Failure::local(Error::silent(self.limit)));
                timeout_at(deadline, future).await.unwrap_or_else(silent)
            }
        }
    }

    /// Waits before the next attempt. Where there is no time for one, the failure stands.
    pub(super) async fn pause(&self, backoff: &mut Backoff, failure: Failure) -> Result<(), Error> {
        let next = Instant::now() + backoff.next();
        if self.deadline.is_some_and(|deadline| next > deadline) {
            return Err(failure.error);
        }
        sleep_until(next).await;
        Ok(())
    }
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self(FIRST_PAUSE)
    }

    fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}
