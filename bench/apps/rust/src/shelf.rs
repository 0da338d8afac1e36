//! Where created things are kept: the last thousand, in memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

const ROOM: usize = 1000;

pub struct Shelf<T>(Mutex<VecDeque<T>>);

impl<T> Shelf<T> {
    pub fn put(&self, value: T) {
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
