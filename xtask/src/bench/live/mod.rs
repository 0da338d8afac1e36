//! `cargo xtask bench live`: what channels cost, beside the servers that people use for them.
//!
//! Everybody is spoken to in their own protocol, by one load that counts every message: who loses one, or sends one
//! twice, has no numbers. What a delivery costs at least is measured in the same run, by a loop that only calls `send`.

pub(crate) mod crowd;
pub(crate) mod dialect;
pub(crate) mod frames;
mod measure;
mod measured;
mod memory;
pub(crate) mod message;
mod peers;
mod report;
mod scene;
mod verdict;
mod workload;

use measured::Measured;
use workload::Workload;

use super::options::Offer;
use super::places::Places;
use super::{machine, options, programs, results};
use crate::workshop::Workshop;

const ABOUT: &str = "\
Installs the peers, starts each pinned to one core with 10,000 WebSocket connections on another, and writes tables: of a
complete run into `docs/benchmarks`, otherwise into `target/xtask/bench/report`.";

pub(crate) static OFFER: Offer<Workload> =
    Offer { name: "live", about: ABOUT, peers: peers::PEERS, workloads: Workload::ALL };

pub(crate) type Options = options::Options<Workload>;
type Results = results::Results<Workload, Measured>;
type PeerResult = results::PeerResult<Measured>;

/// Installs, checks, measures and reports.
///
/// # Errors
/// When the machine cannot run the benchmark at all. A peer that cannot be measured is a row with the reason.
pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<(), String> {
    programs()?;
    let places = Places::of(workshop, "live-apps", "bench-live")?;
    let prepared =
        options.peers.iter().map(|peer| PeerResult::prepared(workshop, &places, peer, || Ok(Measured::default())));
    let mut results: Vec<PeerResult> = prepared.collect();
    machine::separate_cores()?;
    for result in &mut results {
        result.unless_skipped(|peer, _| measure::check(peer, &places));
    }
    for round in 1..=options.rounds {
        println!("Round {round} of {}", options.rounds);
        for result in &mut results {
            result.unless_skipped(|peer, measured| measure::round(peer, measured, &places, options));
        }
    }
    report::publish(&Results::new(machine::describe(workshop)?, options, results), workshop)
}
