//! `cargo xtask bench data`: what it costs to reach a database.
//!
//! The main numbers are requests per second and the p99 of the whole, app and database on one machine, as clients see
//! them; the CPU times beside them say where the time went.

mod check;
mod database;
mod measure;
mod measured;
mod peers;
mod report;
mod scripts;
mod seed;
mod slow;
mod verdict;
mod workload;

use database::Databases;
use measure::Ground;
use measured::Measured;
use workload::Workload;

use super::options::Offer;
use super::places::Places;
use super::{load, machine, options, programs, results};
use crate::workshop::Workshop;

const ABOUT: &str = "\
Installs the peers, starts each pinned to one core on a fresh database with the load on another, and writes tables: of a
complete run into `docs/benchmarks`, otherwise into `target/xtask/bench/report`. PostgreSQL is installed if it is
missing, and a private one is started.";

pub(crate) static OFFER: Offer<Workload> =
    Offer { name: "data", about: ABOUT, peers: peers::PEERS, workloads: Workload::ALL };

pub(crate) type Options = options::Options<Workload>;
type Results = results::Results<Workload, Measured>;
type PeerResult = results::PeerResult<Measured>;

/// Installs, checks, measures and reports.
///
/// # Errors
/// When the machine cannot run the benchmark at all. A peer that cannot be measured is a row with the reason.
pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<(), String> {
    programs()?;
    let places = Places::of(workshop, "data-apps", "bench-data")?;
    let prepared =
        options.peers.iter().map(|peer| PeerResult::prepared(workshop, &places, peer, || Ok(Measured::default())));
    let mut results: Vec<PeerResult> = prepared.collect();
    // Before this process is on one core only, so that the database may be on any.
    let mut databases = Databases::start(workshop, &places, options.peers.iter().copied())?;
    machine::separate_cores()?;
    load::write_scripts(&places, scripts::all(options.is_quick))?;
    for result in &mut results {
        result.unless_skipped(|peer, _| check::run(peer, &places, &mut databases));
    }
    let mut ground = Ground { places: &places, databases: &mut databases, options };
    for round in 1..=options.rounds {
        println!("Round {round} of {}", options.rounds);
        for result in &mut results {
            result.unless_skipped(|peer, measured| measure::round(peer, measured, &mut ground, round));
        }
    }
    let mut machine = machine::describe(workshop)?;
    machine.tools.extend(databases.versions());
    report::publish(&Results::new(machine, options, results), workshop)
}
