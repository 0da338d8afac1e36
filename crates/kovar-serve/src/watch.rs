//! How long connections wait, kept by one tick for all of them.
//!
//! A timer for each wait is an entry in the runtime's wheel, and with hyper's own timers an
//! allocation, for every request. Here a connection only notes since when it waits, and its worker
//! looks at all of them ten times a second. What is over is marked, and the connection's task woken:
//! it ends itself, so that whatever it owns is dropped where it lives.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use slab::Slab;

use crate::limits::Limits;

/// How often a worker looks at its connections.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// How many ticks the clock goes on at once.
const MOST_AT_ONCE: u64 = 2;

/// How long an answer may take after its client has sent all it will: RFC 9112 §9.6 lets a client
/// close its half and read on, but most that do are gone, and the work with them.
const HALF_CLOSED: u32 = 10;

/// How long bytes are read and thrown away after a connection was closed before it was read to its
/// end: a client that still sends would get a reset instead of the answer.
const LINGER: u32 = 20;

/// How long a connection of HTTP/1 must have been idle to be closed when the server drains. On one
/// that is used more often than that, a request may be under way.
const QUIET: u32 = 10;

/// The connections of one worker.
#[derive(Debug)]
pub(crate) struct Registry {
    start: Instant,
    /// Ticks in which the worker was awake; never 0.
    clock: AtomicU32,
    /// When the clock was last put forward, after the start.
    ticked_at_milliseconds: AtomicU64,
    limits: TickLimits,
    connections: Mutex<Slab<Watched>>,
}

/// A connection, and until when it need not be looked at: with thousands that are idle, most of a tick would be
/// fetching what they wait for from memory.
#[derive(Debug)]
struct Watched {
    watch: Arc<Watch>,
    rests_until: u32,
}

/// The limits in ticks.
#[derive(Debug)]
struct TickLimits {
    handshake: u32,
    head: u32,
    keep_alive: u32,
    write_stall: u32,
    /// No wait that begins now is over before.
    shortest: u32,
}

/// What a connection waits for, and since when.
#[derive(Debug)]
pub(crate) struct Watch {
    key: AtomicU32,
    in_flight: AtomicU32,
    phase: AtomicU8,
    phase_since: AtomicU32,
    /// Since when a write waits; 0 for not at all.
    stalled_since: AtomicU32,
    /// Since when the client's half is closed, or bytes are thrown away; 0 for not at all.
    ending_since: AtomicU32,
    verdict: AtomicU8,
    is_http2: AtomicBool,
    /// Of HTTP/2: how many streams have an answer that was not sent to its end, since when a head
    /// waits for its rest, and since when nothing of any answer is taken; 0 for not at all.
    streams: AtomicU32,
    head_since: AtomicU32,
    starved_since: AtomicU32,
    /// Of HTTP/2: how many answers wait with a part of their body for the client's window.
    held: AtomicU32,
    /// Of HTTP/1: whether a request was begun whose answer is not sent to its end.
    owes_answer: AtomicBool,
    /// Whether a request's body is still to be read.
    pub(crate) reads_body: AtomicBool,
    /// Whether the client may still be sending what nobody reads: a body that was given up before its
    /// end, frames after an error.
    pub(crate) has_unread: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

/// What a connection of which no request is in flight waits for.
mod phase {
    /// The first byte it ever sends.
    pub(super) const NEW: u8 = 0;
    /// The rest of a head.
    pub(super) const HEAD: u8 = 1;
    /// The next request.
    pub(super) const IDLE: u8 = 2;
    /// Nothing: it speaks another protocol now.
    pub(super) const UPGRADED: u8 = 3;
    /// What comes before HTTP: a header of the PROXY protocol, a handshake of TLS.
    pub(super) const ENTERING: u8 = 4;
    /// The end: the last word was said, and what still comes is thrown away.
    pub(super) const LEAVING: u8 = 5;
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Verdict {
    None = 0,
    /// It was idle, or the server drains: closed in its protocol's way.
    Close = 1,
    /// It never sent a byte, or did not get so far as to speak HTTP.
    Silent = 2,
    /// Its head did not arrive.
    SlowHead = 3,
    /// Nothing can be written to it.
    Stalled = 4,
    /// Its client is taken to be gone.
    Gone = 5,
}

impl Registry {
    pub(crate) fn new(limits: &Limits) -> Self {
        let (head, write_stall) = (ticks(limits.head_timeout), ticks(limits.write_stall_timeout));
        Self {
            start: Instant::now(),
            clock: AtomicU32::new(1),
            ticked_at_milliseconds: AtomicU64::new(0),
            limits: TickLimits {
                handshake: ticks(limits.handshake_timeout),
                head,
                keep_alive: ticks(limits.keep_alive_timeout),
                write_stall,
                shortest: head.min(write_stall).min(HALF_CLOSED),
            },
            connections: Mutex::new(Slab::new()),
        }
    }

    /// A new connection to look at.
    pub(crate) fn watch(&self) -> Arc<Watch> {
        let watch = Arc::new(Watch::new(self.now()));
        let key = self.connections().insert(Watched { watch: Arc::clone(&watch), rests_until: 0 });
        watch.key.store(u32::try_from(key).unwrap_or(u32::MAX), Relaxed);
        watch
    }

    pub(crate) fn forget(&self, watch: &Watch) {
        let _ = self.connections().try_remove(watch.key.load(Relaxed) as usize);
    }

    pub(crate) fn open(&self) -> usize {
        self.connections().len()
    }

    /// The time as the last tick saw it, in ticks.
    pub(crate) fn now(&self) -> u32 {
        self.clock.load(Relaxed)
    }

    /// Looks at all connections; the tasks of those whose time is over are woken.
    pub(crate) fn tick(&self, is_draining: bool) {
        self.tick_at(self.start.elapsed(), is_draining);
    }

    fn tick_at(&self, elapsed: Duration, is_draining: bool) {
        let now = self.advance(elapsed);
        for (_, watched) in self.connections().iter_mut().filter(|(_, it)| is_draining || it.rests_until <= now) {
            let watch = &watched.watch;
            let verdict = watch.judge(now, &self.limits, is_draining);
            if verdict != Verdict::None && watch.verdict.swap(verdict as u8, Relaxed) != verdict as u8 {
                watch.wake();
            }
            watched.rests_until = if watch.may_rest(now, &self.limits) { now + self.limits.shortest } else { now };
        }
    }

    /// Puts the clock forward. Of the time in which the worker was stuck little counts: what its clients sent
    /// meanwhile was not read, and must not be held against them.
    fn advance(&self, elapsed: Duration) -> u32 {
        let elapsed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let tick = TICK.as_millis() as u64;
        let ticked_at = self.ticked_at_milliseconds.load(Relaxed);
        let (passed, counted) = match elapsed.saturating_sub(ticked_at) / tick {
            passed @ ..=MOST_AT_ONCE => (ticked_at + passed * tick, passed),
            _ => (elapsed, MOST_AT_ONCE),
        };
        self.ticked_at_milliseconds.store(passed, Relaxed);
        let now = self.now().saturating_add(counted as u32);
        self.clock.store(now, Relaxed);
        now
    }

    fn connections(&self) -> MutexGuard<'_, Slab<Watched>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A limit that is off is one that is never reached. A wait begins within a tick, which does not count: it may last
/// longer than its limit, but is never cut short.
fn ticks(limit: Option<Duration>) -> u32 {
    let whole = |limit: Duration| limit.as_millis().div_ceil(TICK.as_millis());
    limit.and_then(|limit| u32::try_from(whole(limit) + 1).ok()).unwrap_or(u32::MAX)
}

impl Watch {
    fn new(now: u32) -> Self {
        Self {
            key: AtomicU32::new(u32::MAX),
            in_flight: AtomicU32::new(0),
            phase: AtomicU8::new(phase::NEW),
            phase_since: AtomicU32::new(now),
            stalled_since: AtomicU32::new(0),
            ending_since: AtomicU32::new(0),
            verdict: AtomicU8::new(Verdict::None as u8),
            is_http2: AtomicBool::new(false),
            streams: AtomicU32::new(0),
            head_since: AtomicU32::new(0),
            starved_since: AtomicU32::new(0),
            held: AtomicU32::new(0),
            owes_answer: AtomicBool::new(false),
            reads_body: AtomicBool::new(false),
            has_unread: AtomicBool::new(false),
            waker: Mutex::new(None),
        }
    }

    /// The task to wake. Tasks keep their waker, so it is asked for once.
    pub(crate) fn wakes(&self, waker: &Waker) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    /// The task is over. Its waker would keep its memory.
    pub(crate) fn wakes_nobody(&self) {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn wake(&self) {
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*waker {
            waker.wake_by_ref();
        }
    }

    /// HTTP is not spoken yet.
    pub(crate) fn is_entering(&self) {
        self.phase.store(phase::ENTERING, Relaxed);
    }

    /// From now on HTTP is waited for.
    pub(crate) fn has_entered(&self, now: u32) {
        self.phase.store(phase::NEW, Relaxed);
        self.phase_since.store(now, Relaxed);
    }

    pub(crate) fn speaks_http2(&self) {
        self.is_http2.store(true, Relaxed);
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.is_http2.load(Relaxed)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.in_flight.load(Relaxed) > 0
    }

    pub(crate) fn request_began(&self) {
        self.in_flight.fetch_add(1, Relaxed);
        self.owes_answer.store(true, Relaxed);
    }

    /// Everything that was given to be sent is sent.
    pub(crate) fn was_flushed(&self) {
        if !self.is_busy() {
            self.owes_answer.store(false, Relaxed);
        }
    }

    /// Whether what is sent belongs to a request, or to another protocol.
    pub(crate) fn sends_an_answer(&self) -> bool {
        self.owes_answer.load(Relaxed) || self.is_busy() || self.phase.load(Relaxed) == phase::UPGRADED
    }

    pub(crate) fn request_ended(&self, now: u32) {
        if self.in_flight.fetch_sub(1, Relaxed) == 1 {
            self.is_idle(now);
        }
    }

    fn is_idle(&self, now: u32) {
        if !matches!(self.phase.load(Relaxed), phase::UPGRADED | phase::LEAVING) {
            self.phase.store(phase::IDLE, Relaxed);
            self.phase_since.store(now, Relaxed);
        }
    }

    /// How many streams of HTTP/2 have an answer that was not sent to its end.
    pub(crate) fn has_streams(&self, streams: u32, now: u32) {
        if self.streams.swap(streams, Relaxed) > 0 && streams == 0 {
            self.is_idle(now);
        }
    }

    /// Whether something was finished that was waited for, and whether something is.
    pub(crate) fn head_moved(&self, is_finished: bool, awaits_more: bool, now: u32) {
        if is_finished || !awaits_more {
            self.head_since.store(0, Relaxed);
        }
        if awaits_more && self.head_since.load(Relaxed) == 0 {
            self.head_since.store(now, Relaxed);
        }
    }

    /// A part of an answer was given to be sent, and goes when the client opens its window.
    pub(crate) fn holds_body(&self) {
        self.held.fetch_add(1, Relaxed);
    }

    pub(crate) fn lets_body_go(&self) {
        self.held.fetch_sub(1, Relaxed);
    }

    /// A part of a body was sent.
    pub(crate) fn body_went(&self) {
        if self.starved_since.load(Relaxed) != 0 {
            self.starved_since.store(0, Relaxed);
        }
    }

    /// Bytes came: where a request was waited for, its head has begun. Frames of HTTP/2 may be
    /// anything.
    pub(crate) fn bytes_came(&self, now: u32) {
        match self.phase.load(Relaxed) {
            phase::NEW => self.phase.store(phase::HEAD, Relaxed),
            phase::IDLE if !self.is_busy() && !self.is_http2() => {
                self.phase.store(phase::HEAD, Relaxed);
                self.phase_since.store(now, Relaxed);
            }
            _ => {}
        }
    }

    /// The connection speaks another protocol from now on, which has limits of its own.
    pub(crate) fn was_upgraded(&self) {
        self.phase.store(phase::UPGRADED, Relaxed);
    }

    pub(crate) fn write_waits(&self, now: u32) {
        if self.stalled_since.load(Relaxed) == 0 {
            self.stalled_since.store(now, Relaxed);
        }
    }

    pub(crate) fn write_moved(&self) {
        if self.stalled_since.load(Relaxed) != 0 {
            self.stalled_since.store(0, Relaxed);
        }
    }

    /// The client's half was closed, or what it still sends is thrown away.
    pub(crate) fn is_ending(&self, now: u32) {
        if self.ending_since.load(Relaxed) == 0 {
            self.ending_since.store(now, Relaxed);
        }
    }

    /// The last word was said: what the client still sends is thrown away, for a moment.
    pub(crate) fn is_leaving(&self, now: u32) {
        self.phase.store(phase::LEAVING, Relaxed);
        self.is_ending(now);
    }

    pub(crate) fn has_left(&self) -> bool {
        self.phase.load(Relaxed) == phase::LEAVING
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self.verdict.load(Relaxed) {
            0 => Verdict::None,
            1 => Verdict::Close,
            2 => Verdict::Silent,
            3 => Verdict::SlowHead,
            4 => Verdict::Stalled,
            _ => Verdict::Gone,
        }
    }

    /// Whether nothing can be over before the shortest limit: between requests of HTTP/1, whatever begins meanwhile has
    /// all of its time before it.
    fn may_rest(&self, now: u32, limits: &TickLimits) -> bool {
        let waits = self.stalled_since.load(Relaxed) != 0 || self.ending_since.load(Relaxed) != 0;
        let is_idle = self.phase.load(Relaxed) == phase::IDLE && !self.is_busy() && !self.is_http2() && !waits;
        is_idle && waited(&self.phase_since, now).saturating_add(limits.shortest) <= limits.keep_alive
    }

    fn judge(&self, now: u32, limits: &TickLimits, is_draining: bool) -> Verdict {
        let phase = self.phase.load(Relaxed);
        if phase == phase::UPGRADED {
            return Verdict::None;
        }
        if waited(&self.stalled_since, now) >= limits.write_stall {
            return Verdict::Stalled;
        }
        if self.is_http2() {
            return self.judge_http2(now, limits, is_draining);
        }
        let ended = waited(&self.ending_since, now);
        if ended >= if self.is_busy() { HALF_CLOSED } else { LINGER } {
            return Verdict::Gone;
        }
        if self.is_busy() {
            return if is_draining { Verdict::Close } else { Verdict::None };
        }
        let waited = waited(&self.phase_since, now);
        match phase {
            phase::NEW | phase::ENTERING if is_draining && waited >= QUIET => Verdict::Close,
            phase::ENTERING if waited >= limits.handshake => Verdict::Silent,
            phase::ENTERING => Verdict::None,
            phase::NEW if waited >= limits.head => Verdict::Silent,
            phase::HEAD if waited >= limits.head => Verdict::SlowHead,
            phase::IDLE if is_draining && waited >= QUIET => Verdict::Close,
            _ if waited >= limits.keep_alive => Verdict::Close,
            _ => Verdict::None,
        }
    }

    fn judge_http2(&self, now: u32, limits: &TickLimits, is_draining: bool) -> Verdict {
        if self.has_left() {
            return if waited(&self.ending_since, now) >= LINGER { Verdict::Gone } else { Verdict::None };
        }
        if self.starved_for(now) >= limits.write_stall {
            return Verdict::Stalled;
        }
        if waited(&self.head_since, now) >= limits.head {
            return Verdict::SlowHead;
        }
        // Of an answer that the service has given whole, a part may still wait.
        if self.is_busy() || self.streams.load(Relaxed) > 0 {
            self.ending_since.store(0, Relaxed);
            return if is_draining { Verdict::Close } else { Verdict::None };
        }
        if waited(&self.ending_since, now) >= LINGER {
            return Verdict::Gone;
        }
        if is_draining || waited(&self.phase_since, now) >= limits.keep_alive {
            // `GOAWAY` waits for an answer.
            self.is_ending(now);
            return Verdict::Close;
        }
        Verdict::None
    }

    /// How long answers wait of which nothing is taken: those that the service still has, and those
    /// that it has given whole.
    fn starved_for(&self, now: u32) -> u32 {
        let is_waiting = self.held.load(Relaxed) > 0 || self.streams.load(Relaxed) > self.in_flight.load(Relaxed);
        if !is_waiting {
            self.starved_since.store(0, Relaxed);
        } else if self.starved_since.load(Relaxed) == 0 {
            self.starved_since.store(now, Relaxed);
        }
        waited(&self.starved_since, now)
    }
}

/// How many ticks have passed since; none of what does not wait.
fn waited(since: &AtomicU32, now: u32) -> u32 {
    match since.load(Relaxed) {
        0 => 0,
        since => now.saturating_sub(since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks until there is a verdict, and how many that took.
    fn ticks_until_judged(registry: &Registry, watch: &Watch, first: u64) -> u64 {
        let mut tick = first;
        while watch.verdict() == Verdict::None {
            registry.tick_at(Duration::from_millis(tick * 100), false);
            tick += 1;
        }
        tick - first
    }

    fn idle(limits: &Limits) -> (Registry, Arc<Watch>) {
        let registry = Registry::new(limits);
        let watch = registry.watch();
        watch.request_began();
        watch.request_ended(registry.now());
        (registry, watch)
    }

    #[test]
    fn a_connection_that_rests_is_closed_when_it_would_be() {
        for seconds in [1, 2, 3, 75] {
            let limits = Limits { keep_alive_timeout: Some(Duration::from_secs(seconds)), ..Limits::default() };
            let (registry, watch) = idle(&limits);
            assert_eq!(ticks_until_judged(&registry, &watch, 1), seconds * 10 + 1);
            assert_eq!(watch.verdict(), Verdict::Close);
        }
    }

    #[test]
    fn what_begins_while_a_connection_rests_has_its_own_time_and_no_more() {
        for (head, ticks) in [(1, 11), (2, 21), (10, 101)] {
            let limits = Limits { head_timeout: Some(Duration::from_secs(head)), ..Limits::default() };
            let (registry, watch) = idle(&limits);
            registry.tick_at(Duration::from_millis(100), false);
            assert!(watch.may_rest(registry.now(), &registry.limits));
            watch.bytes_came(registry.now());
            assert_eq!(ticks_until_judged(&registry, &watch, 2), ticks);
            assert_eq!(watch.verdict(), Verdict::SlowHead);
        }
    }

    #[test]
    fn the_clock_keeps_time_and_does_not_count_what_a_worker_slept() {
        let registry = Registry::new(&Limits::default());
        let at = |milliseconds| registry.advance(Duration::from_millis(milliseconds));
        assert_eq!(at(0), 1);
        let late: Vec<u32> = (1..=20).map(|tick| at(tick * 105)).collect();
        assert_eq!(late.last(), Some(&22), "a little late each time is not lost: {late:?}");
        assert_eq!(at(60_000), 24, "a worker that was stuck for a minute");
        assert_eq!(at(60_100), 25);
        assert_eq!(at(60_150), 25);
        assert_eq!(at(60_200), 26);
    }
}
