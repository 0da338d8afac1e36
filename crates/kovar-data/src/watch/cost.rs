//! What one statement has cost.

use std::time::Duration;

use super::Ending;
use crate::{Origin, Statement};

/// What a statement has cost since the database was opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StatementCost {
    /// Its text, with `?` for each value.
    pub text: String,
    /// Where it stands in the app's source.
    pub origin: Origin,
    /// How often it ran.
    pub runs: u64,
    /// How often it failed.
    pub failures: u64,
    /// How often nobody waited for its end.
    pub dropped: u64,
    /// How many rows it has given or changed.
    pub rows: u64,
    /// How long all runs took, with the time in line.
    pub total: Duration,
    /// How long the longest run took.
    pub longest: Duration,
}

impl StatementCost {
    pub(super) fn of(statement: &Statement) -> Self {
        Self {
            text: statement.normalised(),
            origin: statement.origin(),
            runs: 0,
            failures: 0,
            dropped: 0,
            rows: 0,
            total: Duration::ZERO,
            longest: Duration::ZERO,
        }
    }

    /// How long a run takes.
    pub fn mean(&self) -> Duration {
        self.total.checked_div(u32::try_from(self.runs).unwrap_or(u32::MAX)).unwrap_or_default()
    }

    pub(super) fn count(&mut self, took: Duration, ending: Ending) {
        self.runs += 1;
        self.total += took;
        self.longest = self.longest.max(took);
        match ending {
            Ending::Done { rows } => self.rows += rows,
            Ending::Failed => self.failures += 1,
            Ending::Dropped => self.dropped += 1,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.failures += other.failures;
        self.dropped += other.dropped;
        self.rows += other.rows;
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }
}
