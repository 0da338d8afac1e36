//! Clicks are counted in memory and written once a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub struct Clicks(Mutex<HashMap<String, i64>>);

impl Clicks {
    pub fn add(&self, slug: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(slug).or_default() += 1;
    }

    /// What was counted since they were taken last, by slug.
    pub fn take(&self) -> HashMap<String, i64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
