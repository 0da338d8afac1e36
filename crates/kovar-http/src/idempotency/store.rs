//! Keys and their answers in the database. Times are the database's own, in milliseconds since 1970, so that processes
//! whose clocks differ agree.

use std::time::Duration;

use kovar_data::{Db, Error, Statement, Tx, sql};
use serde::Deserialize;

use super::stored::Stored;

/// Once in how many claims those that have expired are deleted, and how many of them.
const REAP_EVERY: u32 = 256;
const REAPED: u64 = 1_000;

/// Why an answer is not written.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// What became of a claim.
pub(super) enum Taken {
    Mine(Held),
    /// Another request has the key.
    OtherRequest,
    /// The same request is being carried out.
    InFlight {
        seconds: u64,
    },
    Done(Stored),
    /// It was there, and then it was not.
    Vanished,
}

/// A claim that somebody has, until its lease ends.
pub(super) struct Held {
    scope: String,
    key: String,
    /// It grows with each claim of the key: only the last one may write an answer.
    token: i64,
}

/// Makes the table, once.
pub(crate) async fn prepare(db: &Db) -> Result<(), Error> {
    let table = sql!(
        "create table if not exists _kovar_idempotency (
            scope text not null, key text not null, fingerprint text not null, token bigint not null,
            lease_until bigint not null, expires_at bigint not null, status integer, headers text, body bytea,
            primary key (scope, key)
        )"
    );
    match db.execute(table).await {
        // Two processes that make it at the same time: one of them has.
        Err(error) if error.is_unique_violation() => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// A row as somebody finds it who wanted to claim its key.
#[derive(Deserialize)]
struct Found {
    fingerprint: String,
    left_ms: i64,
    status: Option<u16>,
    headers: Option<String>,
    body: Option<Vec<u8>>,
}

/// Claims a key in one statement, of which one of any number succeeds.
pub(super) async fn take(
    db: &Db,
    scope: &str,
    key: &str,
    fingerprint: &str,
    lease: Duration,
    keep: Duration,
) -> Result<Taken, Error> {
    let (lease, keep) = (milliseconds(lease), milliseconds(keep));
    let claim = sql!(
        "insert into _kovar_idempotency (scope, key, fingerprint, token, lease_until, expires_at)
         values ({scope}, {key}, {fingerprint}, 1, {lease} +"
    )
    .append(db.dialect().now_ms())
    .append(sql!(", {keep} +"))
    .append(db.dialect().now_ms())
    .append(sql!(
        ") on conflict (scope, key) do update set
            fingerprint = excluded.fingerprint, token = _kovar_idempotency.token + 1,
            lease_until = excluded.lease_until, expires_at = excluded.expires_at,
            status = null, headers = null, body = null
         where _kovar_idempotency.expires_at <="
    ))
    .append(db.dialect().now_ms())
    .append(sql!(
        "or (_kovar_idempotency.status is null and _kovar_idempotency.fingerprint = excluded.fingerprint
             and _kovar_idempotency.lease_until <="
    ))
    .append(db.dialect().now_ms())
    .append(sql!(") returning token"));
    let token: Option<i64> = db.optional(claim).await?;
    if let Some(token) = token {
        reap_sometimes(db).await;
        return Ok(Taken::Mine(Held { scope: scope.to_owned(), key: key.to_owned(), token }));
    }
    let found = sql!("select fingerprint, status, headers, body, lease_until -")
        .append(db.dialect().now_ms())
        .append(sql!("as left_ms from _kovar_idempotency where scope = {scope} and key = {key}"));
    let Some(found) = db.optional::<Found>(found).await? else { return Ok(Taken::Vanished) };
    Ok(match found {
        found if found.fingerprint != fingerprint => Taken::OtherRequest,
        Found { status: Some(status), headers, body, .. } => Taken::Done(Stored::read(status, headers, body)),
        found => Taken::InFlight { seconds: u64::try_from(found.left_ms).unwrap_or(0).div_ceil(1_000) },
    })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
}

impl Held {
    /// Writes the answer with what was done. It is an error if somebody else has claimed the key meanwhile.
    pub(super) async fn complete_in(&self, tx: &Tx, stored: &Stored) -> Result<(), Failed> {
        is_written(tx.optional(self.completion(stored)).await?)
    }

    /// Writes the answer.
    pub(super) async fn complete(&self, db: &Db, stored: &Stored) -> Result<(), Failed> {
        is_written(db.optional(self.completion(stored).idempotent()).await?)
    }

    fn completion(&self, stored: &Stored) -> Statement {
        let (status, headers, body) = (i64::from(stored.status()), stored.headers_as_text(), stored.body());
        sql!(
            "update _kovar_idempotency set status = {status}, headers = {headers}, body = {body}
             where scope = {self.scope} and key = {self.key} and token = {self.token} returning token"
        )
    }

    /// Lets go of the key, unless there is an answer to it.
    pub(super) async fn release(&self, db: &Db) {
        let release = sql!(
            "delete from _kovar_idempotency
             where scope = {self.scope} and key = {self.key} and token = {self.token} and status is null"
        );
        if let Err(cause) = db.execute(release.idempotent()).await {
            tracing::warn!(%cause, "an idempotency key is not let go before its lease ends");
        }
    }
}

fn is_written(token: Option<i64>) -> Result<(), Failed> {
    token.map(drop).ok_or_else(|| "the lease of the idempotency key has ended, and another has it".into())
}

/// Deletes some of those that have expired.
async fn reap_sometimes(db: &Db) {
    if !rand::random::<u32>().is_multiple_of(REAP_EVERY) {
        return;
    }
    let expired = sql!("delete from _kovar_idempotency where (scope, key) in (select scope, key from _kovar_idempotency where expires_at <=")
        .append(db.dialect().now_ms())
        .limit(REAPED)
        .append(sql!(")"));
    if let Err(cause) = db.execute(expired).await {
        tracing::warn!(%cause, "expired idempotency keys are not deleted");
    }
}
