//! Five thousand clients that are slow on purpose, and a few that are not: those should not notice.
//!
//! The server has a core of its own. First comes a wave that nobody measures, so that what the allocator keeps is
//! counted as there before; then normal requests alone; then the same requests beside the whole wave, from its first
//! connection to its last end.

mod crowd;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use super::latency::{self, Latencies};
use super::patience::wait_until;
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

/// What nobody is asked to tell apart: on a virtual machine a quiet p99 is anything up to this.
const FLOOR: Duration = Duration::from_millis(2);

const ATTEMPTS: usize = 3;

/// How much more memory may be kept than before, in percent.
const KEPT_PERCENT: u64 = 10;

/// How long memory may take until it is given back. It is given back at once, or not at all.
const SETTLE: Duration = Duration::from_secs(3);

/// With limits of four seconds.
///
/// # Errors
/// When the program cannot be started or measured.
pub(crate) fn short(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, Limits { head: 4, body: 4, write: 4 })
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
    let is_over = AtomicBool::new(false);
    let (crowd, beside) = thread::scope(|scope| {
        let normal = scope.spawn(|| latency::measure(program.address, || !is_over.load(Relaxed)));
        let crowd = wave(program, limits, idle + latency::CLIENTS);
        is_over.store(true, Relaxed);
        (crowd, normal.join().unwrap_or_else(|_| Err("The normal clients panicked.".to_owned())))
    });
    let crowd = crowd?;
    let may_be_kib = before_kib + before_kib * KEPT_PERCENT / 100;
    // What is over in the end is judged below, with all the rest.
    let _ = wait_until("its memory is given back", SETTLE, || program.resident_kib() <= may_be_kib);
    let highest_kib = crowd.highest_kib;
    Ok(Measured { quiet, beside, crowd, before_kib, highest_kib, after_kib: program.resident_kib() })
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
    tally.note(format!("p99 alone {}, beside {CLIENTS} slow clients {beside}", p99(&measured.quiet)));
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
    match *after_kib <= before_kib + before_kib * KEPT_PERCENT / 100 {
        true => Ok(()),
        false => Err(format!("{before_kib} KiB became {after_kib} KiB; {KEPT_PERCENT} % more are allowed.")),
    }
}
