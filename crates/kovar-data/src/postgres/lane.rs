//! Lanes: connections that the single statements of many requests share.
//!
//! A statement does not wait for the answers to those before it: all are sent at once, travel in one packet, and are
//! answered in their order. So a few connections do the work of a pool, with a fraction of the system calls on both
//! sides. What is slow would hold up those behind it, so it is kept out ([`Known`]), and a lane whose first statement
//! is not answered for a while is not chosen as long as there is another.
//!
//! Lanes belong to a runtime: a request and its answer stay on one thread.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::Asked;
use super::connection::Connection;
use super::failure::{Failure, Remedy};
use super::group::{Waiting, Writer, gone};
use super::server::{Role, Server};
use super::wait::{Backoff, Wait};
use super::wire::{Pace, SLOW};
use crate::engine::{Answer, Load};
use crate::hash::QuickMap;
use crate::ticket::{GiveUp, Ticket};

/// How many lanes a runtime has for what reads.
const READING: usize = 2;

/// How many for what writes.
const WRITING: usize = 2;

/// Above this, a statement that changes rows has no place in a lane. It waits for the disk, and those in line with it wait
/// for the same disk: so it is more than for one that reads.
const SLOW_CHANGE: Duration = Duration::from_millis(200);

/// How many statements are under way in a lane before the next lane is begun.
const FULL: usize = 64;

/// How long a lane's first statement may take until the lane counts as held up.
const HELD_UP: Duration = Duration::from_millis(20);

/// How often a statement runs apart once it has failed among others.
const APART: u32 = 64;

/// How many statements are known by their times.
const STATEMENTS: usize = 4_096;

/// The lanes of one runtime.
pub(super) struct Lanes {
    reading: [Lane; READING],
    writing: [Arc<Writer>; WRITING],
    known: Mutex<QuickMap<Arc<str>, Arc<Known>>>,
    start: Instant,
}

/// What was learned of a statement.
#[derive(Debug, Default)]
pub(super) struct Known {
    runs: AtomicU32,
    /// How often it is still to run apart, since it has failed among others.
    apart: AtomicU32,
    /// How long it takes, as a mean in which the last times count most.
    microseconds: AtomicU64,
    writes: AtomicBool,
}

impl Known {
    /// Whether it is slow, or may be: nothing is known before the first run.
    pub(super) fn runs_apart(&self, changes_rows: bool) -> bool {
        let limit = if changes_rows { SLOW_CHANGE } else { SLOW };
        self.runs.load(Relaxed) == 0
            || self.apart.load(Relaxed) > 0
            || self.microseconds.load(Relaxed) > limit.as_micros() as u64
    }

    pub(super) fn took(&self, time: Duration) {
        let _ = self.apart.fetch_update(Relaxed, Relaxed, |runs| runs.checked_sub(1));
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let mean = self.microseconds.load(Relaxed);
        let is_first = self.runs.fetch_add(1, Relaxed) == 0;
        // Slower at once, faster by and by: one slow answer holds up all that are behind it.
        let next = if is_first || time > mean { time } else { mean - (mean - time) / 8 };
        self.microseconds.store(next, Relaxed);
    }

    /// It, or one that was under way with it, took so long that it is to be seen which one does.
    fn is_in_doubt(&self) {
        self.runs.store(0, Relaxed);
    }

    /// It has failed, and those that were under way with it were not carried out.
    fn has_failed(&self) {
        self.apart.store(APART, Relaxed);
    }

    pub(super) fn found_writing(&self) {
        self.writes.store(true, Relaxed);
    }

    pub(super) fn writes(&self) -> bool {
        self.writes.load(Relaxed)
    }
}

impl Lanes {
    pub(super) fn new(server: &Arc<Server>) -> Self {
        let start = Instant::now();
        Self {
            reading: std::array::from_fn(|_| Lane { pace: Arc::new(Pace::since(start)), ..Lane::default() }),
            writing: std::array::from_fn(|_| Arc::new(Writer::new(Arc::clone(server)))),
            known: Mutex::default(),
            start,
        }
    }

    pub(super) fn known(&self, text: &str) -> Arc<Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(text) {
            return Arc::clone(known);
        }
        if known.len() >= STATEMENTS {
            known.clear();
        }
        Arc::clone(known.entry(text.into()).or_default())
    }

    /// Puts a statement that changes rows in line with others, which are committed with it.
    pub(super) async fn write(&self, asked: &Asked<'_>) -> Result<Answer, Failure> {
        let (reply, mut answer) = oneshot::channel();
        let ticket = Ticket::default();
        let _gives_up_when_dropped = GiveUp(&ticket);
        let Some(writer) = self.writing.iter().min_by_key(|writer| writer.length()) else { return Err(gone()) };
        writer.push(Waiting {
            text: asked.text.clone(),
            statement: Arc::clone(asked.statement),
            fetch: asked.fetch,
            known: Arc::clone(&asked.known),
            wait: asked.wait,
            ticket: ticket.clone(),
            reply,
        });
        let answer = match asked.wait.turn(&mut answer).await {
            Ok(answer) => answer,
            // It did not get its turn.
            Err(busy) if ticket.take() => return Err(Failure::local(busy)),
            Err(_) => answer.await,
        };
        answer.unwrap_or_else(|_| Err(gone()))
    }

    /// Runs a statement that only reads in the lane that will answer it first.
    pub(super) async fn read(&self, server: &Server, asked: &Asked<'_>) -> Result<Answer, Failure> {
        let now = self.now();
        let Some(lane) = self.reading.iter().min_by_key(|lane| lane.load(now)) else { return Err(gone()) };
        let connection = lane.connection(server, Role::Reader, &asked.wait).await?;
        let under_way = lane.begin(self);
        let outcome = connection.run(&asked.text, asked.statement, asked.fetch).await;
        match (&outcome, under_way.end()) {
            (Ok(_), Some(time)) => asked.known.took(time),
            (Ok(_), None) => asked.known.is_in_doubt(),
            (Err(failure), _) if failure.remedy == Remedy::None => asked.known.has_failed(),
            (Err(_), _) => {}
        }
        outcome
    }

    pub(super) fn load(&self) -> Load {
        let reading = self.reading.iter().map(|lane| lane.under_way.load(Relaxed)).sum();
        let writing = self.writing.iter().map(|writer| writer.length()).sum();
        let open = self.reading.iter().chain(self.writing.iter().map(|writer| writer.lane()));
        Load { reading, writing, lanes: open.filter(|lane| lane.open().is_some()).count(), ..Load::default() }
    }

    pub(super) fn close(&self) {
        self.reading.iter().for_each(Lane::close);
        self.writing.iter().for_each(|writer| writer.close());
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// One connection, opened when it is needed, and opened again when it was lost.
#[derive(Default)]
pub(super) struct Lane {
    connection: Mutex<Option<Arc<Connection>>>,
    connecting: tokio::sync::Mutex<()>,
    pace: Arc<Pace>,
    under_way: AtomicUsize,
    /// Statements whose callers are gone, and which the server may still be at.
    left_behind: AtomicUsize,
    /// When the last answer came, or the first statement was sent to an empty lane.
    moved_at: AtomicU64,
}

impl Lane {
    /// The less, the better. A lane is filled before another is begun: the more travel in a packet, the less each costs on
    /// both sides.
    fn load(&self, now: u64) -> (bool, usize) {
        let waiting = self.under_way.load(Relaxed) + self.left_behind.load(Relaxed);
        let silent = now.saturating_sub(self.moved_at.load(Relaxed));
        (waiting > 0 && silent > HELD_UP.as_micros() as u64, waiting / FULL)
    }

    pub(super) async fn connection(
        &self,
        server: &Server,
        role: Role,
        wait: &Wait,
    ) -> Result<Arc<Connection>, Failure> {
        match self.open() {
            Some(connection) => Ok(connection),
            None => self.connect(server, role, wait).boxed().await,
        }
    }

    async fn connect(&self, server: &Server, role: Role, wait: &Wait) -> Result<Arc<Connection>, Failure> {
        let as_failure = |error| Failure::new(error, Remedy::None);
        let _one_at_a_time = wait.turn(self.connecting.lock()).await.map_err(as_failure)?;
        let mut backoff = Backoff::new();
        loop {
            if let Some(connection) = self.open() {
                return Ok(connection);
            }
            match wait.reach(Connection::open(server, role, Arc::clone(&self.pace))).await {
                Ok(connection) => {
                    self.left_behind.store(0, Relaxed);
                    let connection = Arc::new(connection);
                    *self.lock() = Some(Arc::clone(&connection));
                    return Ok(connection);
                }
                Err(failure) if failure.remedy == Remedy::Connect => {
                    wait.pause(&mut backoff, failure).await.map_err(as_failure)?;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    pub(super) fn close(&self) {
        self.lock().take();
    }

    fn open(&self) -> Option<Arc<Connection>> {
        self.lock().as_ref().filter(|connection| !connection.is_lost()).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Connection>>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin<'l>(&'l self, lanes: &'l Lanes) -> UnderWay<'l> {
        let sent_at = lanes.now();
        if self.under_way.fetch_add(1, Relaxed) == 0 {
            self.moved_at.store(sent_at, Relaxed);
        }
        UnderWay { lane: self, lanes, sent_at, is_answered: false }
    }
}

/// A statement that was sent. Its caller may go away, which the server does not notice.
struct UnderWay<'l> {
    lane: &'l Lane,
    lanes: &'l Lanes,
    sent_at: u64,
    is_answered: bool,
}

impl UnderWay<'_> {
    /// How long the server was at it, as far as can be told from those that were answered together. `None` if something
    /// that came meanwhile was slow: it, or another.
    fn end(mut self) -> Option<Duration> {
        self.is_answered = true;
        self.lane.moved_at.store(self.lanes.now(), Relaxed);
        self.lane.left_behind.store(0, Relaxed);
        let pace = &self.lane.pace;
        (!pace.was_slow_since(self.sent_at)).then(|| pace.each())
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.lane.under_way.fetch_sub(1, Relaxed);
        if !self.is_answered {
            self.lane.left_behind.fetch_add(1, Relaxed);
        }
    }
}
