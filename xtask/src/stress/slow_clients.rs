//! Five thousand clients that are slow on purpose, and a few that are not: those should not notice.
//!
//! The server has a core of its own. First comes a wave that nobody measures, so that what the allocator keeps is
//! counted as there before; then normal requests alone; then the same requests beside the whole wave, from when all of it
//! is there to its last end. How normal requests fare while it comes is told, and not judged: to answer 1,250 requests with
//! 256 KiB each, in segments as on a network, is much work in a short time, whoever asks.

mod crowd;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use super::latency::{self, Latencies};
use super::program::{Program, Setup};
use crate::bench::machine;
use crate::tally::Tally;
use crate::workshop::Workshop;
use crowd::{Crowd, Limits};

/// How many clients are slow, a quarter in each way.
const CLIENTS: usize = 5000;

/// How long normal requests are measured alone.
const QUIET: Duration = Duration::from_secs(8);

/// How many times as long normal requests may take beside slow ones.
const SLOWER: u32 = 2;

/// What nobody is asked to tell apart: on a virtual machine that others share, quiet values within an hour were between
/// 0.8 and 7 ms.
const FLOOR: Duration = Duration::from_millis(4);

const ATTEMPTS: usize = 3;

/// How much more memory may be kept than before, in percent; or for each client, where a small program has so little that
/// an allocator's own pages are more. What is lost with a connection is no less than this.
const KEPT_PERCENT: u64 = 10;
const KEPT_KIB_PER_CLIENT: u64 = 1;

/// How long memory may take until it is given back, while normal requests go on.
const SETTLE: Duration = Duration::from_secs(5);

/// With limits of six seconds.
///
/// # Errors
/// When the program cannot be started or measured.
pub(crate) fn short(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, Limits { head: 6, body: 6, write: 6 })
}

/// With the limits that every app has.
///
/// # Errors
/// As for [`short`].
pub(crate) fn full(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, Limits::DEFAULT)
}

fn run(workshop: &Workshop, limits: Limits) -> Result<Tally, String> {
    machine::allow_open_files()?;
    let environment = match limits {
        Limits::DEFAULT => Vec::new(),
        limits => vec![("STRESS_WAITS_S", limits.head.to_string())],
    };
    let launcher = ["nice", "-n", machine::FAVOURED, "taskset", "--cpu-list", machine::SERVER_CORE];
    let launcher = launcher.map(str::to_owned).to_vec();
    let program = Program::start(workshop, "slow-clients", &Setup { launcher, environment, ..Setup::default() })?;
    let measured = thread::scope(|scope| {
        // A thread of its own, so that later steps have all cores.
        let measuring = scope.spawn(|| machine::pin_this_thread().and_then(|()| measure_in_peace(&program, limits)));
        measuring.join().map_err(|_| "The measuring panicked.".to_owned())?
    })?;
    Ok(judge(&program, limits, &measured))
}

/// What was seen.
#[derive(Debug)]
struct Measured {
    quiet: Latencies,
    /// While the crowd connects.
    coming: Latencies,
    beside: Result<Latencies, String>,
    crowd: Crowd,
    before_kib: u64,
    highest_kib: u64,
    after_kib: u64,
}

/// Again when normal requests were slow: others of this machine are so at times, a server that has slow clients wait in
/// the way of others is so every time.
fn measure_in_peace(program: &Program, limits: Limits) -> Result<Measured, String> {
    let idle = program.metrics()?.open_connections();
    wave(program, limits, idle)?;
    let mut measured = measure(program, limits, idle)?;
    for _ in 1..ATTEMPTS {
        if normal_requests(&measured).is_ok() || measured.beside.is_err() {
            break;
        }
        measured = measure(program, limits, idle)?;
    }
    Ok(measured)
}

fn measure(program: &Program, limits: Limits, idle: usize) -> Result<Measured, String> {
    let end = Instant::now() + QUIET;
    let quiet = latency::measure(program.address, || Instant::now() < end)?;
    let before_kib = program.resident_kib();
    let (crowd, coming) = beside(program, || Crowd::open(program.address, CLIENTS));
    let mut crowd = crowd?;
    let idle = idle + latency::CLIENTS;
    let (gone, beside) = beside(program, || crowd.dawdle(program, limits.longest(), idle));
    gone?;
    crowd.read_what_was_left();
    let may_be_kib = most_kept_kib(before_kib);
    // An allocator that nobody asks for anything gives nothing back. What is over in the end is judged below.
    let end = Instant::now() + SETTLE;
    latency::measure(program.address, || program.resident_kib() > may_be_kib && Instant::now() < end)?;
    let highest_kib = crowd.highest_kib;
    Ok(Measured { quiet, coming: coming?, beside, crowd, before_kib, highest_kib, after_kib: program.resident_kib() })
}

/// Normal requests for as long as something else takes.
fn beside<T>(program: &Program, what: impl FnOnce() -> T) -> (T, Result<Latencies, String>) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let normal = scope.spawn(|| latency::measure(program.address, || !is_over.load(Relaxed)));
        let outcome = what();
        is_over.store(true, Relaxed);
        (outcome, normal.join().unwrap_or_else(|_| Err("The normal clients panicked.".to_owned())))
    })
}

/// Opens the crowd and stays with it until the server has closed every one of it.
fn wave(program: &Program, limits: Limits, idle: usize) -> Result<Crowd, String> {
    let mut crowd = Crowd::open(program.address, CLIENTS)?;
    crowd.dawdle(program, limits.longest(), idle)?;
    crowd.read_what_was_left();
    Ok(crowd)
}

fn judge(program: &Program, limits: Limits, measured: &Measured) -> Tally {
    let mut tally = Tally::default();
    tally.case("normal requests do not wait for slow clients", normal_requests(measured));
    for (way, outcome) in measured.crowd.judge(limits) {
        tally.case(way, outcome);
    }
    tally.case("memory is as before", memory(measured));
    if tally.failed() > 0 {
        println!("{}", program.explain("A slow client was too much."));
    }
    let p99 = |latencies: &Latencies| format!("{:.2?} of {}", latencies.quantile(0.99), latencies.count());
    let beside = measured.beside.as_ref().map_or_else(Clone::clone, p99);
    let (quiet, coming) = (p99(&measured.quiet), p99(&measured.coming));
    tally.note(format!("p99 alone {quiet}, while {CLIENTS} slow clients come {coming}, beside them {beside}"));
    let Measured { before_kib, highest_kib, after_kib, .. } = measured;
    tally.note(format!("{before_kib} KiB before, at most {highest_kib}, {after_kib} after"));
    tally
}

fn normal_requests(measured: &Measured) -> Result<(), String> {
    let beside = measured.beside.as_ref().map_err(Clone::clone)?.quantile(0.99);
    let quiet = measured.quiet.quantile(0.99);
    match beside <= FLOOR.max(quiet * SLOWER) {
        true => Ok(()),
        false => Err(format!("The 99th percentile was {quiet:?} and became {beside:?}.")),
    }
}

fn memory(measured: &Measured) -> Result<(), String> {
    let Measured { before_kib, after_kib, .. } = measured;
    match *after_kib <= most_kept_kib(*before_kib) {
        true => Ok(()),
        false => Err(format!("{before_kib} KiB became {after_kib} KiB; {KEPT_PERCENT} % more are allowed.")),
    }
}

fn most_kept_kib(before_kib: u64) -> u64 {
    before_kib + (before_kib * KEPT_PERCENT / 100).max(CLIENTS as u64 * KEPT_KIB_PER_CLIENT)
}
