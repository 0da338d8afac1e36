//! The outbox's rows. Times are the database's own, in milliseconds since 1970.

use std::time::Duration;

use serde::Deserialize;
use uuid::Uuid;

use super::message::{Message, OutboxMessage, ParkedMessage};
use crate::{Db, Dialect, Error, List, Tx, sql};

/// How long what a consumer has had is remembered.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many rows are deleted at a time of those that are not remembered any more.
const REAPED: u64 = 1_000;

/// Makes the tables, once.
pub(super) async fn prepare(db: &Db) -> Result<(), Error> {
    // Making what is there waits for every transaction that is at it, and lets nobody in meanwhile.
    let is_there = db.all::<i64>(sql!("select 1 from _kovar_leases where 1 = 0")).await;
    match is_there {
        Ok(_) => return Ok(()),
        Err(error) if error.is_passing() || error.is_closed() => return Err(error),
        Err(_) => {}
    }
    let number = match db.dialect() {
        Dialect::Sqlite => {
            sql!("create table if not exists _kovar_outbox (sequence integer primary key autoincrement,")
        }
        Dialect::Postgres => {
            sql!("create table if not exists _kovar_outbox (sequence bigint generated always as identity primary key,")
        }
    };
    let rest = sql!(
        "id text not null unique, topic text not null, key text, lane text not null, payload text not null,
         created_at_ms bigint not null, attempts integer not null default 0, due_at_ms bigint not null,
         parked integer not null default 0, failure text)"
    );
    let tables = [
        number.append(rest),
        sql!("create index if not exists _kovar_outbox_due on _kovar_outbox (due_at_ms)"),
        sql!("create index if not exists _kovar_outbox_lane on _kovar_outbox (lane, sequence)"),
        sql!(
            "create table if not exists _kovar_inbox (consumer text not null, message text not null,
             received_at_ms bigint not null, primary key (consumer, message))"
        ),
        sql!("create index if not exists _kovar_inbox_received on _kovar_inbox (received_at_ms)"),
        // The last, by which it is known that all are there.
        sql!(
            "create table if not exists _kovar_leases (name text primary key, holder text not null, until_ms bigint not null)"
        ),
    ];
    for table in tables {
        match db.execute(table).await {
            // Two processes that make it at the same time: one of them has.
            Err(error) if error.is_unique_violation() => {}
            outcome => drop(outcome?),
        }
    }
    Ok(())
}

/// Adds a row. The number that says its place comes after the lock, so that places are in the order of commits.
pub(super) async fn add(tx: &Tx, message: &Message, id: Uuid, payload: &str) -> Result<(), Error> {
    let (id, topic, key) = (id.to_string(), &message.topic, &message.key);
    let lane = key.as_ref().map_or_else(|| id.clone(), |key| format!("{topic} {key}"));
    if tx.dialect() == Dialect::Postgres && key.is_some() {
        tx.execute(sql!("select pg_advisory_xact_lock(hashtextextended({lane}, 7501))").repeated()).await?;
    }
    let insert = sql!(
        "insert into _kovar_outbox (id, topic, key, lane, payload, created_at_ms, due_at_ms)
         select {id}, {topic}, {key}, {lane}, {payload}, now_ms, now_ms from (select"
    );
    let insert = insert.append(tx.dialect().now_ms()).append(sql!("as now_ms) as clock"));
    tx.execute(insert.repeated()).await.map(drop)
}

/// The next messages, but for those of lanes that are busy or wait for another try.
pub(super) async fn due(db: &Db, busy: &[String], most: u64) -> Result<Vec<OutboxMessage>, Error> {
    let due = sql!(
        "select id, topic, key, lane, payload, created_at_ms, attempts from _kovar_outbox
         where parked = 0 and lane not in {List(busy)}
         and lane not in (select lane from _kovar_outbox where parked = 0 and due_at_ms >"
    );
    db.all(due.append(db.dialect().now_ms()).append(sql!(") order by sequence")).limit(most)).await
}

/// How long the oldest message has waited, in milliseconds.
pub(super) async fn oldest(db: &Db) -> Result<u64, Error> {
    let oldest = sql!("select").append(db.dialect().now_ms());
    let oldest = oldest.append(sql!("- created_at_ms from _kovar_outbox where parked = 0 order by sequence limit 1"));
    let age: Option<i64> = db.optional(oldest).await?;
    Ok(age.and_then(|age| u64::try_from(age).ok()).unwrap_or(0))
}

/// Forgets messages that were published.
pub(super) async fn published(db: &Db, ids: &[Uuid]) -> Result<(), Error> {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    db.execute(sql!("delete from _kovar_outbox where id in {List(&ids)}").idempotent()).await.map(drop)
}

/// Puts a message off, or parks it.
pub(super) async fn failed(
    db: &Db,
    message: &OutboxMessage,
    failure: &str,
    wait: Option<Duration>,
) -> Result<(), Error> {
    let (id, attempts) = (message.id.to_string(), i64::from(message.attempts) + 1);
    let (wait, parked) = (wait.map_or(0, milliseconds), i64::from(wait.is_none()));
    let update =
        sql!("update _kovar_outbox set attempts = {attempts}, failure = {failure}, parked = {parked}, due_at_ms =")
            .append(db.dialect().now_ms())
            .append(sql!("+ {wait} where id = {id}"));
    db.execute(update.idempotent()).await.map(drop)
}

#[derive(Deserialize)]
struct Parked {
    #[serde(flatten)]
    message: OutboxMessage,
    failure: Option<String>,
}

pub(super) async fn parked(db: &Db) -> Result<Vec<ParkedMessage>, Error> {
    let parked: Vec<Parked> = db
        .all(sql!(
            "select id, topic, key, lane, payload, created_at_ms, attempts, failure from _kovar_outbox where parked = 1
             order by sequence limit 1000"
        ))
        .await?;
    let message = |Parked { message, failure }| ParkedMessage { message, failure: failure.unwrap_or_default() };
    Ok(parked.into_iter().map(message).collect())
}

pub(super) async fn retry(db: &Db, id: Uuid) -> Result<bool, Error> {
    let id = id.to_string();
    let retry = sql!("update _kovar_outbox set parked = 0, attempts = 0, due_at_ms = 0 where id = {id} and parked = 1");
    Ok(db.execute(retry).await? == 1)
}

pub(super) async fn receive(tx: &Tx, consumer: &str, message: Uuid) -> Result<bool, Error> {
    let message = message.to_string();
    let insert = sql!("insert into _kovar_inbox (consumer, message, received_at_ms) select {consumer}, {message},")
        .append(tx.dialect().now_ms())
        // SQLite takes `on` for a join's without a `where` before it.
        .append(sql!("where true on conflict do nothing"));
    Ok(tx.execute(insert).await? == 1)
}

/// Forgets some of what consumers had long ago. Gives whether there may be more.
pub(super) async fn reap(db: &Db) -> Result<bool, Error> {
    let age = milliseconds(REMEMBERED);
    let old = sql!(
        "delete from _kovar_inbox where (consumer, message) in
         (select consumer, message from _kovar_inbox where received_at_ms <"
    );
    let old = old.append(db.dialect().now_ms()).append(sql!("- {age}")).limit(REAPED).append(sql!(")"));
    Ok(db.execute(old).await? == REAPED)
}

/// Takes the lease or keeps it, for so long from now. Gives whether it is this holder's.
pub(super) async fn lease(db: &Db, name: &str, holder: &str, length: Duration) -> Result<bool, Error> {
    let (length, now) = (milliseconds(length), || db.dialect().now_ms());
    let take = sql!("insert into _kovar_leases (name, holder, until_ms) select {name}, {holder}, {length} +")
        .append(now())
        .append(sql!(
            "where true on conflict (name) do update set holder = excluded.holder, until_ms = excluded.until_ms
             where _kovar_leases.holder = excluded.holder or _kovar_leases.until_ms <="
        ))
        .append(now());
    Ok(db.execute(take.idempotent()).await? == 1)
}

pub(super) async fn release(db: &Db, name: &str, holder: &str) -> Result<(), Error> {
    db.execute(sql!("delete from _kovar_leases where name = {name} and holder = {holder}").idempotent()).await.map(drop)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
