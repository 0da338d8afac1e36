//! How often something happens, for whoever looks now and then.
//!
//! What happens is only counted. So the first who looks after a long time is told nothing, and then the rate over the last
//! seconds.

use std::time::{Duration, Instant};

/// A rate is one over at least so long, once there was time for that, and at most twice as long.
const SPAN: Duration = Duration::from_secs(5);

/// Who has not looked for so long begins anew.
const LONGEST: Duration = Duration::from_secs(60);

/// How often something happens.
#[derive(Debug)]
pub(crate) struct Rate {
    older: Mark,
    newer: Mark,
}

/// How much there was when somebody looked.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Instant,
    count: u64,
}

impl Default for Rate {
    fn default() -> Self {
        Self::new(Instant::now())
    }
}

impl Rate {
    /// Nothing has happened yet.
    pub(crate) fn new(at: Instant) -> Self {
        let mark = Mark { at, count: 0 };
        Self { older: mark, newer: mark }
    }

    /// How often it happens in a second, if so much has happened by now.
    pub(crate) fn look(&mut self, now: Instant, count: u64) -> Option<f64> {
        let mark = Mark { at: now, count };
        if now.saturating_duration_since(self.newer.at) > LONGEST {
            (self.older, self.newer) = (mark, mark);
            return None;
        }
        // Once in the first millisecond is not a thousand times a second.
        let seconds = now.saturating_duration_since(self.older.at).max(Duration::from_secs(1)).as_secs_f64();
        let rate = count.saturating_sub(self.older.count) as f64 / seconds;
        if now.saturating_duration_since(self.newer.at) >= SPAN {
            (self.older, self.newer) = (self.newer, mark);
        }
        Some(rate)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Rate;

    #[test]
    fn whoever_watches_is_told_the_rate_of_the_last_seconds() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        let mut look = |second, count| rate.look(start + Duration::from_secs(second), count);
        for second in 1..=30 {
            assert_eq!(look(second, 10 * second), Some(10.0), "after {second} s");
        }
        // It ends: the rate falls, and is nothing after ten seconds.
        let falling: Vec<_> = (31..=41).map(|second| look(second, 300).unwrap()).collect();
        assert!(falling.is_sorted_by(|left, right| left >= right), "{falling:?}");
        assert_eq!(falling.last(), Some(&0.0));
    }

    #[test]
    fn what_has_just_begun_has_no_great_rate() {
        let start = Instant::now();
        assert_eq!(Rate::new(start).look(start + Duration::from_millis(1), 3), Some(3.0));
    }

    #[test]
    fn who_looks_after_a_long_time_is_told_nothing_at_first() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        let later = start + Duration::from_secs(3600);
        assert_eq!(rate.look(later, 7200), None);
        assert_eq!(rate.look(later + Duration::from_secs(1), 7205), Some(5.0));
    }
}
