//! Hours of mixed load with everything that goes wrong in between, and the program is as it was.
//!
//! In the first third new processes take over; the last of them is watched for the rest. Its memory and its files must
//! stay where they were, and its workers go on. At the end, processes take over again, all clients stop, and each answer
//! that a well-behaved client has is held against what all processes have counted.

mod faults;
mod flat;
mod regular;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::answers::Answers;
use super::patience::wait_until;
use super::program::{Program, Setup};
use crate::tally::Tally;
use crate::workshop::Workshop;

const SHORT: Duration = Duration::from_secs(45);
pub(crate) const FULL_MINUTES: u64 = 30;

/// At which parts of the whole a new process takes over. Between a third and nine tenths one process is watched.
const RELOADS: [f64; 6] = [0.03, 0.08, 0.13, 0.92, 0.95, 0.98];
const WATCHED: std::ops::Range<f64> = 0.33..0.9;

const SAMPLES: Duration = Duration::from_millis(500);

/// How long a worker may be silent: it looks ten times a second, and this machine may be busy.
const LONGEST_SILENCE_S: f64 = 4.0;

/// So that clients who are slow on purpose have their answer soon.
const WAITS_S: u64 = 2;

const PATIENCE: Duration = Duration::from_secs(30);

/// # Errors
/// When the program cannot be started.
pub(crate) fn short(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, SHORT)
}

/// # Errors
/// As for [`short`].
pub(crate) fn run(workshop: &Workshop, duration: Duration) -> Result<Tally, String> {
    let mut setup = Setup { arguments: vec!["--workers", "2"], ..Setup::with_quiet_log() };
    setup.environment.push(("STRESS_WAITS_S", WAITS_S.to_string()));
    let program = Program::start(workshop, "soak", &setup)?;
    let shop = Shop::new(program.address);
    let files_before = quiet_files(&program)?;
    let (watched, clients) = thread::scope(|scope| {
        let clients: Vec<_> =
            regular::ALL.iter().chain(faults::ALL).map(|client| scope.spawn(|| client(&shop))).collect();
        let watched = watch(&program, duration);
        shop.close();
        let panicked = clients.into_iter().filter_map(|client| client.join().err()).count();
        (watched, if panicked == 0 { Ok(()) } else { Err(format!("{panicked} clients panicked.")) })
    });
    let watched = watched?;
    let files_after = quiet_files(&program);
    let ended = program.end();
    let mut tally = Tally::default();
    tally.case("all clients went on to the end", clients);
    tally.case("each request has exactly one right answer", shop.failures());
    tally.case("the program counts what its clients count", shop.agrees(&program));
    tally.case("memory is flat", flat::memory(&watched.resident_kib));
    tally.case("open files are flat", flat::files(&watched.open_files));
    let successor = files_after.and_then(|after| flat::files_of_successor(files_before, after));
    tally.case("the last successor has no more files open than the first process", successor);
    tally.case("no worker is lost", watched.workers);
    tally.case("new processes take over", watched.reloads);
    tally.case("all processes end when asked", ended);
    if tally.failed() > 0 {
        println!("{}", program.explain("The soak was too much."));
    }
    let kib = |part: f64| watched.resident_kib.get(((watched.resident_kib.len() as f64) * part) as usize).unwrap_or(&0);
    tally.note(format!("{} answers over {}", shop.lock().total(), minutes(duration)));
    tally.note(format!("{} KiB, then {} KiB; worst lag {:.0} ms", kib(0.0), kib(0.99), watched.worst_lag_s * 1e3));
    Ok(tally)
}

fn minutes(duration: Duration) -> String {
    format!("{}:{:02} minutes", duration.as_secs() / 60, duration.as_secs() % 60)
}

/// What all clients share.
struct Shop {
    address: SocketAddr,
    is_closed: AtomicBool,
    answers: Mutex<Answers>,
    failures: Mutex<Vec<String>>,
}

/// A client, which goes on until the shop is closed.
type RunsUntilClosed = fn(&Shop);

impl Shop {
    fn new(address: SocketAddr) -> Self {
        let (answers, failures) = Default::default();
        Self { address, is_closed: AtomicBool::new(false), answers, failures }
    }

    fn is_open(&self) -> bool {
        !self.is_closed.load(Relaxed)
    }

    fn close(&self) {
        self.is_closed.store(true, Relaxed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One answer came.
    fn answered(&self, operation: &str, status: u16) {
        self.lock().add(operation, status, 1);
    }

    /// A client got something else than it should.
    fn failed(&self, what: &str, why: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{what}: {why}"));
    }

    fn failures(&self) -> Result<(), String> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match failures.len() {
            0 => Ok(()),
            count => Err(format!("{count} failures, such as:\n{}", failures[..count.min(10)].join("\n"))),
        }
    }

    fn agrees(&self, program: &Program) -> Result<(), String> {
        let mut came = self.lock().clone();
        // The start asked once.
        came.add("number", 200, 1);
        came.same_as(&Answers::of_log(&program.log()).without(&["abandoned", "unread"]))
    }
}

/// How many files are open when nobody is connected.
fn quiet_files(program: &Program) -> Result<u64, String> {
    let is_empty = || program.metrics().is_ok_and(|metrics| metrics.open_connections() == 0);
    wait_until("nobody is connected", PATIENCE, is_empty).map_err(|why| program.explain(&why))?;
    Ok(program.open_files())
}

/// What was seen of the program.
#[derive(Debug)]
struct Watched {
    resident_kib: Vec<u64>,
    open_files: Vec<u64>,
    workers: Result<(), String>,
    worst_lag_s: f64,
    reloads: Result<(), String>,
}

fn watch(program: &Program, duration: Duration) -> Result<Watched, String> {
    let start = Instant::now();
    let mut reloads = RELOADS.into_iter().peekable();
    let mut watched = Watched::default();
    while start.elapsed() < duration {
        let part = start.elapsed().as_secs_f64() / duration.as_secs_f64();
        if reloads.next_if(|due| part >= *due).is_some() {
            watched.reloads = watched.reloads.and_then(|()| program.reload());
        } else if WATCHED.contains(&part) {
            watched.look(program)?;
        }
        thread::sleep(SAMPLES);
    }
    Ok(watched)
}

impl Default for Watched {
    fn default() -> Self {
        let (resident_kib, open_files) = Default::default();
        Self { resident_kib, open_files, workers: Ok(()), worst_lag_s: 0.0, reloads: Ok(()) }
    }
}

impl Watched {
    fn look(&mut self, program: &Program) -> Result<(), String> {
        self.resident_kib.push(program.resident_kib());
        self.open_files.push(program.open_files());
        let metrics = program.metrics()?;
        let lags = metrics.values("kovar_worker_lag_seconds");
        self.worst_lag_s = lags.iter().copied().fold(self.worst_lag_s, f64::max);
        let silences = metrics.values("kovar_worker_silent_seconds");
        if silences.len() != 2 || silences.iter().any(|silence| *silence > LONGEST_SILENCE_S) {
            self.workers = Err(format!("Two workers should be heard of; they are silent since {silences:?} s."));
        }
        Ok(())
    }
}
