//! The connections of one runtime, and what is sent to many of them.
//!
//! Whoever publishes leaves the message in the mailbox of each worker that has subscribers, and goes on. The worker's own
//! task sends it, connection after connection, and lets others run in between: a message to ten thousand takes tens of
//! milliseconds, in which requests are answered.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use slab::Slab;
use tokio::runtime::{Handle, Id};
use tokio::sync::Notify;

use crate::connection::Connection;
use crate::known::Known;
use crate::metrics::Counts;
use crate::protocol::{Bye, Encoding, FromServer, Shared, frame};
use crate::ws::{CloseCode, Opcode, encode};

/// How many connections are sent to until others run.
const STRETCH: usize = 64;

/// How much of what goes to the same connections is sent as one.
const TOGETHER: usize = 16 * 1024;

/// How many messages wait in a mailbox until those who publish wait, too.
pub(crate) const MAILBOX: usize = 4_096;

/// How often the connections are looked at.
const TICK: Duration = Duration::from_secs(1);

/// After how many ticks of silence a client is asked for a sign, and how many more it has.
pub(crate) const ASKED_AFTER: u32 = 25;
pub(crate) const ANSWERS_WITHIN: u32 = 10;

/// In how many ticks all connections are closed when the server drains, and how much later at most each client is to come
/// again.
const SEES_OFF_FOR: u32 = 8;
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Those of all runtimes.
#[derive(Debug, Default)]
pub(crate) struct Workers(RwLock<HashMap<Id, Arc<Worker>>>);

/// The connections of one runtime.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    mailbox: Mutex<Vec<Delivery>>,
    news: Notify,
    /// Told when the mailbox was emptied.
    room: Notify,
    /// Whether its runtime is gone, and nobody empties the mailbox any longer.
    is_over: AtomicBool,
    connections: Mutex<Slab<Known>>,
    clock: AtomicU32,
    /// When the server began to drain; 0 if it does not.
    draining_since: AtomicU32,
    counts: Arc<Counts>,
}

/// A message on its way to the subscribers of a topic.
#[derive(Debug)]
struct Delivery {
    list: Arc<List>,
    publication: Arc<Publication>,
}

/// What was published to a topic.
#[derive(Debug)]
pub(crate) struct Publication {
    /// Its place among all that this node has sent to the topic's subscribers: messages, who came, who left.
    pub(crate) place: u64,
    pub(crate) frame: Shared,
}

impl Publication {
    pub(crate) fn new(place: u64, frame: &FromServer<'_>) -> Arc<Self> {
        Arc::new(Self { place, frame: Shared::new(frame) })
    }
}

/// The subscribers of a topic that one worker has.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) worker: Arc<Worker>,
    /// The topic, as a connection that drops messages tells it from others.
    pub(crate) topic: u64,
    subscribers: Mutex<Slab<Subscriber>>,
    count: AtomicUsize,
}

#[derive(Debug)]
struct Subscriber {
    connection: Arc<Connection>,
    /// What it has, up to this place.
    after: u64,
}

impl Workers {
    /// The worker of the runtime that asks.
    pub(crate) fn current(&self, counts: &Arc<Counts>) -> Arc<Worker> {
        let runtime = Handle::current();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&runtime.id()).cloned();
        known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(runtime.id()).or_insert_with(|| {
                let worker = Arc::new(Worker { counts: Arc::clone(counts), ..Worker::default() });
                runtime.spawn(deliver(Arc::downgrade(&worker)));
                runtime.spawn(tick(Arc::downgrade(&worker)));
                worker
            }))
        })
    }

    /// How many connections there are, and how many bytes wait for them.
    pub(crate) fn load(&self) -> (usize, usize) {
        self.all().iter().fold((0, 0), |(count, bytes), worker| {
            let connections = worker.connections();
            let waiting: usize = connections.iter().map(|(_, known)| known.connection.bytes().1).sum();
            (count + connections.len(), bytes + waiting)
        })
    }

    /// The connection of a number, if it is open.
    pub(crate) fn find(&self, id: u64) -> Option<Arc<Connection>> {
        let of_worker = |worker: Arc<Worker>| {
            let connections = worker.connections();
            let mut found = connections.iter().filter(|(_, known)| known.facts.id == id);
            found.next().map(|(_, known)| Arc::clone(&known.connection))
        };
        self.all().into_iter().find_map(of_worker)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Worker>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in self.all() {
            worker.news.notify_one();
        }
    }
}

impl Worker {
    pub(crate) fn post(&self, list: &Arc<List>, publication: &Arc<Publication>) {
        let delivery = Delivery { list: Arc::clone(list), publication: Arc::clone(publication) };
        self.mailbox().push(delivery);
        self.news.notify_one();
    }

    /// Waits until the mailbox is not full: who publishes faster than can be sent goes as fast as that.
    pub(crate) async fn has_room(&self) {
        loop {
            let emptied = self.room.notified();
            if !self.is_full() {
                return;
            }
            emptied.await;
        }
    }

    /// How many messages wait in the mailbox.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.mailbox().len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.mailbox().len() >= MAILBOX && !self.is_over.load(Relaxed)
    }

    /// Looks after a connection until it is forgotten.
    pub(crate) fn know(&self, known: Known) -> usize {
        known.connection.is_known(self.now());
        self.connections().insert(known)
    }

    pub(crate) fn forget(&self, key: usize) {
        let _ = self.connections().try_remove(key);
    }

    /// Ticks since the start.
    pub(crate) fn now(&self) -> u32 {
        self.clock.load(Relaxed)
    }

    pub(crate) fn connections(&self) -> MutexGuard<'_, Slab<Known>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mailbox(&self) -> MutexGuard<'_, Vec<Delivery>> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks those who are silent for a sign, and gives up those who gave none. Those who only speak hear as often that there
    /// is a server.
    fn look(&self) {
        let now = self.clock.fetch_add(1, Relaxed) + 1;
        self.see_off(now);
        let silent: Vec<_> = self
            .connections()
            .iter()
            .map(|(_, known)| &known.connection)
            .inspect(|connection| connection.next_tick())
            .map(|connection| (connection, connection.silence(now), connection.quiet(now)))
            .filter(|(_, (ticks, _), quiet)| *ticks.max(quiet) >= ASKED_AFTER)
            .map(|(connection, (ticks, is_asked), _)| (Arc::clone(connection), ticks, is_asked))
            .collect();
        for (connection, ticks, is_asked) in silent {
            if connection.is_fetched() {
                connection.was_heard(now);
                connection.send(ping(&connection), None);
            } else if ticks < ASKED_AFTER {
                connection.send(ping(&connection), None);
            } else if !is_asked {
                connection.is_asked();
                connection.send(ping(&connection), None);
            } else if ticks >= ASKED_AFTER + ANSWERS_WITHIN {
                connection.give_up(CloseCode::SILENT);
            }
        }
    }
}

impl Worker {
    /// When the server drains: closes a share of the connections in each tick, and tells each to come again a while later.
    /// Those of a large server would otherwise come all at once.
    fn see_off(&self, now: u32) {
        let all = self.connections();
        if !all.iter().any(|(_, known)| known.connection.is_draining()) {
            return;
        }
        let since = self.draining_since.load(Relaxed);
        let passed = if since == 0 { 0 } else { now - since };
        self.draining_since.store(now - passed, Relaxed);
        let share = all.len().div_ceil(SEES_OFF_FOR.saturating_sub(passed).max(1) as usize);
        let leaving: Vec<_> = all
            .iter()
            .map(|(_, known)| Arc::clone(&known.connection))
            .filter(|connection| connection.is_draining() && connection.closing().is_none())
            .take(share)
            .collect();
        drop(all);
        for connection in leaving {
            if connection.knows_protocol && !connection.is_fetched() {
                let after = rand::random_range(0..LONGEST_PAUSE.as_millis() as u64);
                let bye = Bye { code: CloseCode::GOING_AWAY.0, reconnect_after_ms: Some(after) };
                let frame = frame(&FromServer { bye: Some(bye), ..FromServer::default() }, connection.encoding);
                connection.send(frame, None);
            }
            connection.close(CloseCode::GOING_AWAY);
        }
    }
}

fn ping(connection: &Connection) -> Bytes {
    match connection.knows_protocol {
        true => frame(&FromServer { ping: true, ..FromServer::default() }, connection.encoding),
        false => encode(Opcode::Ping, false, &[]),
    }
}

/// The task that empties the mailbox. It ends with its runtime at the latest.
struct Delivering(Weak<Worker>);

impl Drop for Delivering {
    fn drop(&mut self) {
        if let Some(worker) = self.0.upgrade() {
            worker.is_over.store(true, Relaxed);
            worker.room.notify_waiters();
        }
    }
}

async fn deliver(worker: Weak<Worker>) {
    let _delivering = Delivering(Weak::clone(&worker));
    // The worker lives as long as the hub; whoever drops that gives notice.
    while let Some(strong) = worker.upgrade() {
        strong.news.notified().await;
        let deliveries = std::mem::take(&mut *strong.mailbox());
        strong.room.notify_waiters();
        let mut rest = deliveries.as_slice();
        while let Some(first) = rest.first() {
            let count = together(rest);
            let (now, later) = rest.split_at(count);
            first.list.deliver(now).await;
            rest = later;
        }
        if Arc::strong_count(&strong) == 1 {
            return;
        }
    }
}

/// How many of the first deliveries go to the same connections, and are sent as one.
fn together(deliveries: &[Delivery]) -> usize {
    let mut bytes = 0;
    let same = deliveries.iter().take_while(|delivery| {
        bytes += delivery.publication.frame.len();
        Arc::ptr_eq(&delivery.list, &deliveries[0].list) && bytes <= TOGETHER
    });
    same.count().max(1)
}

async fn tick(worker: Weak<Worker>) {
    loop {
        tokio::time::sleep(TICK).await;
        match worker.upgrade() {
            Some(worker) => worker.look(),
            None => return,
        }
    }
}

impl List {
    pub(crate) fn new(worker: &Arc<Worker>, topic: u64) -> Self {
        Self { worker: Arc::clone(worker), topic, subscribers: Mutex::default(), count: AtomicUsize::new(0) }
    }

    /// Adds a connection that has everything up to a place.
    pub(crate) fn add(&self, connection: &Arc<Connection>, after: u64) -> usize {
        self.count.fetch_add(1, Relaxed);
        self.subscribers().insert(Subscriber { connection: Arc::clone(connection), after })
    }

    pub(crate) fn remove(&self, key: usize) {
        if self.subscribers().try_remove(key).is_some() {
            self.count.fetch_sub(1, Relaxed);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.count.load(Relaxed)
    }

    async fn deliver(&self, deliveries: &[Delivery]) {
        let mut joined = Joined::default();
        let mut next = 0;
        loop {
            {
                let subscribers = self.subscribers();
                let end = (next + STRETCH).min(subscribers.capacity());
                let stretch = (next..end).filter_map(|key| subscribers.get(key));
                // The memory of many connections is fetched side by side. One after the other, each would be waited for.
                black_box(stretch.clone().map(|subscriber| subscriber.connection.touch()).sum::<usize>());
                let mut count = 0;
                for subscriber in stretch {
                    self.deliver_to(subscriber, deliveries, &mut joined);
                    count += deliveries.len() as u64;
                }
                self.worker.counts.delivered.fetch_add(count, Relaxed);
                next = end;
                if next >= subscribers.capacity() {
                    return;
                }
            }
            tokio::task::yield_now().await;
        }
    }

    fn deliver_to(&self, subscriber: &Subscriber, deliveries: &[Delivery], joined: &mut Joined) {
        let Subscriber { connection, after } = subscriber;
        let is_new = |delivery: &&Delivery| delivery.publication.place > *after;
        match deliveries {
            [one] if is_new(&one) => {
                connection.send(one.publication.frame.bytes(connection.encoding), Some(self.topic));
            }
            [_] => {}
            several if connection.drops_none() && several.iter().all(|delivery| is_new(&delivery)) => {
                connection.send(joined.bytes(several, connection.encoding), Some(self.topic));
            }
            several => {
                for delivery in several.iter().filter(is_new) {
                    connection.send(delivery.publication.frame.bytes(connection.encoding), Some(self.topic));
                }
            }
        }
    }

    fn subscribers(&self) -> MutexGuard<'_, Slab<Subscriber>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Several messages as one, for each encoding that somebody has.
#[derive(Default)]
struct Joined(Vec<(Encoding, Bytes)>);

impl Joined {
    fn bytes(&mut self, deliveries: &[Delivery], encoding: Encoding) -> Bytes {
        if let Some((_, bytes)) = self.0.iter().find(|(known, _)| *known == encoding) {
            return bytes.clone();
        }
        let mut all = BytesMut::new();
        for delivery in deliveries {
            all.extend_from_slice(&delivery.publication.frame.bytes(encoding));
        }
        let all = all.freeze();
        self.0.push((encoding, all.clone()));
        all
    }
}
