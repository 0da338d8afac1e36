//! The statements that were slow last, and what the database does for them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::explain::Plan;
use crate::{Error, Origin, Statement};

/// How many are kept.
const KEPT: usize = 50;

/// How long a plan is good for: the database asks itself again when its tables have grown.
const FRESH: Duration = Duration::from_secs(600);

/// How often the log is told of one statement, at most.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// A statement that took longer than [`Options::slow`](crate::Options::slow), the last time that it did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SlowStatement {
    /// Its text, with `?` for each value.
    pub text: String,
    /// Where it stands in the app's source.
    pub origin: Origin,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took, with the time in line.
    pub took: Duration,
    /// How often it was slow.
    pub times: u64,
    /// How the database goes about it, in its own words, with the values that were slow. `None` until the database has
    /// said so, and where it does not.
    pub plan: Option<String>,
    /// What would make it faster, if that shows.
    pub hint: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct SlowOnes {
    entries: Mutex<VecDeque<Entry>>,
    /// Whether the database is asked now: while it is slow, it is not asked for much more.
    is_asking: AtomicBool,
}

#[derive(Debug)]
struct Entry {
    key: u64,
    asked: Option<Instant>,
    warned: Option<Instant>,
    slow: SlowStatement,
}

impl SlowOnes {
    /// Keeps that a statement was slow, and says whether it is to be explained.
    pub(super) fn add(&self, key: u64, statement: &Statement, took: Duration) -> bool {
        let mut entries = self.lock();
        let before = entries.iter().position(|entry| entry.key == key).and_then(|place| entries.remove(place));
        let mut entry = before.unwrap_or_else(|| Entry::of(key, statement));
        (entry.slow.at, entry.slow.took) = (Timestamp::now(), took);
        entry.slow.times += 1;
        entry.warn();
        let is_due = entry.asked.is_none_or(|asked| asked.elapsed() > FRESH) && !self.is_asking.swap(true, Relaxed);
        if is_due {
            entry.asked = Some(Instant::now());
        }
        if entries.len() == KEPT {
            entries.pop_back();
        }
        entries.push_front(entry);
        is_due
    }

    /// The next may be explained, also where nobody was left to explain this one.
    pub(super) fn has_asked(&self) {
        self.is_asking.store(false, Relaxed);
    }

    pub(super) fn explained(&self, key: u64, plan: Result<Option<Plan>, Error>) {
        let mut entries = self.lock();
        let Some(entry) = entries.iter_mut().find(|entry| entry.key == key) else { return };
        match plan {
            Ok(Some(plan)) => (entry.slow.plan, entry.slow.hint) = (Some(plan.text), plan.hint),
            Ok(None) => {}
            Err(error) => entry.slow.plan = Some(format!("The database did not say: {error}")),
        }
    }

    /// The latest first.
    pub(super) fn all(&self) -> Vec<SlowStatement> {
        self.lock().iter().map(|entry| entry.slow.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn of(key: u64, statement: &Statement) -> Self {
        let (text, origin) = (statement.normalised(), statement.origin());
        let (at, took) = (Timestamp::default(), Duration::ZERO);
        let slow = SlowStatement { text, origin, at, took, times: 0, plan: None, hint: None };
        Self { key, asked: None, warned: None, slow }
    }

    fn warn(&mut self) {
        if self.warned.is_some_and(|warned| warned.elapsed() < WARN_EVERY) {
            return;
        }
        self.warned = Some(Instant::now());
        let SlowStatement { text, origin, took, times, .. } = &self.slow;
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(
            target: "kovar::data",
            statement = text,
            place = %origin,
            milliseconds,
            times,
            "a statement was slow",
        );
    }
}
