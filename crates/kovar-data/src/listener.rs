//! Notifications of PostgreSQL, as an app holds them.
//!
//! They are a shoulder tap and no queue: who is not connected when one is sent never gets it. So a listener says from when
//! on it listens, at its beginning and after each gap, and whoever is told reads anew what it must not miss.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::Stream;
use tokio::task::AbortHandle;

use crate::Error;

/// How many notices wait for whoever takes them. The server would wait as well, and others could notify nobody once its
/// own queue is full.
const LONGEST: usize = 4_096;

/// What a [`Listener`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// It listens from here on; what was sent between the notices before and after this one may be missing. It is the
    /// first notice, and comes again when the connection was lost or more waited than may.
    Listening,
    /// Somebody has notified.
    Notified {
        /// Which channel.
        channel: String,
        /// What was sent with it; empty if nothing was.
        payload: String,
    },
}

/// Notifications as they come, from [`Db::listen`](crate::Db::listen). Dropping it stops listening and gives its
/// connection's place back.
///
/// It does not end by itself. An error is the last item: the database was closed, or it refuses to be listened to again.
#[must_use = "a listener that is dropped does not listen"]
pub struct Listener {
    line: Arc<Line>,
    task: AbortHandle,
}

impl Listener {
    pub(crate) fn new(line: Arc<Line>, task: AbortHandle) -> Self {
        Self { line, task }
    }
}

impl Stream for Listener {
    type Item = Result<Notice, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut line = self.line.lock();
        if let Some(notice) = line.waiting.pop_front() {
            return Poll::Ready(Some(Ok(notice)));
        }
        match std::mem::replace(&mut line.end, End::Told) {
            End::Open => {
                line.end = End::Open;
                line.waker = Some(context.waker().clone());
                Poll::Pending
            }
            End::Reached(error) => Poll::Ready(Some(Err(error))),
            End::Told => Poll::Ready(None),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listener").finish_non_exhaustive()
    }
}

/// What has come and was not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Line(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Notice>,
    end: End,
    waker: Option<Waker>,
}

#[derive(Debug, Default)]
enum End {
    #[default]
    Open,
    Reached(Error),
    Told,
}

impl Line {
    pub(crate) fn push(&self, notice: Notice) {
        let mut line = self.lock();
        if line.waiting.len() == LONGEST {
            tracing::warn!("a listener is too slow: notifications were dropped");
            line.waiting.clear();
            line.waiting.push_back(Notice::Listening);
        }
        line.waiting.push_back(notice);
        line.wake();
    }

    /// Nothing comes after what has come. The first who says so says why.
    pub(crate) fn end(&self, error: Error) {
        let mut line = self.lock();
        if let End::Open = line.end {
            line.end = End::Reached(error);
            line.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::{LONGEST, Line, Listener, Notice};
    use crate::Error;

    fn notified(number: usize) -> Notice {
        Notice::Notified { channel: "numbers".to_owned(), payload: number.to_string() }
    }

    #[tokio::test]
    async fn what_is_too_much_is_dropped_and_said() {
        let line = std::sync::Arc::new(Line::default());
        let mut listener = Listener::new(line.clone(), tokio::spawn(async {}).abort_handle());
        (0..LONGEST + 2).for_each(|number| line.push(notified(number)));
        line.end(Error::closed());
        line.push(notified(0));
        for expected in [Notice::Listening, notified(LONGEST), notified(LONGEST + 1), notified(0)] {
            assert_eq!(listener.next().await.unwrap().unwrap(), expected);
        }
        assert!(listener.next().await.unwrap().unwrap_err().is_closed());
        assert!(listener.next().await.is_none());
    }
}
