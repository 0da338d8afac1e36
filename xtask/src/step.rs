//! The steps of a test run, in order, and the loop that runs them.
//!
//! A step that fails does not stop the next: what several steps need (the Node tools, the products binary) is made
//! once by the [`Workshop`], and each step that cannot have it fails with the same reason.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::checks;
use crate::stress;
use crate::tally::Tally;
use crate::workshop::Workshop;

/// One named part of the test run.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    about: &'static str,
    run: fn(&Workshop) -> Result<Tally, String>,
}

/// What became of a step.
pub(crate) struct StepResult {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
}

/// All steps. The quick ones come first, so that a slip is seen early.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "format", about: "The code is formatted", run: checks::rust::format },
    Step {
        name: "guide",
        about: "Every link of the guide leads somewhere; samples are as in their files",
        run: checks::guide::run,
    },
    Step { name: "clippy", about: "No warning in any target", run: checks::rust::clippy },
    Step { name: "unit", about: "Unit, integration, golden and compile-fail tests", run: checks::rust::unit },
    Step { name: "brokers", about: "Channels of several nodes, with real brokers", run: checks::brokers::run },
    Step { name: "postgres", about: "The data layer on a real PostgreSQL", run: checks::postgres::run },
    Step { name: "sea-orm", about: "The example on SeaORM, a workspace of its own", run: checks::sea_orm::run },
    Step { name: "doc", about: "The examples in the documentation compile and run", run: checks::rust::doc },
    Step { name: "rustdoc", about: "The documentation builds without a warning", run: checks::rust::rustdoc },
    Step {
        name: "documents",
        about: "Independent validators accept the OpenAPI and AsyncAPI documents",
        run: checks::documents::run,
    },
    Step {
        name: "clients",
        about: "Generated clients type-check, and ours work against the live apps",
        run: checks::clients::run,
    },
    Step {
        name: "schemathesis",
        about: "Generated requests against the running products app",
        run: checks::schemathesis::run,
    },
    Step { name: "attacks", about: "Hostile bytes on a raw socket against every operation", run: checks::attacks::run },
    Step {
        name: "h2spec",
        about: "What the specifications of HTTP/2 and HPACK want, against the products app",
        run: checks::h2spec::run,
    },
    Step {
        name: "websocket",
        about: "The cases of the Autobahn test suite, by their numbers, and hostile frames, against the chat",
        run: checks::websocket::run,
    },
    Step {
        name: "browser",
        about: "The documentation pages, the console, channels and the chat in headless Chromium",
        run: checks::browser::run,
    },
    Step {
        name: "slow-clients",
        about: "Normal requests beside 5,000 slow clients, and what becomes of those",
        run: stress::slow_clients::short,
    },
    Step {
        name: "slow-subscribers",
        about: "What becomes of 1,000 subscribers that never read, and what they take",
        run: stress::slow_subscribers::short,
    },
    Step {
        name: "files",
        about: "No file descriptors left, no connections left: the server waits and goes on",
        run: stress::files::run,
    },
    Step { name: "reloads", about: "Reload after reload under wrk, and no request lost", run: stress::reloads::short },
    Step {
        name: "kills",
        about: "`kill -9` of the program and its database: each order is placed once, and has one answer",
        run: stress::kills::short,
    },
    Step {
        name: "soak",
        about: "Mixed load with faults and reloads: nothing lost, nothing grows",
        run: stress::soak::short,
    },
    Step { name: "cost", about: "Instruction counts against hand-written axum", run: checks::cost::run },
];

/// The text of `--list`.
pub(crate) fn list() -> String {
    STEPS.iter().fold(String::new(), |mut text, step| {
        let _ = writeln!(text, "{:<18}{}", step.name, step.about);
        text
    })
}

pub(crate) fn run_all(steps: &[&Step], workshop: &Workshop) -> Vec<StepResult> {
    steps.iter().map(|step| run(step, workshop)).collect()
}

fn run(step: &Step, workshop: &Workshop) -> StepResult {
    println!("\n=== {}: {}", step.name, step.about);
    timed(step.name, || (step.run)(workshop))
}

/// What becomes of something that counts, or fails as a whole.
pub(crate) fn timed(name: &'static str, run: impl FnOnce() -> Result<Tally, String>) -> StepResult {
    let started = Instant::now();
    let tally = run().unwrap_or_else(|problem| {
        let mut tally = Tally::default();
        tally.fail(name, &problem);
        tally
    });
    StepResult { name, tally, took: started.elapsed() }
}

#[cfg(test)]
mod tests {
    use super::{STEPS, list};

    #[test]
    fn names_are_unique_and_listed() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|earlier| earlier.name != step.name), "{} twice", step.name);
            assert!(list().contains(step.name));
        }
    }
}
