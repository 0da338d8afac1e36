//! What is measured of a peer.

use super::memory::Memory;
use super::workload::Workload;
use crate::bench::results::{Samples, median, spread};

/// One measurement. What a workload does not measure is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    /// Connections, deliveries or echoes a second.
    pub(super) per_second: Option<f64>,
    /// The server's CPU time for each of those.
    pub(super) cpu_us: Option<f64>,
    /// From when it was due to when it was there.
    pub(super) waits: Option<Waits>,
    /// Until the last of all had it.
    pub(super) last_ms: Option<f64>,
    /// What each connection takes, in bytes.
    pub(super) memory: Option<Memory>,
    /// How busy the server's core was with it, and the load's with the load: 1 is always.
    pub(super) busy: Option<(f64, f64)>,
}

/// How long it took, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Waits {
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    pub(super) p999_us: f64,
}

impl Waits {
    /// Of waits in nanoseconds; `None` if there were none.
    pub(super) fn of(mut waits: Vec<u64>) -> Option<Self> {
        waits.sort_unstable();
        let most = waits.len().checked_sub(1)?;
        let quantile = |part: f64| waits[(most as f64 * part).round() as usize] as f64 / 1000.0;
        Some(Self { p50_us: quantile(0.5), p99_us: quantile(0.99), p999_us: quantile(0.999) })
    }
}

/// Everything that was measured of a peer.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(super) samples: Samples<Workload, Sample>,
}

impl Measured {
    /// The median of each number over the rounds.
    pub(super) fn median(&self, workload: Workload) -> Option<Sample> {
        let samples = self.samples.of(workload);
        if samples.is_empty() {
            return None;
        }
        let of = |number: &dyn Fn(&Sample) -> Option<f64>| median(samples.iter().filter_map(number));
        let wait = |number: fn(&Waits) -> f64| of(&|sample| sample.waits.as_ref().map(number));
        let bytes = |number: fn(&Memory) -> f64| of(&|sample| sample.memory.as_ref().map(number));
        let waits = || {
            let (p50_us, p99_us) = (wait(|waits| waits.p50_us)?, wait(|waits| waits.p99_us)?);
            Some(Waits { p50_us, p99_us, p999_us: wait(|waits| waits.p999_us)? })
        };
        let memory = || {
            let (rss, anonymous) = (bytes(|memory| memory.rss)?, bytes(|memory| memory.anonymous)?);
            Some(Memory { rss, anonymous, kernel: bytes(|memory| memory.kernel)? })
        };
        let busy = of(&|sample| Some(sample.busy?.0)).zip(of(&|sample| Some(sample.busy?.1)));
        Some(Sample {
            per_second: of(&|sample| sample.per_second),
            cpu_us: of(&|sample| sample.cpu_us),
            waits: waits(),
            last_ms: of(&|sample| sample.last_ms),
            memory: memory(),
            busy,
        })
    }

    /// How far the rounds lie apart in what the workload is about, as a part of the median.
    pub(super) fn spread(&self, workload: Workload) -> Option<f64> {
        let number = |sample: &Sample| match workload {
            Workload::Idle => sample.memory.map(|memory| memory.rss),
            Workload::Latency => sample.waits.map(|waits| waits.p99_us),
            Workload::Recovery => sample.last_ms,
            _ => sample.per_second,
        };
        spread(&self.samples.of(workload).iter().filter_map(number).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::{Measured, Sample, Waits};
    use crate::bench::live::workload::Workload;

    #[test]
    fn waits_are_told_by_their_quantiles() {
        let waits = Waits::of((0..=1000).rev().map(|wait| wait * 1000).collect());
        assert_eq!(waits, Some(Waits { p50_us: 500.0, p99_us: 990.0, p999_us: 999.0 }));
        assert_eq!(Waits::of(vec![7000]).map(|waits| waits.p999_us), Some(7.0));
        assert_eq!(Waits::of(Vec::new()), None);
    }

    #[test]
    fn a_number_that_is_not_measured_has_no_median() {
        let mut measured = Measured::default();
        for rate in [10.0, 30.0, 20.0] {
            measured.samples.add(Workload::Echo, Sample { per_second: Some(rate), ..Sample::default() });
        }
        let expected = Sample { per_second: Some(20.0), ..Sample::default() };
        assert_eq!(measured.median(Workload::Echo), Some(expected));
        assert_eq!(measured.spread(Workload::Echo), Some(1.0));
        assert_eq!(measured.median(Workload::Idle), None);
    }

    #[test]
    fn who_failed_once_has_no_numbers() {
        let mut measured = Measured::default();
        measured.samples.add(Workload::Echo, Sample::default());
        measured.samples.failed(Workload::Echo, "a message is lost".to_owned());
        assert_eq!(measured.median(Workload::Echo), None);
    }
}
