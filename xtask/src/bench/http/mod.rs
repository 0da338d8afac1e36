//! `cargo xtask bench http`: what a framework costs.
//!
//! The main number is the CPU time of a request, since it hardly depends on how fast the load generator is: where a
//! server is quicker than the load, requests per second measure the load.

mod bodies;
mod check;
mod idle;
mod measure;
mod measured;
mod peers;
mod report;
mod scripts;
mod size;
mod workload;

use measured::Measured;
use workload::Workload;

use super::options::Offer;
use super::places::Places;
use super::{load, machine, options, programs, results};
use crate::workshop::Workshop;

const ABOUT: &str = "\
Installs the peers, starts each pinned to one core with the load on another, and writes tables and charts: of a complete
run into `docs/benchmarks`, otherwise into `target/xtask/bench/report`.";

pub(crate) static OFFER: Offer<Workload> =
    Offer { name: "http", about: ABOUT, peers: peers::PEERS, workloads: Workload::ALL };

pub(crate) type Options = options::Options<Workload>;
type Results = results::Results<Workload, Measured>;
type PeerResult = results::PeerResult<Measured>;

/// Installs, checks, measures and reports.
///
/// # Errors
/// When the machine cannot run the benchmark at all. A peer that cannot be measured is a row with the reason.
pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<(), String> {
    programs()?;
    let places = Places::of(workshop, "apps", "bench")?;
    let prepared = options
        .peers
        .iter()
        .map(|peer| PeerResult::prepared(workshop, &places, peer, || size::of(&places, peer).map(Measured::new)));
    let mut results: Vec<PeerResult> = prepared.collect();
    machine::separate_cores()?;
    load::write_scripts(&places, scripts::all())?;
    for result in &mut results {
        result.unless_skipped(|peer, _| check::run(peer, &places));
    }
    for round in 1..=options.rounds {
        println!("Round {round} of {}", options.rounds);
        for result in &mut results {
            result.unless_skipped(|peer, measured| measure::round(peer, measured, &places, options));
        }
    }
    report::publish(&Results::new(machine::describe(workshop)?, options, results), workshop)
}
