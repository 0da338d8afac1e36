//! Where created things are kept: in memory, and only the last thousand, so that a long run does not measure swapping.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

const ROOM: usize = 1000;

#[derive(Debug)]
pub(crate) struct Shelf<T>(Mutex<VecDeque<T>>);

impl<T> Shelf<T> {
    /// Keeps the value, in the place of the oldest when the shelf is full.
    pub(crate) fn put(&self, value: T) {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() == ROOM {
            values.pop_front();
        }
        values.push_back(value);
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::new(VecDeque::with_capacity(ROOM)))
    }
}
