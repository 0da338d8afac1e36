//! What is measured of a peer.

use super::workload::Workload;
use crate::bench::load::Load;
use crate::bench::results::{Samples, median, spread};

/// One measurement under load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(super) requests_per_second: f64,
    pub(super) app_cpu_us: f64,
    /// Of the database's own processes, if it has any.
    pub(super) database_cpu_us: Option<f64>,
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    /// The p99 a moment before, when nothing else was asked, if that was measured.
    pub(super) quiet_p99_us: Option<f64>,
    /// How many times that the p99 is.
    pub(super) times_quiet: Option<f64>,
}

impl Sample {
    pub(super) fn new(load: Load, app_cpu_ms: u64, database_cpu_ms: Option<f64>) -> Self {
        let Load { requests, duration_us, p50_us, p99_us, .. } = load;
        let of_each = |cpu_ms: f64| cpu_ms * 1000.0 / requests as f64;
        Self {
            requests_per_second: requests as f64 * 1e6 / duration_us as f64,
            app_cpu_us: of_each(app_cpu_ms as f64),
            database_cpu_us: database_cpu_ms.map(of_each),
            p50_us,
            p99_us,
            quiet_p99_us: None,
            times_quiet: None,
        }
    }

    /// The same, measured a moment after `quiet`.
    pub(super) fn after(self, quiet: &Self) -> Self {
        Self { quiet_p99_us: Some(quiet.p99_us), times_quiet: Some(self.p99_us / quiet.p99_us), ..self }
    }
}

/// Everything that was measured of a peer.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(super) loads: Samples<Workload, Sample>,
}

impl Measured {
    /// The median of each number over the rounds.
    pub(super) fn median(&self, workload: Workload) -> Option<Sample> {
        let samples = self.loads.of(workload);
        let of = |number: fn(&Sample) -> f64| median(samples.iter().map(number));
        let of_those_with = |number: fn(&Sample) -> Option<f64>| median(samples.iter().filter_map(number));
        Some(Sample {
            requests_per_second: of(|sample| sample.requests_per_second)?,
            app_cpu_us: of(|sample| sample.app_cpu_us)?,
            database_cpu_us: of_those_with(|sample| sample.database_cpu_us),
            p50_us: of(|sample| sample.p50_us)?,
            p99_us: of(|sample| sample.p99_us)?,
            quiet_p99_us: of_those_with(|sample| sample.quiet_p99_us),
            times_quiet: of_those_with(|sample| sample.times_quiet),
        })
    }

    /// How far the rounds lie apart in requests per second, as a part of the median.
    pub(super) fn spread(&self, workload: Workload) -> Option<f64> {
        let rates: Vec<f64> = self.loads.of(workload).iter().map(|sample| sample.requests_per_second).collect();
        spread(&rates)
    }
}

#[cfg(test)]
mod tests {
    use super::{Measured, Sample};
    use crate::bench::data::workload::Workload;
    use crate::bench::load::Load;

    fn load(requests: u64) -> Load {
        Load { requests, duration_us: 2_000_000, p50_us: 500.0, p99_us: 900.0, p999_us: 2000.0 }
    }

    #[test]
    fn cpu_time_is_of_each_request() {
        let sample = Sample::new(load(10_000), 500, Some(250.0));
        let numbers = (sample.requests_per_second, sample.app_cpu_us, sample.database_cpu_us);
        assert_eq!(numbers, (5000.0, 50.0, Some(25.0)));
        assert_eq!((sample.times_quiet, sample.after(&sample).times_quiet), (None, Some(1.0)));
    }

    #[test]
    fn a_number_that_is_not_measured_has_no_median() {
        let mut measured = Measured::default();
        for requests in [10_000, 30_000, 20_000] {
            measured.loads.add(Workload::Read, Sample::new(load(requests), 500, None));
        }
        let median = measured.median(Workload::Read).expect("it was measured");
        assert_eq!((median.requests_per_second, median.database_cpu_us), (10_000.0, None));
        assert_eq!(measured.median(Workload::List), None);
    }
}
