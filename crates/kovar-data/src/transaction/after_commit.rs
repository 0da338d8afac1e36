//! What is to be done once a transaction is committed.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

type Action = Box<dyn FnOnce() + Send>;

/// In the order in which it was asked for.
#[derive(Default)]
pub(super) struct AfterCommit(Mutex<Vec<Action>>);

impl AfterCommit {
    pub(super) fn add(&self, action: Action) {
        self.actions().push(action);
    }

    pub(super) fn len(&self) -> usize {
        self.actions().len()
    }

    /// Forgets all but the first.
    pub(super) fn forget_those_after(&self, first: usize) {
        self.actions().truncate(first);
    }

    pub(super) fn run(&self) {
        let actions = std::mem::take(&mut *self.actions());
        actions.into_iter().for_each(|action| action());
    }

    fn actions(&self) -> MutexGuard<'_, Vec<Action>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for AfterCommit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AfterCommit").field("actions", &self.len()).finish()
    }
}
