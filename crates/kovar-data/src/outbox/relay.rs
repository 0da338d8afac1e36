//! Publishing what is there.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::lease::Lease;
use super::message::OutboxMessage;
use super::{Outbox, Publisher, store};
use crate::Db;

/// How many messages are read at a time, and how many lanes are published at once.
const BATCH: u64 = 256;
const LANES: usize = 64;

/// How long after a failure, and how long at most.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How often the oldest message is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often what is not needed any more is deleted.
const REAP_EVERY: Duration = Duration::from_secs(60);

pub(super) struct Relay<P> {
    db: Db,
    outbox: Outbox<P>,
    lease: Lease,
    looked: Option<Instant>,
    reaped: Option<Instant>,
}

impl<P: Publisher> Relay<P> {
    pub(super) fn new(db: Db, outbox: Outbox<P>) -> Self {
        let lease = Lease::new(outbox.settings.lease);
        Self { db, outbox, lease, looked: None, reaped: None }
    }

    /// Publishes until it is to stop.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let poll = self.outbox.settings.poll;
        let news = self.db.news();
        while !stop.is_cancelled() {
            // Whoever commits while this looks has told it already.
            let told = news.notified();
            match self.lease.hold(&self.db).await {
                Ok(true) => self.publish_all(&stop).await,
                Ok(false) => {}
                Err(cause) => tracing::warn!(target: "kovar::data", %cause, "the outbox waits for its database"),
            }
            self.look_sometimes().await;
            self.reap_sometimes().await;
            tokio::select! {
                () = told => {}
                () = sleep(poll) => {}
                () = stop.cancelled() => {}
            }
        }
        self.lease.release(&self.db).await;
    }

    /// Publishes until nothing is due, as long as the lease is held. Lanes do not wait for each other.
    async fn publish_all(&mut self, stop: &CancellationToken) {
        let (db, outbox) = (self.db.clone(), self.outbox.clone());
        let mut lanes = FuturesUnordered::new();
        let mut busy: Vec<String> = Vec::new();
        loop {
            // Not at the end of each lane: a look costs a statement, and has room for many.
            if busy.len() <= LANES / 2 && !stop.is_cancelled() {
                let due = store::due(&db, &busy, BATCH).await.unwrap_or_else(|cause| {
                    tracing::warn!(target: "kovar::data", %cause, "the outbox waits for its database");
                    Vec::new()
                });
                for messages in by_lane(due, LANES - busy.len()) {
                    busy.extend(messages.first().map(|message| message.lane.clone()));
                    lanes.push(publish_lane(&db, &outbox, messages));
                }
            }
            match timeout(outbox.settings.lease / 6, lanes.next()).await {
                Ok(None) => return,
                Ok(Some(lane)) => busy.retain(|other| *other != lane),
                Err(_) => {}
            }
            self.look_sometimes().await;
            // Without the lease, another may publish the same: what is under way is broken off.
            if !self.lease.hold(&db).await.unwrap_or(false) {
                return;
            }
        }
    }

    async fn look_sometimes(&mut self) {
        if self.looked.is_none_or(|looked| looked.elapsed() > LOOK_EVERY) {
            self.looked = Some(Instant::now());
            let oldest = if self.lease.is_held() { store::oldest(&self.db).await } else { Ok(0) };
            if let Ok(oldest) = oldest {
                self.outbox.counts.oldest_ms.store(oldest, Relaxed);
            }
        }
    }

    async fn reap_sometimes(&mut self) {
        if self.lease.is_held() && self.reaped.is_none_or(|reaped| reaped.elapsed() > REAP_EVERY) {
            self.reaped = Some(Instant::now());
            if let Err(cause) = store::reap(&self.db).await {
                tracing::warn!(target: "kovar::data", %cause, "deliveries of long ago are not forgotten");
            }
        }
    }
}

/// The messages of each lane, in their order, of as many lanes as there is room for.
fn by_lane(messages: Vec<OutboxMessage>, most: usize) -> Vec<Vec<OutboxMessage>> {
    let mut lanes: Vec<Vec<OutboxMessage>> = Vec::new();
    for message in messages {
        let known = lanes.iter().position(|lane| lane.first().is_some_and(|first| first.lane == message.lane));
        match known {
            Some(known) => lanes[known].push(message),
            None if lanes.len() < most => lanes.push(vec![message]),
            None => {}
        }
    }
    lanes
}

/// Publishes messages one after the other, up to one that is not taken. Gives the lane.
async fn publish_lane<P: Publisher>(db: &Db, outbox: &Outbox<P>, messages: Vec<OutboxMessage>) -> String {
    let lane = messages.first().map(|message| message.lane.clone()).unwrap_or_default();
    let mut published = Vec::new();
    for message in messages {
        match publish(outbox, &message).await {
            Ok(()) => published.push(message.id),
            Err(failure) => {
                forget(db, &published).await;
                published.clear();
                if !put_off(db, outbox, &message, &failure).await {
                    return lane;
                }
            }
        }
    }
    forget(db, &published).await;
    lane
}

async fn publish<P: Publisher>(outbox: &Outbox<P>, message: &OutboxMessage) -> Result<(), String> {
    let publishing = AssertUnwindSafe(outbox.publisher.publish(message)).catch_unwind();
    let outcome = match timeout(outbox.settings.timeout, publishing).await {
        Ok(Ok(outcome)) => outcome.map_err(|cause| cause.to_string()),
        Ok(Err(_)) => Err("the publisher panicked".to_owned()),
        Err(_) => Err(format!("it took longer than {:?}", outbox.settings.timeout)),
    };
    let count = if outcome.is_ok() { &outbox.counts.published } else { &outbox.counts.failed };
    count.fetch_add(1, Relaxed);
    outcome
}

/// What stays is published again, which is allowed.
async fn forget(db: &Db, published: &[Uuid]) {
    if !published.is_empty()
        && let Err(cause) = store::published(db, published).await
    {
        tracing::warn!(target: "kovar::data", %cause, "messages that were published will be again");
    }
}

/// Puts a message off, or parks it. Gives whether those behind it may go on.
async fn put_off<P>(db: &Db, outbox: &Outbox<P>, message: &OutboxMessage, failure: &str) -> bool {
    let is_parked = message.attempts + 1 >= outbox.settings.attempts;
    let (id, topic, attempts) = (message.id, &message.topic, message.attempts + 1);
    tracing::warn!(target: "kovar::data", %id, topic, attempts, is_parked, failure, "a message was not published");
    let wait = (!is_parked).then(|| wait_after(message.attempts));
    match store::failed(db, message, failure, wait).await {
        Ok(()) => outbox.counts.parked.fetch_add(u64::from(is_parked), Relaxed),
        Err(cause) => {
            tracing::warn!(target: "kovar::data", %cause, "the outbox waits for its database");
            return false;
        }
    };
    is_parked
}

/// Twice as long each time.
fn wait_after(attempts: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait_after;

    #[test]
    fn waits_grow_to_a_limit() {
        let waits = [0, 1, 2, 8, 9, 40].map(wait_after);
        assert_eq!(waits, [1, 2, 4, 256, 300, 300].map(Duration::from_secs));
        let all: Duration = (0..19).map(wait_after).sum();
        assert!(all > Duration::from_secs(50 * 60) && all < Duration::from_secs(80 * 60), "{all:?}");
    }
}
