//! The connection to NATS, which comes back by itself.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ClientError, Event, jetstream};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, OnceCell};
use tokio::time::{Instant, timeout};

use super::PATIENCE;
use super::address::Address;
use crate::broker::Away;

/// The pauses between attempts to reach it: each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often it is asked whether it is there: it is away once it has not answered twice.
const PINGS: Duration = Duration::from_secs(2);

/// How often it is looked whether the connection is back.
const GLANCES: Duration = Duration::from_millis(50);

pub(super) struct Connection {
    address: Address,
    line: OnceCell<Line>,
    events: Arc<Events>,
}

/// A connection that was opened: NATS need not be there.
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) jetstream: jetstream::Context,
    events: Arc<Events>,
}

/// What happens to a connection.
#[derive(Debug)]
struct Events {
    lost: Notify,
    found: Notify,
    /// Since when there is none.
    away_since: Mutex<Instant>,
    /// What is known to be wrong: it is said once.
    complaints: Mutex<Vec<String>>,
}

impl Connection {
    pub(super) fn new(address: Address) -> Self {
        let (lost, found) = (Notify::new(), Notify::new());
        let (away_since, complaints) = (Mutex::new(Instant::now()), Mutex::default());
        let events = Arc::new(Events { lost, found, away_since, complaints });
        Self { address, line: OnceCell::new(), events }
    }

    /// The connection, if NATS is there: one that has just gone, or was just asked for, is waited for.
    pub(super) async fn connected(&self) -> Result<&Line, Away> {
        let line = self.open().await?;
        while !line.is_connected() {
            let left = PATIENCE.saturating_sub(self.events.away_for());
            if left.is_zero() {
                return Err(Away::NOT_ASKED);
            }
            let _ = timeout(left.min(GLANCES), self.events.found.notified()).await;
        }
        Ok(line)
    }

    /// The connection, whether NATS is there or not.
    pub(super) async fn open(&self) -> Result<&Line, Away> {
        self.line.get_or_try_init(|| self.begin()).await
    }

    /// How often NATS was found.
    pub(super) fn life(&self) -> u64 {
        self.line.get().map_or(0, Line::life)
    }

    async fn begin(&self) -> Result<Line, Away> {
        *self.events.away_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let events = Arc::clone(&self.events);
        let options = self.address.options().map_err(|_| Away::NOT_ASKED)?;
        let options = options
            .name("kovar")
            .retry_on_initial_connect()
            .connection_timeout(PATIENCE)
            .request_timeout(Some(PATIENCE))
            .ping_interval(PINGS)
            .reconnect_delay_callback(pause)
            .event_callback(move |event| {
                events.take(&event);
                std::future::ready(())
            });
        let client = options.connect(&self.address.servers[..]).await.map_err(|_| Away::NOT_ASKED)?;
        let jetstream = ContextBuilder::new().timeout(PATIENCE).build(client.clone());
        Ok(Line { client, jetstream, events: Arc::clone(&self.events) })
    }
}

impl Line {
    pub(super) fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// How often NATS was found.
    pub(super) fn life(&self) -> u64 {
        self.client.statistics().connects.load(Relaxed)
    }

    /// Until the connection is lost.
    pub(super) fn lost(&self) -> Notified<'_> {
        self.events.lost.notified()
    }

    /// Until it is found.
    pub(super) fn found(&self) -> Notified<'_> {
        self.events.found.notified()
    }

    /// Says what is wrong, once for each time that NATS is found.
    pub(super) fn complain(&self, what: &str) {
        self.events.complain(what);
    }
}

impl Events {
    fn take(&self, event: &Event) {
        match event {
            Event::Connected => {
                self.complaints.lock().unwrap_or_else(PoisonError::into_inner).clear();
                self.found.notify_waiters();
            }
            Event::Disconnected => {
                *self.away_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                self.lost.notify_waiters();
                self.complain("NATS is away: other nodes are not heard");
            }
            Event::ServerError(cause) => self.complain(&format!("NATS refuses something: {cause}")),
            Event::ClientError(ClientError::Other(cause)) => self.complain(&format!("NATS cannot be reached: {cause}")),
            _ => {}
        }
    }

    fn complain(&self, what: &str) {
        let mut complaints = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        if !complaints.iter().any(|known| known == what) {
            complaints.push(what.to_owned());
            tracing::warn!(target: "kovar::live", "{what}");
        }
    }

    fn away_for(&self) -> Duration {
        self.away_since.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// How long it is waited before an attempt.
fn pause(attempts: usize) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(2)).unwrap_or(u32::MAX).min(10);
    match attempts {
        0 | 1 => Duration::ZERO,
        _ => (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, LONGEST_PAUSE, pause};

    #[test]
    fn pauses_grow_up_to_the_longest() {
        assert_eq!([0, 1, 2, 3].map(pause), [0, 0, 50, 100].map(Duration::from_millis));
        assert_eq!([pause(9), pause(usize::MAX)], [LONGEST_PAUSE; 2]);
    }
}
