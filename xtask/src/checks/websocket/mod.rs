//! The cases of the Autobahn test suite for WebSocket, by their numbers, against the channel of the chat that echoes.
//!
//! The suite itself needs Python 2.7, which is hard to come by. What its cases send and expect is written anew here,
//! with their numbers, so that its documentation can be read beside a failure. Two things are stricter than there: an
//! end of the connection that the suite would mark as wrong or unclean is a failure, and messages that come back are
//! compared as a whole. What is compressed in its cases 12 and 13 is not the suite's data, but of the same kinds and
//! lengths.
//!
//! Beside the suite stand frames of who means no good ([`hostile`]): what matters of those is the close code, and memory.

mod cases;
mod client;
mod data;
mod deflate;
mod echoes;
mod frame;
mod hostile;
mod script;
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;

use crate::running::Running;
use crate::tally::Tally;
use crate::workshop::Workshop;
use cases::Case;
use script::Grade;

/// One for each case; what else is wrong is counted as a failure more.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut app = Running::start(&workshop.example("chat")?, &[], workshop.temporary("websocket")?)?;
    let mut report = Report::default();
    match hostile::attack(&app) {
        Ok(cases) => report.tally += cases,
        Err(problem) => report.tally.fail("hostile frames", &problem),
    }
    attempt_all(&cases::of_the_protocol(), 1, app.address(), &mut report);
    attempt_all(&cases::of_compression(), beside_each_other(), app.address(), &mut report);
    if let Err(problem) = app.survived() {
        report.tally.fail("the app survived", &problem);
    } else if report.tally.failed() > 0 {
        println!("The end of the app's log:\n{}", app.log());
    }
    Ok(report.end())
}

/// Two for each core: a client waits for the server half of the time.
fn beside_each_other() -> usize {
    thread::available_parallelism().map_or(2, |cores| 2 * cores.get())
}

/// Runs the cases, so many at a time.
fn attempt_all(cases: &[Case], at_a_time: usize, address: SocketAddr, report: &mut Report) {
    let next = AtomicUsize::new(0);
    let (sender, outcomes) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            let (next, sender) = (&next, sender.clone());
            scope.spawn(move || {
                while let Some(case) = cases.get(next.fetch_add(1, Relaxed)) {
                    // It is only gone when nobody counts any more.
                    let _ = sender.send((case, case.run(address)));
                }
            });
        }
        drop(sender);
        for (case, outcome) in outcomes {
            report.add(case, outcome);
        }
    });
}

#[derive(Debug, Default)]
struct Report {
    tally: Tally,
    cases: u32,
    non_strict: u32,
    informational: u32,
}

impl Report {
    fn add(&mut self, case: &Case, outcome: Result<Grade, String>) {
        self.cases += 1;
        match outcome {
            Ok(Grade::Passed) => self.tally.pass(&case.to_string()),
            Ok(Grade::NonStrict) => {
                self.non_strict += 1;
                self.tally.pass(&format!("{case} (non-strict)"));
            }
            Ok(Grade::Informational) => {
                self.informational += 1;
                self.tally.pass(&format!("{case} (informational)"));
            }
            Err(reason) => self.tally.fail(&case.to_string(), &reason),
        }
    }

    fn end(self) -> Tally {
        let Self { mut tally, cases, non_strict, informational } = self;
        tally.note(format!("{cases} cases, of which {non_strict} non-strict, {informational} informational"));
        tally
    }
}
