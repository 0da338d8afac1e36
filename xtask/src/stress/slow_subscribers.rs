//! A thousand subscribers of a topic that never read, and a thousand that do: those should not notice.
//!
//! Messages of 2 KB are published at a steady rate, so that what waits for each of the silent ones passes the limit of
//! 1 MiB after some seconds, and each is closed with 4001. Deliveries to the others are measured without them and beside
//! them in turn, from when the silent ones' sockets take nothing more: until then they are subscribers as any other.
//!
//! The server has a core of its own, and the clients another.

mod silent;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use super::program::{Program, Setup};
use crate::bench::live::crowd::{Crowd, Heard, Newcomer, What};
use crate::bench::live::dialect::{Dialect, Role};
use crate::bench::live::frames::{TEXT, masked};
use crate::bench::machine;
use crate::tally::Tally;
use crate::workshop::Workshop;
use silent::Silent;

/// How many there are of each kind.
const SUBSCRIBERS: usize = 1000;

/// How much may wait for each, as `kovar::live::Limits` has it.
const QUEUE_BYTES: u64 = 1024 * 1024;

const TEXT_LENGTH: usize = 2000;

/// Between two messages.
const GAP: Duration = Duration::from_millis(20);

/// How long deliveries are measured without silent subscribers.
const QUIET: Duration = Duration::from_secs(8);

/// How many times as long a delivery may take beside silent subscribers.
const SLOWER: f64 = 1.5;

const ROUNDS: usize = 3;

/// How often the server is asked how it is.
const LOOK: Duration = Duration::from_millis(200);

/// The silent ones are closed within a few messages of each other. A server waits two seconds for their goodbye.
const ALL_CLOSED: Duration = Duration::from_millis(1500);

/// How long it may take until what waits is too much, and until deliveries that are under way have come.
const CLOSED_LIMIT: Duration = Duration::from_secs(120);
const DELIVERY_LIMIT: Duration = Duration::from_secs(20);

/// How much more memory may be kept once they are gone: 16 KiB for each.
const KEPT_KIB: u64 = 16 * SUBSCRIBERS as u64;

/// How long memory may take until it is given back, while messages go on.
const SETTLE: Duration = Duration::from_secs(10);

/// What becomes of those that do not read. How long others wait meanwhile is told, and judged by [`full`].
///
/// # Errors
/// When the program cannot be started or measured.
pub(crate) fn short(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, false)
}

/// # Errors
/// As for [`short`].
pub(crate) fn full(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, true)
}

fn run(workshop: &Workshop, judges_times: bool) -> Result<Tally, String> {
    machine::allow_open_files()?;
    let launcher = ["nice", "-n", machine::FAVOURED, "taskset", "--cpu-list", machine::SERVER_CORE];
    let launcher = launcher.map(str::to_owned).to_vec();
    let program = Program::start(workshop, "slow-subscribers", &Setup { launcher, ..Setup::with_quiet_log() })?;
    let rounds = thread::scope(|scope| {
        // A thread of its own, so that later steps have all cores.
        let measuring = scope.spawn(|| machine::pin_this_thread().and_then(|()| measure(&program)));
        measuring.join().map_err(|_| "The measuring panicked.".to_owned())?
    })?;
    Ok(judge(&program, &rounds, judges_times))
}

/// What was seen in a round.
#[derive(Clone, Copy, Debug)]
struct Round {
    quiet: Duration,
    beside: Duration,
    /// How many silent subscribers were closed with 4001.
    closed: usize,
    before_kib: u64,
    highest_kib: u64,
    after_kib: u64,
}

impl Round {
    fn ratio(self) -> f64 {
        self.beside.as_secs_f64() / self.quiet.as_secs_f64()
    }
}

fn measure(program: &Program) -> Result<Vec<Round>, String> {
    let mut board = Board::open(program.address)?;
    // What the first wave needs, an allocator may keep: so it is measured, and not judged.
    round(program, &mut board)?;
    (0..ROUNDS).map(|_| round(program, &mut board)).collect()
}

fn round(program: &Program, board: &mut Board) -> Result<Round, String> {
    let end = Instant::now() + QUIET;
    let quiet = board.publish_while(|| Instant::now() < end)?;
    let before_kib = program.resident_kib();
    let mut silent = Silent::open(program.address, SUBSCRIBERS)?;
    let watch = Watch::default();
    let (deliveries, watched) = thread::scope(|scope| {
        let watching = scope.spawn(|| watch.attend(program, &mut silent));
        let deliveries = board.publish_while(|| !watch.is_over.load(Relaxed));
        (deliveries, watching.join().unwrap_or_else(|_| Err("The watching panicked.".to_owned())))
    });
    let (watched, deliveries) = (watched?, deliveries?);
    let beside = deliveries.into_iter().filter(|delivery| (watched.full..watched.closed).contains(&delivery.at));
    let beside = p99(beside.collect());
    drop(silent);
    // An allocator that nobody asks for anything gives nothing back.
    let end = Instant::now() + SETTLE;
    board.publish_while(|| program.resident_kib() > before_kib + KEPT_KIB && Instant::now() < end)?;
    let Watched { closed_as_slow, highest_kib, .. } = watched;
    let after_kib = program.resident_kib();
    let round = Round { quiet: p99(quiet), beside, closed: closed_as_slow, before_kib, highest_kib, after_kib };
    println!("        p99 {:?} alone, {:?} beside them: {:.2} times", round.quiet, round.beside, round.ratio());
    Ok(round)
}

/// Looks at the server while silent subscribers are there.
#[derive(Debug, Default)]
struct Watch {
    is_over: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
struct Watched {
    /// From when on something waited for each of them, and until when.
    full: Instant,
    closed: Instant,
    closed_as_slow: usize,
    highest_kib: u64,
}

impl Watch {
    fn attend(&self, program: &Program, silent: &mut Silent) -> Result<Watched, String> {
        let watched = self.look(program, silent);
        self.is_over.store(true, Relaxed);
        watched
    }

    fn look(&self, program: &Program, silent: &mut Silent) -> Result<Watched, String> {
        let (began, before) = (Instant::now(), slow_total(program)?);
        let (mut full, mut closing, mut highest_kib) = (None, None, 0);
        loop {
            thread::sleep(LOOK);
            highest_kib = highest_kib.max(program.resident_kib());
            let metrics = program.metrics()?;
            let waits = metrics.sum("kovar_live_queued_bytes") as usize / SUBSCRIBERS;
            if waits > TEXT_LENGTH {
                full.get_or_insert_with(Instant::now);
            }
            let closed = metrics.sum("kovar_live_slow_total") as usize - before;
            if closed > 0 {
                closing.get_or_insert_with(Instant::now);
            }
            let is_over = closed >= SUBSCRIBERS || closing.is_some_and(|since| since.elapsed() > ALL_CLOSED);
            if let (Some(full), Some(closed), true) = (full, closing, is_over) {
                let closed_as_slow = silent.read_all();
                return Ok(Watched { full, closed, closed_as_slow, highest_kib });
            }
            if began.elapsed() > CLOSED_LIMIT {
                return Err(program.explain(&format!("{waits} bytes wait for each silent subscriber.")));
            }
        }
    }
}

fn slow_total(program: &Program) -> Result<usize, String> {
    Ok(program.metrics()?.sum("kovar_live_slow_total") as usize)
}

/// How long something took to come to one of the subscribers, and when it came.
#[derive(Clone, Copy, Debug)]
struct Delivery {
    took: Duration,
    at: Instant,
}

/// A topic, with who publishes to it and who reads what is published.
#[derive(Debug)]
struct Board {
    crowd: Crowd,
    /// The number of the last message.
    number: u64,
}

impl Board {
    fn open(address: SocketAddr) -> Result<Self, String> {
        let mut crowd = Crowd::new(address, Dialect::Kovar)?;
        let listeners = std::iter::repeat_n(Newcomer::new(Role::Listener { topic: 0, is_kept: false }), SUBSCRIBERS);
        let everybody = std::iter::once(Newcomer::new(Role::Publisher)).chain(listeners);
        crowd.admit(everybody, 100, Duration::from_secs(30), &mut Vec::new())?;
        Ok(Self { crowd, number: 0 })
    }

    /// Publishes a message whenever one is due, while that goes on. All subscribers get each, in order.
    ///
    /// # Errors
    /// When one is closed, or does not get all of them.
    fn publish_while(&mut self, goes_on: impl Fn() -> bool) -> Result<Vec<Delivery>, String> {
        let (began, began_ns) = (Instant::now(), self.crowd.now_ns());
        let (mut deliveries, mut heard) = (Vec::new(), Vec::new());
        let (mut sent, mut is_over, mut last) = (0, false, Instant::now());
        while !is_over || deliveries.len() < sent * SUBSCRIBERS {
            is_over = is_over || !goes_on();
            let due = began + GAP * sent as u32;
            if !is_over && Instant::now() >= due {
                self.publish(began_ns + (due - began).as_nanos() as u64)?;
                (sent, last) = (sent + 1, Instant::now());
            }
            let wait =
                if is_over { GAP } else { (began + GAP * sent as u32).saturating_duration_since(Instant::now()) };
            self.crowd.hear(wait, &mut heard)?;
            deliveries.extend(heard.drain(..).filter_map(|heard| Delivery::of(heard, began, began_ns)));
            if is_over && last.elapsed() > DELIVERY_LIMIT {
                return Err(format!("{} deliveries have not come.", sent * SUBSCRIBERS - deliveries.len()));
            }
        }
        Ok(deliveries)
    }

    /// A wait begins when the message was due.
    fn publish(&mut self, due_ns: u64) -> Result<(), String> {
        self.number += 1;
        let (number, text) = (self.number, "x".repeat(TEXT_LENGTH));
        let message = format!(r#"{{"number":{number},"sent_ns":{due_ns},"text":"{text}"}}"#);
        let frame = format!(r#"{{"data":{{"topic":"t0","message":{message}}}}}"#);
        self.crowd.send(0, &masked(TEXT, frame.as_bytes()))
    }
}

impl Delivery {
    /// `None` if it was no message.
    fn of(heard: Heard, began: Instant, began_ns: u64) -> Option<Self> {
        let What::Message(message) = heard.what else { return None };
        let took = Duration::from_nanos(heard.at_ns.saturating_sub(message.sent_ns));
        Some(Self { took, at: began + Duration::from_nanos(heard.at_ns.saturating_sub(began_ns)) })
    }
}

fn p99(deliveries: Vec<Delivery>) -> Duration {
    let mut times: Vec<Duration> = deliveries.into_iter().map(|delivery| delivery.took).collect();
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

fn judge(program: &Program, rounds: &[Round], judges_times: bool) -> Tally {
    let mut tally = Tally::default();
    let best = rounds.iter().map(|round| round.ratio()).fold(f64::INFINITY, f64::min);
    if judges_times {
        tally.case("who reads does not wait for who does not", fast_enough(best));
    }
    let closed: Vec<usize> = rounds.iter().map(|round| round.closed).collect();
    let all = closed.iter().all(|closed| *closed == SUBSCRIBERS);
    let all = if all { Ok(()) } else { Err(format!("{closed:?} of {SUBSCRIBERS} were.")) };
    tally.case("who does not read is closed with 4001", all);
    tally.case("what waits takes no more memory than it may", within_limit(rounds));
    tally.case("memory is given back", given_back(rounds));
    if tally.failed() > 0 {
        println!("{}", program.explain("Silent subscribers were too much."));
    }
    let ratios: Vec<String> = rounds.iter().map(|round| format!("{:.2}", round.ratio())).collect();
    tally.note(format!("p99 beside {SUBSCRIBERS} silent subscribers: {} times of that alone", ratios.join(", ")));
    if let Some(Round { quiet, beside, before_kib, highest_kib, after_kib, .. }) = rounds.last() {
        tally.note(format!("last {quiet:.2?} and {beside:.2?}"));
        tally.note(format!("{before_kib} KiB before, at most {highest_kib}, {after_kib} after"));
    }
    tally
}

fn fast_enough(best: f64) -> Result<(), String> {
    match best <= SLOWER {
        true => Ok(()),
        false => Err(format!("The 99th percentile was {best:.2} times as long at best; {SLOWER} are allowed.")),
    }
}

fn within_limit(rounds: &[Round]) -> Result<(), String> {
    let most = SUBSCRIBERS as u64 * QUEUE_BYTES / 1024;
    let wrong = rounds.iter().find(|round| round.highest_kib > round.before_kib + most);
    wrong.map_or(Ok(()), |round| Err(format!("{} KiB became {} KiB.", round.before_kib, round.highest_kib)))
}

fn given_back(rounds: &[Round]) -> Result<(), String> {
    let wrong = rounds.iter().find(|round| round.after_kib > round.before_kib + KEPT_KIB);
    wrong.map_or(Ok(()), |round| Err(format!("{} KiB became {} KiB.", round.before_kib, round.after_kib)))
}
