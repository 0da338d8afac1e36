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
use crate::{Db, Error};

/// How many messages are read at a time, and how many lanes are published at once.
const BATCH: u64 = 256;
const LANES: usize = 64;

/// How long after a failure, and how long at most.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How much of a failure's text is kept.
const LONGEST_FAILURE: usize = 1_000;

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
            let is_held = self.lease.hold(&self.db).await.unwrap_or_else(|cause| {
                waits(&cause);
                false
            });
            if is_held && let Err(cause) = self.publish_all(&stop).await {
                waits(&cause);
            }
            self.look_sometimes().await;
            self.reap_sometimes().await;
            tokio::select! {
                () = told, if is_held => {}
                () = sleep(poll) => {}
                () = stop.cancelled() => {}
            }
        }
        self.lease.release(&self.db).await;
    }

    /// Publishes until nothing is due, as long as the lease is held. Lanes do not wait for each other.
    async fn publish_all(&mut self, stop: &CancellationToken) -> Result<(), Error> {
        let (db, outbox, news) = (self.db.clone(), self.outbox.clone(), self.db.news());
        let moment = outbox.settings.lease / 6;
        let (mut lanes, mut busy) = (FuturesUnordered::new(), Vec::<String>::new());
        let mut is_to_look = true;
        loop {
            let told = news.notified();
            while is_to_look && busy.len() < LANES && !stop.is_cancelled() {
                let Ok(due) = timeout(moment, store::due(&db, &busy, BATCH)).await else { break };
                let begun = by_lane(due?, LANES - busy.len());
                // Without the lease, another may publish the same.
                if !self.lease.is_held() {
                    return Ok(());
                }
                is_to_look = !begun.is_empty();
                for messages in begun {
                    busy.extend(messages.first().map(|message| message.lane.clone()));
                    lanes.push(publish_lane(&db, &outbox, messages, stop));
                }
            }
            is_to_look = tokio::select! {
                lane = lanes.next() => match lane {
                    None => return Ok(()),
                    Some(lane) => {
                        let lane = lane?;
                        busy.retain(|other| *other != lane);
                        // Not at the end of each: a look costs a statement, and has room for many.
                        busy.len() <= LANES / 2
                    }
                },
                () = told => true,
                () = sleep(moment) => true,
            };
            self.look_sometimes().await;
            // What is under way is broken off with it.
            if !self.lease.hold(&db).await? {
                return Ok(());
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
            while self.lease.is_held() {
                match store::reap(&self.db).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(cause) => return waits(&cause),
                }
            }
        }
    }
}

fn waits(cause: &Error) {
    tracing::warn!(target: "kovar::data", %cause, "the outbox waits for its database");
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
async fn publish_lane<P: Publisher>(
    db: &Db,
    outbox: &Outbox<P>,
    messages: Vec<OutboxMessage>,
    stop: &CancellationToken,
) -> Result<String, Error> {
    let lane = messages.first().map(|message| message.lane.clone()).unwrap_or_default();
    let mut published = Vec::new();
    for message in messages {
        if stop.is_cancelled() {
            break;
        }
        match publish(outbox, &message).await {
            Ok(()) => published.push(message.id),
            Err(failure) => {
                // Before those behind it go on.
                forget(db, &std::mem::take(&mut published)).await?;
                if !put_off(db, outbox, &message, &failure).await? {
                    break;
                }
            }
        }
    }
    forget(db, &published).await?;
    Ok(lane)
}

async fn publish<P: Publisher>(outbox: &Outbox<P>, message: &OutboxMessage) -> Result<(), String> {
    let publishing = AssertUnwindSafe(async { outbox.publisher.publish(message).await }).catch_unwind();
    let outcome = match timeout(outbox.settings.timeout, publishing).await {
        Ok(Ok(outcome)) => outcome.map_err(|cause| cause.to_string()),
        Ok(Err(_)) => Err("the publisher panicked".to_owned()),
        Err(_) => Err(format!("it took longer than {:?}", outbox.settings.timeout)),
    };
    let count = if outcome.is_ok() { &outbox.counts.published } else { &outbox.counts.failed };
    count.fetch_add(1, Relaxed);
    outcome
}

/// Where that fails, they are published again, which is allowed.
async fn forget(db: &Db, published: &[Uuid]) -> Result<(), Error> {
    if published.is_empty() { Ok(()) } else { store::published(db, published).await }
}

/// Puts a message off, or parks it. Gives whether those behind it may go on.
async fn put_off<P>(db: &Db, outbox: &Outbox<P>, message: &OutboxMessage, failure: &str) -> Result<bool, Error> {
    let is_parked = message.attempts + 1 >= outbox.settings.attempts;
    let (id, topic, attempts) = (message.id, &message.topic, message.attempts + 1);
    tracing::warn!(target: "kovar::data", %id, topic, attempts, is_parked, failure, "a message was not published");
    let wait = (!is_parked).then(|| wait_after(message.attempts));
    // Databases take no zero bytes.
    let failure: String = failure.chars().filter(|character| *character != '\0').take(LONGEST_FAILURE).collect();
    store::failed(db, message, &failure, wait).await?;
    outbox.counts.parked.fetch_add(u64::from(is_parked), Relaxed);
    Ok(is_parked)
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
