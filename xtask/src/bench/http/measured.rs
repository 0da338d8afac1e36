//! What is measured of a peer.

use super::idle::IdleCost;
use super::size::Size;
use super::workload::{Variant, Workload};
use crate::bench::load::Load;
use crate::bench::results::{Samples, median, spread};

/// One measurement under load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(super) requests_per_second: f64,
    pub(super) cpu_us: f64,
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    pub(super) p999_us: f64,
    pub(super) rss_kib: f64,
}

impl Sample {
    pub(super) fn new(load: Load, cpu_ms: u64, rss_kib: u64) -> Self {
        let Load { requests, duration_us, p50_us, p99_us, p999_us } = load;
        Self {
            requests_per_second: requests as f64 * 1e6 / duration_us as f64,
            cpu_us: cpu_ms as f64 * 1000.0 / requests as f64,
            p50_us,
            p99_us,
            p999_us,
            rss_kib: rss_kib as f64,
        }
    }
}

/// Everything that was measured of a peer.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(super) size: Size,
    pub(super) started_ms: Vec<f64>,
    pub(super) started_with_operations_ms: Vec<f64>,
    /// Resident memory after the first answer.
    pub(super) idle_kib: Vec<f64>,
    /// The most of resident memory under the standard app's loads.
    pub(super) peak_kib: Vec<f64>,
    pub(super) idle: Vec<IdleCost>,
    pub(super) loads: Samples<Workload, Sample>,
}

impl Measured {
    pub(super) fn new(size: Size) -> Self {
        Self {
            size,
            started_ms: Vec::new(),
            started_with_operations_ms: Vec::new(),
            idle_kib: Vec::new(),
            peak_kib: Vec::new(),
            idle: Vec::new(),
            loads: Samples::default(),
        }
    }

    /// The starts that are reported of a variant, in milliseconds, if they are.
    pub(super) fn starts(&mut self, variant: Variant) -> Option<&mut Vec<f64>> {
        match variant {
            Variant::Standard => Some(&mut self.started_ms),
            Variant::Operations => Some(&mut self.started_with_operations_ms),
            Variant::Compression => None,
        }
    }

    /// The median of each number over the rounds.
    pub(super) fn median(&self, workload: Workload) -> Option<Sample> {
        let samples = self.loads.of(workload);
        let of = |number: fn(&Sample) -> f64| median(samples.iter().map(number));
        Some(Sample {
            requests_per_second: of(|sample| sample.requests_per_second)?,
            cpu_us: of(|sample| sample.cpu_us)?,
            p50_us: of(|sample| sample.p50_us)?,
            p99_us: of(|sample| sample.p99_us)?,
            p999_us: of(|sample| sample.p999_us)?,
            rss_kib: of(|sample| sample.rss_kib)?,
        })
    }

    /// How far the rounds lie apart in CPU time, as a part of the median.
    pub(super) fn spread(&self, workload: Workload) -> Option<f64> {
        let times: Vec<f64> = self.loads.of(workload).iter().map(|sample| sample.cpu_us).collect();
        spread(&times)
    }

    /// The last measurement in a few words.
    pub(super) fn last(&self, workload: Workload) -> String {
        match (workload, self.loads.last(workload), self.idle.last()) {
            (Workload::Idle, _, Some(cost)) => {
                format!("{:>8.1} KiB each {:>8.1} CPU ms/s", cost.kib_per_connection, cost.cpu_ms_per_second)
            }
            (_, Some(sample), _) => {
                format!("{:>8.1} CPU µs {:>9.0} requests/s", sample.cpu_us, sample.requests_per_second)
            }
            _ => String::new(),
        }
    }
}
