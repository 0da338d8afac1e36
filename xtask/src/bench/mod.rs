//! The benchmarks: Kovar beside what users would pick, on this machine, in one go.
//!
//! Each server runs on one core and the load on another. Rounds are interleaved (A B C, A B C), so that a machine that
//! slows down slows everybody down, and every number is the median of the rounds. What is here is what the benchmarks
//! have in common; [`http`] measures what a framework costs, [`data`] what it costs to reach a database, [`live`] what
//! channels cost.

mod data;
mod http;
mod install;
pub(crate) mod live;
pub(crate) mod load;
pub(crate) mod machine;
mod options;
mod page;
mod peer;
mod places;
pub(crate) mod processes;
mod raw;
mod report;
mod requests;
mod results;
mod server;
mod table;
mod versions;

use crate::toolbox::apt;
use crate::workshop::Workshop;

use options::{Named, Offer, Options};

const HELP: &str = "\
Usage: cargo xtask bench http [OPTIONS]
       cargo xtask bench data [OPTIONS]
       cargo xtask bench live [OPTIONS]

`http` measures what a framework costs, `data` what it costs to reach a database, and `live` what channels cost. Each has a
`--help` of its own.";

/// What is asked of the benchmarks.
pub(crate) enum Wish {
    Say(String),
    Http(http::Options),
    Data(data::Options),
    Live(live::Options),
}

impl Wish {
    /// Reads the words after `cargo xtask bench`.
    ///
    /// # Errors
    /// On an unknown word, with the word and what would have been understood.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        match words.next().as_deref() {
            Some("http") => parsed(&http::OFFER, words, Self::Http),
            Some("data") => parsed(&data::OFFER, words, Self::Data),
            Some("live") => parsed(&live::OFFER, words, Self::Live),
            Some("--help" | "-h") => Ok(Self::Say(format!("{HELP}\n"))),
            other => {
                let other = other.unwrap_or_default();
                Err(format!("`bench` needs to know what: there are `http`, `data` and `live`, not `{other}`."))
            }
        }
    }

    /// # Errors
    /// When the machine cannot run the benchmark at all.
    pub(crate) fn fulfil(&self) -> Result<(), String> {
        match self {
            Self::Say(text) => {
                print!("{text}");
                Ok(())
            }
            Self::Http(options) => http::run(&Workshop::open()?, options),
            Self::Data(options) => data::run(&Workshop::open()?, options),
            Self::Live(options) => live::run(&Workshop::open()?, options),
        }
    }
}

fn parsed<W: Named>(
    offer: &'static Offer<W>,
    words: impl Iterator<Item = String>,
    wish: impl FnOnce(Options<W>) -> Wish,
) -> Result<Wish, String> {
    let words: Vec<String> = words.collect();
    let has = |asked: &[&str]| words.iter().any(|word| asked.contains(&word.as_str()));
    if has(&["--help", "-h"]) {
        return Ok(Wish::Say(offer.help()));
    }
    if has(&["--list"]) {
        return Ok(Wish::Say(offer.list()));
    }
    Options::parse(offer, words.into_iter()).map(wish)
}

/// Gets the programs that every benchmark needs.
fn programs() -> Result<(), String> {
    for (program, package) in [("wrk", "wrk"), ("taskset", "util-linux"), ("prlimit", "util-linux")] {
        apt::program(&[program], &[package])?;
    }
    Ok(())
}
