//! Messages that exist only if their transaction commits, and then are published at least once.
//!
//! A message is a row, written with what it tells of. A relay publishes the rows and deletes each once its publisher has
//! confirmed it. What is not there is published: so nothing is skipped, in whichever order transactions commit, as it
//! would be by whoever remembers the highest number that it has seen.
//!
//! **Order.** Messages of one key and topic are published in the order of their commits, and one is not begun before the
//! one before it is confirmed. On PostgreSQL, transactions that add messages of one key wait for each other, from there
//! to their ends. Keys know nothing of each other: one whose message is refused holds up itself.
//!
//! **At least once.** Between confirmation and deletion a process may die; then the message is published again, with the
//! same id. A consumer that writes into this database asks [`Tx::is_first_delivery`] in the transaction of its own work.
//!
//! **One relay.** Of all processes on one database one publishes at a time, as long as its lease lasts, by the database's
//! clock. The others wait for it to stop, or to be silent.

mod in_process;
mod lease;
mod message;
mod relay;
mod store;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Db, Error};

pub use self::in_process::InProcess;
pub use self::message::{Message, OutboxMessage, ParkedMessage};
use self::relay::Relay;

/// Takes messages to whoever is to have them.
pub trait Publisher: Send + Sync + 'static {
    /// Publishes a message. Ready when it is certain that it was taken, as a broker's confirmation says: after that, it is
    /// forgotten here. An error is tried again later.
    fn publish(&self, message: &OutboxMessage) -> impl Future<Output = Result<(), PublishError>> + Send;
}

/// Why a message was not taken.
pub type PublishError = Box<dyn std::error::Error + Send + Sync>;

/// How messages are published. Clones are the same.
pub struct Outbox<P> {
    publisher: Arc<P>,
    settings: Settings,
    counts: Arc<OutboxCounts>,
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    attempts: u32,
    timeout: Duration,
    lease: Duration,
    poll: Duration,
}

/// What this process has published since its start.
#[derive(Debug, Default)]
pub struct OutboxCounts {
    oldest_ms: AtomicU64,
    published: AtomicU64,
    failed: AtomicU64,
    parked: AtomicU64,
}

/// A relay that publishes until it is stopped. Dropped, it breaks off, and another takes over when its lease has ended.
#[derive(Debug)]
pub struct RunningOutbox {
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl<P: Publisher> Outbox<P> {
    /// Messages go to this publisher.
    pub fn new(publisher: P) -> Self {
        let settings = Settings {
            attempts: 20,
            timeout: Duration::from_secs(10),
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
        };
        Self { publisher: Arc::new(publisher), settings, counts: Arc::default() }
    }

    /// How often a message is tried until it is [parked](Db::parked_messages). Default: 20, which takes about an hour: a
    /// try waits for 1 s after the first failure, then twice as long each time, up to 5 min.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.settings.attempts = attempts.max(1);
        self
    }

    /// How long a publisher may take for a message. Default: 10 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How long a relay that says nothing keeps the others from publishing. Default: 15 s.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// How often the relay looks for messages of other processes; its own it knows at their commit. Default: 1 s.
    #[must_use]
    pub fn poll(mut self, poll: Duration) -> Self {
        self.settings.poll = poll;
        self
    }

    /// What was published.
    pub fn counts(&self) -> Arc<OutboxCounts> {
        Arc::clone(&self.counts)
    }

    /// Makes the tables that are missing, and begins to publish, in a task of this runtime.
    ///
    /// # Errors
    ///
    /// If the tables cannot be made.
    pub async fn start(&self, db: &Db) -> Result<RunningOutbox, Error> {
        store::prepare(db).await?;
        let stop = CancellationToken::new();
        let relay = Relay::new(db.clone(), self.clone());
        let task = tokio::spawn(relay.run(stop.clone()));
        Ok(RunningOutbox { stop, task: Some(task) })
    }
}

impl RunningOutbox {
    /// Ends when what is being published is, so that another process can go on at once.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for RunningOutbox {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl OutboxCounts {
    /// Messages that were confirmed.
    pub fn published(&self) -> u64 {
        self.published.load(Relaxed)
    }

    /// Tries that failed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Relaxed)
    }

    /// How long the oldest message had waited when this process last looked, which it does every five seconds while it
    /// is the one that publishes. Parked ones are not waited for.
    pub fn oldest(&self) -> Duration {
        Duration::from_millis(self.oldest_ms.load(Relaxed))
    }

    /// Messages that were given up.
    pub fn parked(&self) -> u64 {
        self.parked.load(Relaxed)
    }
}

impl<P> Clone for Outbox<P> {
    fn clone(&self) -> Self {
        let (publisher, counts) = (Arc::clone(&self.publisher), Arc::clone(&self.counts));
        Self { publisher, settings: self.settings, counts }
    }
}

impl<P> fmt::Debug for Outbox<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outbox").field("settings", &self.settings).finish_non_exhaustive()
    }
}
