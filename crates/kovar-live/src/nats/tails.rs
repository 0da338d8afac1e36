//! The ends of the topics that this node publishes to.
//!
//! A message is published behind the one before it, so whoever publishes must know that: from their own last message, from
//! what they were told of others', or by asking. What was known before a connection was lost is asked again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Last;

#[derive(Debug, Default)]
pub(super) struct Tails(Mutex<HashMap<Arc<str>, Arc<Tail>>>);

/// The end of a topic.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// Whose turn it is to publish.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// The last message that is known, and in which life of the connection it was.
    last: Mutex<Option<(u64, Last)>>,
}

impl Tails {
    pub(super) fn of(&self, name: &Arc<str>) -> Arc<Tail> {
        Arc::clone(self.all().entry(Arc::clone(name)).or_default())
    }

    /// Nobody of this node has the topic any longer.
    pub(super) fn forget(&self, name: &str) {
        self.all().remove(name);
    }

    /// A message is kept, whoever published it.
    pub(super) fn heard(&self, name: &str, life: u64, last: &Last) {
        let tail = self.all().get(name).cloned();
        if let Some(tail) = tail {
            tail.heard(life, last);
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Tail>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    pub(super) fn get(&self, life: u64) -> Option<Last> {
        self.last().as_ref().filter(|(known, _)| *known == life).map(|(_, last)| last.clone())
    }

    pub(super) fn forget(&self) {
        *self.last() = None;
    }

    /// A message is kept: it is the last, unless one after it is known.
    pub(super) fn heard(&self, life: u64, last: &Last) {
        let mut known = self.last();
        if known.as_ref().is_none_or(|(of, known)| *of != life || known.sequence < last.sequence) {
            *known = Some((life, last.clone()));
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<(u64, Last)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Last, Tails};
    use crate::topic::Position;

    fn last(sequence: u64, offset: u64) -> Last {
        Last { sequence, at: Position { epoch: "e".to_owned(), offset } }
    }

    #[test]
    fn what_was_known_before_a_connection_was_lost_is_not_known_any_longer() {
        let tails = Tails::default();
        tails.heard("rooms/7", 1, &last(3, 1));
        let tail = tails.of(&"rooms/7".into());
        assert!(tail.get(1).is_none(), "nobody publishes to it");
        tails.heard("rooms/7", 1, &last(5, 2));
        // What comes late does not lead back.
        tails.heard("rooms/7", 1, &last(4, 1));
        assert_eq!(tail.get(1).map(|last| last.sequence), Some(5));
        assert!(tail.get(2).is_none());
        tails.heard("rooms/7", 2, &last(2, 1));
        assert_eq!(tail.get(2).map(|last| last.sequence), Some(2));
    }
}
