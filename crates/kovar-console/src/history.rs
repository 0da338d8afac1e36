//! The last minutes: what was counted within a window, and one point every few seconds for a curve.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::durations::Durations;
use crate::sample::{Operation, Sample};

/// Rates and quantiles are those of so long.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// How far the points of a curve are apart, and how often a sample is kept to count from.
pub(crate) const STEP: Duration = Duration::from_secs(5);

/// How many points are kept: five minutes.
const POINTS: usize = 60;

/// What is kept of the last minutes.
#[derive(Debug)]
pub(crate) struct History {
    /// The oldest first. The first is as old as the window or older, once there is one.
    samples: VecDeque<(Instant, Sample)>,
    points: VecDeque<Point>,
    worst_lag: Duration,
}

/// What happened between two samples that are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) requests_per_second: f64,
    pub(crate) p95: Option<Duration>,
    pub(crate) failures: u64,
    pub(crate) resident_bytes: Option<f64>,
    pub(crate) worst_lag: Duration,
}

/// The difference between two samples.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) elapsed: Duration,
    pub(crate) requests: u64,
    pub(crate) cpu_seconds: Option<f64>,
    pub(crate) operations: Vec<OperationChange>,
    pub(crate) durations: Durations,
}

/// What one operation did between two samples.
#[derive(Debug)]
pub(crate) struct OperationChange {
    pub(crate) durations: Durations,
    pub(crate) client_errors: u64,
    pub(crate) failures: u64,
}

impl History {
    /// Begins with nothing counted.
    pub(crate) fn new(now: Instant) -> Self {
        Self { samples: [(now, Sample::default())].into(), points: VecDeque::new(), worst_lag: Duration::ZERO }
    }

    /// Takes notice of a sample, and keeps it if the last that was kept is old enough.
    pub(crate) fn see(&mut self, now: Instant, sample: &Sample) {
        let lags = sample.workers.iter().map(|worker| worker.worst_lag);
        self.worst_lag = lags.fold(self.worst_lag, Duration::max);
        if self.samples.back().is_some_and(|(at, _)| now - *at >= STEP) {
            self.keep(now, sample.clone());
        }
    }

    fn keep(&mut self, now: Instant, sample: Sample) {
        let change = self.change(now, &sample, Duration::ZERO);
        if self.points.len() == POINTS {
            self.points.pop_front();
        }
        self.points.push_back(Point {
            requests_per_second: change.requests_per_second(),
            p95: change.durations.quantile(0.95),
            failures: change.failures(),
            resident_bytes: sample.process.resident_bytes,
            worst_lag: std::mem::take(&mut self.worst_lag),
        });
        self.samples.push_back((now, sample));
        while self.samples.get(1).is_some_and(|(at, _)| now - *at >= WINDOW) {
            self.samples.pop_front();
        }
    }

    /// What happened since the latest sample that is at least so old, or the oldest there is.
    pub(crate) fn change(&self, now: Instant, sample: &Sample, age: Duration) -> Change {
        let old_enough = self.samples.iter().rev().find(|(at, _)| now - *at >= age);
        match old_enough.or(self.samples.front()) {
            Some((at, earlier)) => Change::between(earlier, sample, now - *at),
            None => Change::between(&Sample::default(), sample, Duration::ZERO),
        }
    }

    /// The oldest first.
    pub(crate) fn points(&self) -> impl Iterator<Item = &Point> {
        self.points.iter()
    }
}

impl Change {
    fn between(earlier: &Sample, now: &Sample, elapsed: Duration) -> Self {
        let known: HashMap<_, _> = earlier.operations.iter().map(|known| (known.id.as_str(), known)).collect();
        let changes = now.operations.iter().map(|operation| match known.get(operation.id.as_str()) {
            Some(before) => OperationChange::between(before, operation),
            None => OperationChange::between(&Operation::default(), operation),
        });
        let operations: Vec<_> = changes.collect();
        let mut durations = Durations::default();
        operations.iter().for_each(|operation| durations.add(&operation.durations));
        let requests = |sample: &Sample| sample.workers.iter().map(|worker| worker.requests).sum::<u64>();
        Self {
            elapsed,
            requests: requests(now).saturating_sub(requests(earlier)),
            cpu_seconds: now.process.cpu_seconds.zip(earlier.process.cpu_seconds).map(|(now, before)| now - before),
            operations,
            durations,
        }
    }

    pub(crate) fn requests_per_second(&self) -> f64 {
        self.per_second(self.requests as f64)
    }

    pub(crate) fn failures(&self) -> u64 {
        self.operations.iter().map(|operation| operation.failures).sum()
    }

    pub(crate) fn client_errors(&self) -> u64 {
        self.operations.iter().map(|operation| operation.client_errors).sum()
    }

    /// A rate; the first moments have none.
    pub(crate) fn per_second(&self, amount: f64) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { amount / seconds } else { 0.0 }
    }
}

impl OperationChange {
    fn between(earlier: &Operation, now: &Operation) -> Self {
        let count = |operation: &Operation, class: u16| -> u64 {
            let statuses = operation.statuses.iter().filter(|(status, _)| status / 100 == class);
            statuses.map(|(_, count)| count).sum()
        };
        let change = |class| count(now, class).saturating_sub(count(earlier, class));
        Self { durations: now.durations.since(&earlier.durations), client_errors: change(4), failures: change(5) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Process, Worker};

    /// So many requests since the start, of which each tenth failed, and each took so long.
    fn sample(requests: u64, took: Duration) -> Sample {
        Sample {
            operations: vec![Operation {
                id: "list".to_owned(),
                statuses: vec![(200, requests - requests / 10), (500, requests / 10)],
                durations: [(took, requests)].into_iter().collect(),
                ..Operation::default()
            }],
            workers: vec![Worker { requests, worst_lag: Duration::from_millis(requests % 7), ..Worker::default() }],
            process: Process { cpu_seconds: Some(requests as f64 / 100.0), ..Process::default() },
            ..Sample::default()
        }
    }

    const MS: Duration = Duration::from_millis(1);

    /// A history that saw one sample a second, with ten requests each, and when it ended.
    fn seen(seconds: u64) -> (History, Instant) {
        let start = Instant::now();
        let mut history = History::new(start);
        for second in 1..=seconds {
            history.see(start + Duration::from_secs(second), &sample(second * 10, MS));
        }
        (history, start + Duration::from_secs(seconds))
    }

    #[test]
    fn the_window_is_a_minute_and_counts_from_the_start_before() {
        for (seconds, window) in [(3, 3), (60, 60), (64, 64), (65, 60), (1000, 60)] {
            let (history, now) = seen(seconds);
            let change = history.change(now, &sample(seconds * 10, MS), WINDOW);
            let found = (change.elapsed.as_secs(), change.requests, change.durations.count());
            assert_eq!(found, (window, window * 10, window * 10), "after {seconds} s");
            assert!((change.requests_per_second() - 10.0).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (history, _) = seen(10_000);
        assert_eq!((history.points.len(), history.samples.len()), (POINTS, 13));
    }

    #[test]
    fn a_point_is_what_happened_between_two_samples() {
        let (history, now) = seen(65);
        let mut history = history;
        history.see(now + STEP, &sample(750, 9 * MS));
        let points: Vec<_> = history.points().cloned().collect();
        assert_eq!(points.len(), 14);
        let usual = Point { requests_per_second: 10.0, p95: Some(MS), failures: 5, ..Point::default() };
        assert!(points[..13].iter().all(|point| Point { worst_lag: Duration::ZERO, ..point.clone() } == usual));
        assert_eq!((points[13].requests_per_second, points[13].p95), (20.0, Some(9 * MS)));
        assert_eq!(points[0].worst_lag, 6 * MS, "the worst of five samples, and not the last");
    }

    #[test]
    fn an_old_slow_request_does_not_stay_in_the_quantiles() {
        let start = Instant::now();
        let mut history = History::new(start);
        let mut slow = sample(10, MS);
        slow.operations[0].durations.add(&[(Duration::from_secs(5), 90)].into_iter().collect());
        history.see(start + STEP, &slow);
        assert_eq!(history.change(start + STEP, &slow, WINDOW).durations.quantile(0.5), Some(Duration::from_secs(5)));
        let mut later = slow.clone();
        later.operations[0].durations.add(&[(MS, 10)].into_iter().collect());
        let end = start + STEP + WINDOW;
        history.see(end, &later);
        let change = history.change(end, &later, WINDOW);
        assert_eq!((change.durations.count(), change.durations.quantile(0.99)), (10, Some(MS)));
    }

    #[test]
    fn no_time_has_no_rate() {
        let history = History::new(Instant::now());
        let (start, _) = history.samples[0];
        assert_eq!(history.change(start, &sample(10, MS), WINDOW).requests_per_second(), 0.0);
    }
}
