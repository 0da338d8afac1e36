//! What was measured, and the medians of it.

use super::idle::IdleCost;
use super::load::Load;
use super::machine::Machine;
use super::options::Options;
use super::peer::Peer;
use super::size::Size;
use super::workload::{Variant, Workload};

#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    pub(crate) command_line: String,
    pub(crate) is_complete: bool,
    pub(crate) workloads: Vec<Workload>,
    pub(crate) seconds: u64,
    pub(crate) warm_up_seconds: u64,
    pub(crate) rounds: usize,
    pub(crate) peers: Vec<PeerResult>,
}

impl Results {
    pub(crate) fn new(machine: Machine, options: &Options, peers: Vec<PeerResult>) -> Self {
        Self {
            machine,
            command_line: options.command_line(),
            is_complete: options.is_complete(),
            workloads: options.workloads.clone(),
            seconds: options.seconds,
            warm_up_seconds: options.warm_up_seconds,
            rounds: options.rounds,
            peers,
        }
    }

    /// The workloads that put load on a server.
    pub(crate) fn loads(&self) -> impl Iterator<Item = Workload> + '_ {
        self.workloads.iter().copied().filter(|workload| workload.is_load())
    }

    /// The peers that were measured.
    pub(crate) fn measured(&self) -> impl Iterator<Item = (&PeerResult, &Measured)> {
        self.peers.iter().filter_map(|peer| Some((peer, peer.outcome.as_ref().ok()?)))
    }
}

#[derive(Debug)]
pub(crate) struct PeerResult {
    pub(crate) peer: &'static Peer,
    /// Names and versions of what the peer is made of.
    pub(crate) versions: Vec<(String, String)>,
    /// What was measured, or why nothing was.
    pub(crate) outcome: Result<Measured, String>,
}

impl PeerResult {
    pub(crate) fn new(peer: &'static Peer, versions: Vec<(String, String)>, size: Result<Size, String>) -> Self {
        let result = Self { peer, versions, outcome: size.map(Measured::new) };
        if let Err(why) = &result.outcome {
            println!("  {} is left out: {why}", peer.label);
        }
        result
    }

    /// Does a step, and leaves the peer out from then on when it fails.
    pub(crate) fn unless_skipped(&mut self, step: impl FnOnce(&Peer, &mut Measured) -> Result<(), String>) {
        let Ok(measured) = &mut self.outcome else { return };
        if let Err(why) = step(self.peer, measured) {
            println!("  {} is left out: {why}", self.peer.label);
            self.outcome = Err(why);
        }
    }
}

/// One measurement under load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) requests_per_second: f64,
    pub(crate) cpu_us: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
    pub(crate) rss_kib: f64,
}

impl Sample {
    pub(crate) fn new(load: Load, cpu_ms: u64, rss_kib: u64) -> Self {
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
    pub(crate) size: Size,
    pub(crate) started_ms: Vec<f64>,
    pub(crate) started_with_operations_ms: Vec<f64>,
    /// Resident memory after the first answer.
    pub(crate) idle_kib: Vec<f64>,
    /// The most of resident memory under the standard app's loads.
    pub(crate) peak_kib: Vec<f64>,
    pub(crate) idle: Vec<IdleCost>,
    samples: Vec<(Workload, Sample)>,
    failures: Vec<(Workload, String)>,
}

impl Measured {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            size,
            started_ms: Vec::new(),
            started_with_operations_ms: Vec::new(),
            idle_kib: Vec::new(),
            peak_kib: Vec::new(),
            idle: Vec::new(),
            samples: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// The starts that are reported of a variant, in milliseconds, if they are.
    pub(crate) fn starts(&mut self, variant: Variant) -> Option<&mut Vec<f64>> {
        match variant {
            Variant::Standard => Some(&mut self.started_ms),
            Variant::Operations => Some(&mut self.started_with_operations_ms),
            Variant::Compression => None,
        }
    }

    pub(crate) fn add(&mut self, workload: Workload, sample: Sample) {
        self.samples.push((workload, sample));
    }

    pub(crate) fn add_idle(&mut self, cost: IdleCost) {
        self.idle.push(cost);
    }

    pub(crate) fn failed(&mut self, workload: Workload, why: String) {
        self.failures.push((workload, why));
    }

    pub(crate) fn failures(&self) -> &[(Workload, String)] {
        &self.failures
    }

    /// The samples of a workload; none when a round of it failed, since the others then hide something.
    pub(crate) fn samples(&self, workload: Workload) -> Vec<Sample> {
        if self.failures.iter().any(|(failed, _)| *failed == workload) {
            return Vec::new();
        }
        self.samples.iter().filter(|(of, _)| *of == workload).map(|(_, sample)| *sample).collect()
    }

    /// The median of each number over the rounds.
    pub(crate) fn median(&self, workload: Workload) -> Option<Sample> {
        let samples = self.samples(workload);
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
    pub(crate) fn spread(&self, workload: Workload) -> Option<f64> {
        let times: Vec<f64> = self.samples(workload).iter().map(|sample| sample.cpu_us).collect();
        let least = times.iter().copied().reduce(f64::min)?;
        let most = times.iter().copied().reduce(f64::max)?;
        Some((most - least) / median(times.iter().copied())?)
    }

    /// The last measurement in a few words.
    pub(crate) fn last(&self, workload: Workload) -> String {
        let sample = self.samples.iter().rev().find(|(of, _)| *of == workload);
        match (workload, sample, self.idle.last()) {
            (Workload::Idle, _, Some(cost)) => {
                format!("{:>8.1} KiB each {:>8.1} CPU ms/s", cost.kib_per_connection, cost.cpu_ms_per_second)
            }
            (_, Some((_, sample)), _) => {
                format!("{:>8.1} CPU µs {:>9.0} requests/s", sample.cpu_us, sample.requests_per_second)
            }
            _ => String::new(),
        }
    }
}

/// The middle of the numbers; of two middles, their mean.
pub(crate) fn median(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    let (low, high) = (numbers.len().checked_sub(1)? / 2, numbers.len() / 2);
    Some((numbers[low] + numbers[high]) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_ignores_a_stray_round() {
        assert_eq!(median([1.0, 900.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median([]), None);
    }
}
