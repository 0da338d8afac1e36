//! Who decides about work that waits in line: whoever carries it out, or the caller that gives it up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The right to decide, which one of two has. So a caller that was told "busy" knows that nothing ran, which a plain
/// timeout around an answer could not promise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticket(Arc<AtomicBool>);

impl Ticket {
    /// Whether the caller of this is the first.
    pub(crate) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// Takes a ticket when it is dropped: a caller whose future is gone gives up.
pub(crate) struct GiveUp<'t>(pub(crate) &'t Ticket);

impl Drop for GiveUp<'_> {
    fn drop(&mut self) {
        self.0.take();
    }
}
