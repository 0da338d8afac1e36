//! How many channels each caller has open, over all workers of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kovar_http::security::Caller;

/// How many channels each caller has open.
#[derive(Debug, Default)]
pub(crate) struct Callers(Mutex<HashMap<Arc<Caller>, usize>>);

/// A caller's place for a channel, which is free again with this.
#[derive(Debug)]
pub(crate) struct Place {
    callers: Arc<Callers>,
    caller: Arc<Caller>,
}

impl Callers {
    /// A place for another channel of a caller; `None` if it has as many as it may.
    pub(crate) fn place(self: &Arc<Self>, caller: Caller, most: Option<usize>) -> Option<Place> {
        let mut open = self.open();
        let (caller, count) = match open.get_key_value(&caller) {
            Some((known, count)) => (Arc::clone(known), *count),
            None => (Arc::new(caller), 0),
        };
        if most.is_some_and(|most| count >= most) {
            return None;
        }
        open.insert(Arc::clone(&caller), count + 1);
        drop(open);
        Some(Place { callers: Arc::clone(self), caller })
    }

    /// How many callers have a channel open.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.open().len()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Arc<Caller>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(crate) fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.callers.open();
        match open.get_mut(&self.caller) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.caller)),
        }
    }
}

#[cfg(test)]
mod tests;
