//! The topics of which a node is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::topic::TopicState;

/// Those that somebody of this node has.
#[derive(Debug, Default)]
pub(crate) struct Followed(Mutex<HashMap<Arc<str>, Weak<TopicState>>>);

impl Followed {
    pub(crate) fn add(&self, topic: &Arc<TopicState>) {
        self.topics().insert(Arc::clone(&topic.name), Arc::downgrade(topic));
    }

    /// Forgets a topic, unless somebody has taken it up again by now. Gives whether it did.
    pub(crate) fn leave(&self, name: &Arc<str>) -> bool {
        let mut topics = self.topics();
        if topics.get(name).is_some_and(|known| known.strong_count() > 0) {
            return false;
        }
        topics.remove(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<TopicState>> {
        self.topics().get(name).and_then(Weak::upgrade)
    }

    pub(crate) fn all(&self) -> Vec<Arc<TopicState>> {
        self.topics().values().filter_map(Weak::upgrade).collect()
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<TopicState>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
