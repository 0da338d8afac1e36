//! What was measured, and the medians of it.

use super::install;
use super::machine::Machine;
use super::options::{Named, Options};
use super::peer::Peer;
use super::places::Places;
use super::versions;
use crate::workshop::Workshop;

/// A run of workloads `W`, with what `M` holds of each peer.
#[derive(Debug)]
pub(super) struct Results<W, M> {
    pub(super) machine: Machine,
    pub(super) command_line: String,
    pub(super) is_complete: bool,
    pub(super) workloads: Vec<W>,
    pub(super) seconds: u64,
    pub(super) warm_up_seconds: u64,
    pub(super) rounds: usize,
    pub(super) peers: Vec<PeerResult<M>>,
}

impl<W: Named, M> Results<W, M> {
    pub(super) fn new(machine: Machine, options: &Options<W>, peers: Vec<PeerResult<M>>) -> Self {
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

    /// The peers that were measured.
    pub(super) fn measured(&self) -> impl Iterator<Item = (&PeerResult<M>, &M)> {
        self.peers.iter().filter_map(|peer| Some((peer, peer.outcome.as_ref().ok()?)))
    }
}

#[derive(Debug)]
pub(super) struct PeerResult<M> {
    pub(super) peer: &'static Peer,
    /// Names and versions of what the peer is made of.
    pub(super) versions: Vec<(String, String)>,
    /// What was measured, or why nothing was.
    pub(super) outcome: Result<M, String>,
}

impl<M> PeerResult<M> {
    /// Installs a peer; `begin` makes what its measurements go into.
    pub(super) fn prepared(
        workshop: &Workshop,
        places: &Places,
        peer: &'static Peer,
        begin: impl FnOnce() -> Result<M, String>,
    ) -> Self {
        println!("Preparing {}", peer.label);
        let outcome = install::run_kit(workshop, places, peer.kit).and_then(|()| begin());
        let result = Self { peer, versions: versions::of(workshop.root(), places, peer), outcome };
        if let Err(why) = &result.outcome {
            println!("  {} is left out: {why}", peer.label);
        }
        result
    }

    /// Does a step, and leaves the peer out from then on when it fails.
    pub(super) fn unless_skipped(&mut self, step: impl FnOnce(&'static Peer, &mut M) -> Result<(), String>) {
        let Ok(measured) = &mut self.outcome else { return };
        if let Err(why) = step(self.peer, measured) {
            println!("  {} is left out: {why}", self.peer.label);
            self.outcome = Err(why);
        }
    }
}

/// The samples of a peer, by workload.
#[derive(Debug)]
pub(super) struct Samples<W, S> {
    taken: Vec<(W, S)>,
    failures: Vec<(W, String)>,
}

impl<W, S> Default for Samples<W, S> {
    fn default() -> Self {
        Self { taken: Vec::new(), failures: Vec::new() }
    }
}

impl<W: Named, S: Copy> Samples<W, S> {
    pub(super) fn add(&mut self, workload: W, sample: S) {
        self.taken.push((workload, sample));
    }

    pub(super) fn failed(&mut self, workload: W, why: String) {
        self.failures.push((workload, why));
    }

    pub(super) fn failures(&self) -> &[(W, String)] {
        &self.failures
    }

    /// The samples of a workload; none when a round of it failed, since the others then hide something.
    pub(super) fn of(&self, workload: W) -> Vec<S> {
        if self.failures.iter().any(|(failed, _)| *failed == workload) {
            return Vec::new();
        }
        self.taken.iter().filter(|(of, _)| *of == workload).map(|(_, sample)| *sample).collect()
    }

    pub(super) fn last(&self, workload: W) -> Option<S> {
        self.taken.iter().rev().find(|(of, _)| *of == workload).map(|(_, sample)| *sample)
    }
}

/// The middle of the numbers; of two middles, their mean.
pub(super) fn median(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    let (low, high) = (numbers.len().checked_sub(1)? / 2, numbers.len() / 2);
    Some((numbers[low] + numbers[high]) / 2.0)
}

/// How far numbers lie apart, as a part of their median.
pub(super) fn spread(numbers: &[f64]) -> Option<f64> {
    let least = numbers.iter().copied().reduce(f64::min)?;
    let most = numbers.iter().copied().reduce(f64::max)?;
    Some((most - least) / median(numbers.iter().copied())?)
}

#[cfg(test)]
mod tests {
    use super::{median, spread};

    #[test]
    fn the_median_ignores_a_stray_round() {
        assert_eq!(median([1.0, 900.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median([]), None);
    }

    #[test]
    fn the_spread_is_a_part_of_the_median() {
        assert_eq!(spread(&[9.0, 12.0, 10.0]), Some(0.3));
        assert_eq!(spread(&[]), None);
    }
}
