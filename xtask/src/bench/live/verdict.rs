//! What must hold beside the peers, and whether it does.

use super::Results;
use super::measured::Sample;
use super::peers::BARE;
use super::workload::Workload;
use crate::bench::options::Named as _;
use crate::bench::page::Verdict;
use crate::bench::table::number;

/// How many bytes of resident memory an idle connection takes at most.
const IDLE: f64 = 4096.0;

/// How many times the CPU time of one `send` a delivery of a fan-out takes at most.
const SENDS: f64 = 1.15;

/// All that was measured of what must hold.
pub(super) fn all(results: &Results) -> Vec<Verdict> {
    let medians: Vec<_> = results.workloads.iter().filter_map(|workload| Medians::of(results, *workload)).collect();
    let mut verdicts = Vec::new();
    for all in &medians {
        verdicts.extend(all.idle());
        verdicts.extend(all.sends());
    }
    for all in &medians {
        verdicts.extend(
            NUMBERS.iter().filter(|number| number.of.contains(&all.workload)).filter_map(|number| all.ahead(number)),
        );
    }
    verdicts
}

/// A number in which Kovar should be ahead of everybody.
struct Number {
    what: &'static str,
    of: &'static [Workload],
    is_better_high: bool,
    get: fn(&Sample) -> Option<f64>,
}

const NUMBERS: &[Number] = &[
    Number {
        what: "bytes of RSS",
        of: &[Workload::Idle],
        is_better_high: false,
        get: |sample| Some(sample.memory?.rss),
    },
    Number {
        what: "each second",
        of: &[Workload::Connect, Workload::FanOut, Workload::Topics, Workload::Echo],
        is_better_high: true,
        get: |sample| sample.per_second,
    },
    Number {
        what: "ms until the last has all",
        of: &[Workload::Recovery],
        is_better_high: false,
        get: |sample| sample.last_ms,
    },
    Number {
        what: "CPU µs",
        of: &[
            Workload::Connect,
            Workload::FanOut,
            Workload::Topics,
            Workload::Latency,
            Workload::Echo,
            Workload::Recovery,
        ],
        is_better_high: false,
        get: |sample| sample.cpu_us,
    },
    Number { what: "p50 ms", of: WAITS, is_better_high: false, get: |sample| Some(sample.waits?.p50_us / 1000.0) },
    Number { what: "p99 ms", of: WAITS, is_better_high: false, get: |sample| Some(sample.waits?.p99_us / 1000.0) },
    Number { what: "p99.9 ms", of: WAITS, is_better_high: false, get: |sample| Some(sample.waits?.p999_us / 1000.0) },
];

const WAITS: &[Workload] = &[Workload::Latency];

/// What everybody reached in a workload.
struct Medians<'a> {
    workload: Workload,
    kovar: Sample,
    bare: Option<Sample>,
    peers: Vec<(&'a str, Sample)>,
}

impl<'a> Medians<'a> {
    fn of(results: &'a Results, workload: Workload) -> Option<Self> {
        let (mut kovar, mut bare, mut peers) = (None, None, Vec::new());
        for (result, measured) in results.measured() {
            match measured.median(workload) {
                Some(sample) if result.peer.is_kovar() => kovar = Some(sample),
                Some(sample) if result.peer.name == BARE => bare = Some(sample),
                Some(sample) => peers.push((result.peer.label, sample)),
                None => {}
            }
        }
        Some(Self { workload, kovar: kovar?, bare, peers })
    }

    fn idle(&self) -> Option<Verdict> {
        let rss = self.kovar.memory?.rss;
        let (wanted, found) = (format!("≤ {} bytes", number(IDLE)), number(rss));
        Some(Verdict {
            what: format!("{}: bytes of RSS of each", self.workload.title()),
            wanted,
            found,
            holds: rss <= IDLE,
        })
    }

    fn sends(&self) -> Option<Verdict> {
        let times = self.kovar.cpu_us? / self.bare?.cpu_us?;
        let (wanted, found) = (format!("≤ {SENDS} × one `send`"), format!("{times:.2} ×"));
        Some(Verdict { what: format!("{}: CPU of each", self.workload.title()), wanted, found, holds: times <= SENDS })
    }

    /// Better than any peer.
    fn ahead(&self, asked: &Number) -> Option<Verdict> {
        let own = (asked.get)(&self.kovar)?;
        let others = self.peers.iter().filter_map(|(label, sample)| Some((*label, (asked.get)(sample)?)));
        let (label, best) = match asked.is_better_high {
            true => others.max_by(|one, other| one.1.total_cmp(&other.1))?,
            false => others.min_by(|one, other| one.1.total_cmp(&other.1))?,
        };
        let (sign, holds) = if asked.is_better_high { ('≥', own >= best) } else { ('≤', own <= best) };
        Some(Verdict {
            what: format!("{}: {}", self.workload.title(), asked.what),
            wanted: format!("{sign} {} ({label})", number(best)),
            found: number(own),
            holds,
        })
    }
}

/// How many times the CPU time of one `send` a sample's is, if that was measured.
pub(super) fn times_a_send(results: &Results, workload: Workload, sample: &Sample) -> Option<f64> {
    let bare = results.measured().find(|(result, _)| result.peer.name == BARE)?.1.median(workload)?;
    Some(sample.cpu_us? / bare.cpu_us?)
}

#[cfg(test)]
mod tests;
