//! Durations that any thread counts.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::histogram::{BUCKETS, Histogram, bucket};

/// Durations, counted while they come: what an app adds to its metrics with
/// [`App::add_metrics`](crate::app::App::add_metrics) as a histogram.
///
/// From a microsecond to a minute, each is known to within a quarter. Counting takes two additions, and no lock.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use kovar_http::metrics::Durations;
///
/// let durations = Durations::default();
/// durations.record(Duration::from_millis(3));
/// assert_eq!(durations.histogram().count(), 1);
/// ```
pub struct Durations {
    counts: [AtomicU64; BUCKETS],
    sum_microseconds: AtomicU64,
}

impl Durations {
    /// Counts one.
    pub fn record(&self, duration: Duration) {
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.counts[bucket(microseconds)].fetch_add(1, Relaxed);
        self.sum_microseconds.fetch_add(microseconds, Relaxed);
    }

    /// What was counted until now.
    pub fn histogram(&self) -> Histogram {
        let mut histogram = Histogram::empty();
        self.add_to(&mut histogram);
        histogram
    }

    pub(super) fn add_to(&self, histogram: &mut Histogram) {
        for (sum, count) in histogram.counts.iter_mut().zip(&self.counts) {
            *sum += count.load(Relaxed);
        }
        histogram.sum_microseconds += self.sum_microseconds.load(Relaxed);
    }
}

impl Default for Durations {
    fn default() -> Self {
        Self { counts: std::array::from_fn(|_| AtomicU64::new(0)), sum_microseconds: AtomicU64::new(0) }
    }
}

impl fmt::Debug for Durations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durations").field("count", &self.histogram().count()).finish_non_exhaustive()
    }
}
