//! `cargo xtask bench http`: Kovar beside what users would pick, on this machine, in one go.
//!
//! Each server runs on one core and the load on another. The main number is the CPU time of a request, since it hardly
//! depends on how fast the load generator is: where a server is quicker than the load, requests per second measure the
//! load. Rounds are interleaved (A B C, A B C), so that a machine that slows down slows everybody down, and every number
//! is the median of the rounds.

mod bodies;
mod check;
mod idle;
mod install;
pub(crate) mod load;
pub(crate) mod machine;
mod measure;
mod options;
mod peer;
pub(crate) mod processes;
mod report;
mod results;
mod server;
mod size;
mod versions;
mod workload;

pub(crate) use options::{HELP, Options, list};

use std::path::{Path, PathBuf};

use crate::toolbox::apt;
use crate::workshop::Workshop;

use peer::Peer;
use results::{PeerResult, Results};

/// Installs, checks, measures and reports.
///
/// # Errors
/// When the machine cannot run the benchmark at all. A peer that cannot be measured is a row with the reason.
pub(crate) fn http(workshop: &Workshop, options: &Options) -> Result<(), String> {
    for (program, package) in [("wrk", "wrk"), ("taskset", "util-linux"), ("prlimit", "util-linux")] {
        apt::program(&[program], &[package])?;
    }
    let mut places = Places::of(workshop)?;
    let mut results: Vec<PeerResult> = options.peers.iter().map(|peer| prepared(workshop, &places, peer)).collect();
    machine::separate_cores()?;
    places.scripts = load::write_scripts(&places.made)?;
    for result in &mut results {
        result.unless_skipped(|peer, _| check::run(peer, &places));
    }
    for round in 1..=options.rounds {
        println!("Round {round} of {}", options.rounds);
        for result in &mut results {
            result.unless_skipped(|peer, measured| measure::round(peer, measured, &places, options));
        }
    }
    let results = Results::new(machine::describe(workshop)?, options, results);
    let folder = report::folder(workshop, options);
    report::write(&results, &folder)?;
    println!("\n{}\nThe report is in {}.", report::summary(&results), folder.display());
    Ok(())
}

/// The folders and files that the peers' command lines name.
#[derive(Debug)]
pub(crate) struct Places {
    /// Where everything that the benchmark installs and builds lies.
    made: PathBuf,
    /// Where cargo puts Kovar's release build.
    release: PathBuf,
    /// The programs for wrk.
    scripts: PathBuf,
}

impl Places {
    fn of(workshop: &Workshop) -> Result<Self, String> {
        let made = workshop.made("bench");
        std::fs::create_dir_all(&made).map_err(|error| format!("Could not make {}: {error}", made.display()))?;
        Ok(Self { made, release: workshop.target("release"), scripts: PathBuf::new() })
    }

    fn script(&self, name: &str) -> PathBuf {
        self.scripts.join(name).with_extension("lua")
    }

    fn log(&self, peer: &str) -> PathBuf {
        self.made.join(peer).with_extension("log")
    }

    fn made(&self) -> &Path {
        &self.made
    }
}

fn prepared(workshop: &Workshop, places: &Places, peer: &'static Peer) -> PeerResult {
    println!("Preparing {}", peer.label);
    let size = install::run_kit(workshop, places.made(), peer.kit).and_then(|()| size::of(places, peer));
    PeerResult::new(peer, versions::of(workshop.root(), peer), size)
}
