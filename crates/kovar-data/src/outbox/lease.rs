//! Who publishes: one process at a time.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::store;
use crate::{Db, Error};

/// The one lease of the outbox.
const NAME: &str = "outbox";

/// This relay's hold on the lease. It counts from before it was asked for, so that it ends here no later than there.
#[derive(Debug)]
pub(super) struct Lease {
    holder: String,
    length: Duration,
    taken: Option<Instant>,
}

impl Lease {
    pub(super) fn new(length: Duration) -> Self {
        Self { holder: Uuid::now_v7().to_string(), length, taken: None }
    }

    /// Takes the lease, or keeps it when a third of it is over. Gives whether it is held.
    pub(super) async fn hold(&mut self, db: &Db) -> Result<bool, Error> {
        if self.taken.is_some_and(|taken| taken.elapsed() < self.length / 3) {
            return Ok(true);
        }
        let asked = Instant::now();
        let is_mine = store::lease(db, NAME, &self.holder, self.length).await;
        match is_mine {
            Ok(is_mine) => self.taken = is_mine.then_some(asked),
            // Not known: it lasts as long as it did.
            Err(_) if self.is_held() => return Ok(true),
            Err(error) => return Err(error),
        }
        Ok(self.is_held())
    }

    /// Whether nobody else can have it now.
    pub(super) fn is_held(&self) -> bool {
        self.taken.is_some_and(|taken| taken.elapsed() < self.length)
    }

    pub(super) async fn release(&mut self, db: &Db) {
        if self.taken.take().is_some()
            && let Err(cause) = store::release(db, NAME, &self.holder).await
        {
            tracing::warn!(target: "kovar::data", %cause, "the outbox's lease is not let go before it ends");
        }
    }
}
