//! What has come on a connection and waits for the channel's function.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use tokio::sync::oneshot;

/// What a client said.
#[derive(Debug)]
pub(crate) enum Said {
    Text(Bytes),
    Binary(Bytes),
    /// A message in Kovar's protocol, and the number under which it wants to be answered.
    Message {
        data: Bytes,
        id: Option<u64>,
    },
}

/// What has come and waits for the channel's function.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    reader: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    said: VecDeque<Said>,
    is_closed: bool,
    /// Those who wait for an answer of the client, by its number.
    asked: HashMap<u64, oneshot::Sender<Option<Bytes>>>,
    last_id: u64,
}

impl Inbox {
    pub(crate) fn push(&self, said: Said) {
        self.state().said.push_back(said);
        self.reader.wake();
    }

    /// The next message; `None` once there is none and no more come.
    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Said>> {
        self.reader.register(context.waker());
        let mut state = self.state();
        match state.said.pop_front() {
            Some(said) => {
                if state.said.is_empty() {
                    // Of a connection that is silent, nothing is kept.
                    state.said = VecDeque::new();
                }
                Poll::Ready(Some(said))
            }
            None if state.is_closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.state().said.len()
    }

    /// No more come.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.asked.clear();
        drop(state);
        self.reader.wake();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// A number for a message that wants an answer, and what that will come by. It is waited for as long as the number is
    /// kept.
    pub(crate) fn ask(&self) -> (Question<'_>, oneshot::Receiver<Option<Bytes>>) {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state();
        state.last_id += 1;
        let id = state.last_id;
        if !state.is_closed {
            state.asked.insert(id, answer);
        }
        (Question { inbox: self, id }, answered)
    }

    pub(crate) fn answered(&self, id: u64, answer: Option<Bytes>) {
        if let Some(asked) = self.state().asked.remove(&id) {
            // Who has asked may have given up.
            let _ = asked.send(answer);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message whose answer somebody waits for.
pub(crate) struct Question<'i> {
    inbox: &'i Inbox,
    pub(crate) id: u64,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.inbox.state().asked.remove(&self.id);
    }
}
