//! Durations by buckets, of which only those that hold some are kept.

use std::collections::BTreeMap;
use std::time::Duration;

/// How many durations are below each bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations(BTreeMap<Duration, u64>);

/// Pairs of a bucket's upper bound and how many are in it.
impl FromIterator<(Duration, u64)> for Durations {
    fn from_iter<I: IntoIterator<Item = (Duration, u64)>>(buckets: I) -> Self {
        Self(buckets.into_iter().filter(|(_, count)| *count > 0).collect())
    }
}

impl Durations {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The bound that this part of all, from 0 to 1, did not pass; `None` if there are none.
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let wanted = ((self.count() as f64 * part).ceil() as u64).max(1);
        let mut seen = 0;
        let mut bounds = self.0.iter();
        bounds.find_map(|(bound, count)| {
            seen += count;
            (seen >= wanted).then_some(*bound)
        })
    }

    /// What was counted since an earlier moment.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let before = |bound| earlier.0.get(bound).copied().unwrap_or(0);
        self.0.iter().map(|(bound, count)| (*bound, count.saturating_sub(before(bound)))).collect()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (bound, count) in &other.0 {
            *self.0.entry(*bound).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(buckets: &[(u64, u64)]) -> Durations {
        buckets.iter().map(|(bound, count)| (Duration::from_millis(*bound), *count)).collect()
    }

    #[test]
    fn a_quantile_is_the_bound_of_the_bucket_that_has_it() {
        let durations = of(&[(1, 50), (5, 45), (100, 5)]);
        for (part, bound) in [(0.0, 1), (0.5, 1), (0.51, 5), (0.95, 5), (0.96, 100), (1.0, 100)] {
            assert_eq!(durations.quantile(part), Some(Duration::from_millis(bound)), "{part}");
        }
        assert_eq!(Durations::default().quantile(0.5), None);
    }

    #[test]
    fn what_is_since_is_the_difference_and_adds_up_again() {
        let (early, late) = (of(&[(1, 2), (5, 1)]), of(&[(1, 2), (5, 4), (9, 1)]));
        let mut sum = late.since(&early);
        assert_eq!(sum, of(&[(5, 3), (9, 1)]));
        sum.add(&early);
        assert_eq!(sum, late);
    }
}
