//! How long the statements of a connection take.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How long the statements of a group take together, if all goes as before. That is twenty times what a Sync costs, and
/// short enough that the app reads answers while the server is at the next ones.
const TOGETHER: Duration = Duration::from_micros(100);

/// How many statements there are in a group at most.
const MOST: u64 = 32;

/// Above this, one of a group's statements has no place among others.
pub(in super::super) const SLOW: Duration = Duration::from_millis(10);

/// What is known of the time that statements take. All times are microseconds since the start.
#[derive(Debug)]
pub(in super::super) struct Pace {
    start: Instant,
    /// How long one takes, as a mean in which the last ones count most.
    each: AtomicU64,
    /// When the last group came that was slow.
    slow_at: AtomicU64,
}

impl Pace {
    /// Counts from a moment.
    pub(in super::super) fn since(start: Instant) -> Self {
        Self { start, each: AtomicU64::new(0), slow_at: AtomicU64::new(0) }
    }

    /// How long a statement takes.
    pub(in super::super) fn each(&self) -> Duration {
        Duration::from_micros(self.each.load(Relaxed))
    }

    /// Whether a group was slow since a moment.
    pub(in super::super) fn was_slow_since(&self, moment: u64) -> bool {
        self.slow_at.load(Relaxed) > moment
    }

    /// How many statements may travel together.
    pub(super) fn most(&self) -> usize {
        let together = TOGETHER.as_micros() as u64;
        (together / self.each.load(Relaxed).max(1)).clamp(1, MOST) as usize
    }

    /// So many were answered.
    pub(super) fn took(&self, time: Duration, statements: usize) {
        if time > SLOW {
            self.slow_at.store(micros(self.start.elapsed()).max(1), Relaxed);
        }
        let (last, mean) = (micros(time) / statements.max(1) as u64, self.each.load(Relaxed));
        self.each.store((mean * 7 + last) / 8, Relaxed);
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::since(Instant::now())
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
