//! A bound on trying the variants of untagged unions.
//!
//! Two variants of a recursive union that both fit until deep inside are tried at every level:
//! twice the work per level, which 64 levels turn into a hang. serde has no bound here.

use std::cell::Cell;

use crate::json::Value;

/// Attempts that any input may cause, and those that each of its values adds.
const FOR_ALL: u32 = 1_024;
const FOR_EACH_VALUE: u32 = 32;
const MOST: u32 = 1_000_000;

thread_local! {
    /// What is left for the union that is being read, if one is.
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The attempts that the outermost untagged union has, shared by all that are nested in it.
#[derive(Debug)]
pub struct Attempts {
    is_outermost: bool,
}

impl Attempts {
    /// Starts to count, unless a union around this one has started.
    pub fn of(value: &Value<'_>) -> Self {
        let is_outermost = LEFT.get().is_none();
        if is_outermost {
            let values = u32::try_from(value.count()).unwrap_or(u32::MAX);
            LEFT.set(Some(values.saturating_mul(FOR_EACH_VALUE).saturating_add(FOR_ALL).min(MOST)));
        }
        Self { is_outermost }
    }

    /// Whether one more variant may be tried.
    pub fn take(&self) -> bool {
        let left = LEFT.get().and_then(|left| left.checked_sub(1));
        LEFT.set(Some(left.unwrap_or(0)));
        left.is_some()
    }
}

impl Drop for Attempts {
    fn drop(&mut self) {
        if self.is_outermost {
            LEFT.set(None);
        }
    }
}
