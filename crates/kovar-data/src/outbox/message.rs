//! A message on its way into the outbox and out of it.

use std::fmt;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store;
use crate::error::{Error, Kind};
use crate::{Db, Tx};

/// A message that is to be published if its transaction commits.
///
/// ```
/// # use kovar_data::{Message, Tx};
/// # #[derive(serde::Serialize)] struct Order { id: i64 }
/// # async fn example(tx: Tx, order: Order) -> Result<(), kovar_data::Error> {
/// Message::new("orders.created", &order).key(order.id).in_tx(&tx).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a message is added with `in_tx`"]
pub struct Message {
    pub(super) topic: String,
    pub(super) key: Option<String>,
    payload: Result<String, serde_json::Error>,
}

impl Message {
    /// A message with this as its JSON.
    pub fn new(topic: impl Into<String>, payload: &impl Serialize) -> Self {
        Self { topic: topic.into(), key: None, payload: serde_json::to_string(payload) }
    }

    /// What it is about: messages of one key and topic are published in the order of their commits. Default: none, and no
    /// order.
    pub fn key(mut self, key: impl fmt::Display) -> Self {
        self.key = Some(key.to_string());
        self
    }

    /// Adds the message to what the transaction does, and gives its id.
    ///
    /// # Errors
    ///
    /// If the payload cannot be written as JSON, no outbox was ever [started](super::Outbox::start) on the database, or
    /// the statement fails.
    pub async fn in_tx(&self, tx: &Tx) -> Result<Uuid, Error> {
        let refused = |cause| Error::new(Kind::Other, format!("the message's payload is no JSON: {cause}"));
        let payload = self.payload.as_ref().map_err(refused)?;
        let id = Uuid::now_v7();
        store::add(tx, self, id, payload).await?;
        tx.has_messages();
        Ok(id)
    }
}

/// A message as it is published.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct OutboxMessage {
    /// The same each time that it is published.
    pub id: Uuid,
    /// What it is a message of.
    pub topic: String,
    /// What it is about.
    pub key: Option<String>,
    /// Its JSON.
    pub payload: String,
    /// When it was added, in milliseconds since 1970.
    pub created_at_ms: i64,
    /// How often it was tried before.
    pub attempts: u32,
    /// Which messages wait for it.
    pub(super) lane: String,
}

impl OutboxMessage {
    /// Reads the payload.
    ///
    /// # Errors
    ///
    /// If it is of another form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.payload)
    }

    /// When it was added.
    pub fn created_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.created_at_ms).unwrap_or_default()
    }
}

/// A message that was tried in vain, and holds up nobody any more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ParkedMessage {
    /// The message.
    pub message: OutboxMessage,
    /// Why it was not taken the last time.
    pub failure: String,
}

impl Db {
    /// The messages of the outbox that were given up, the oldest first, a thousand at most.
    ///
    /// # Errors
    ///
    /// If the statement fails.
    pub async fn parked_messages(&self) -> Result<Vec<ParkedMessage>, Error> {
        store::parked(self).await
    }

    /// Tries a parked message again, before those of its key that wait. Gives whether it was parked.
    ///
    /// # Errors
    ///
    /// If the statement fails.
    pub async fn retry_message(&self, id: Uuid) -> Result<bool, Error> {
        store::retry(self, id).await
    }
}

impl Tx {
    /// Notes that a consumer has a message, and gives whether it is the first time. In the transaction of what the
    /// consumer does, so that a message that comes twice is done once. It is remembered for a week.
    ///
    /// ```
    /// # use kovar_data::{Db, OutboxMessage, sql};
    /// # async fn example(db: Db, message: OutboxMessage) -> Result<(), kovar_data::Error> {
    /// let tx = db.begin().await?;
    /// if tx.is_first_delivery("billing", message.id).await? {
    ///     tx.execute(sql!("update totals set orders = orders + 1")).await?;
    /// }
    /// tx.commit().await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If no outbox was ever [started](super::Outbox::start) on the database, or the statement fails.
    pub async fn is_first_delivery(&self, consumer: &str, message: Uuid) -> Result<bool, Error> {
        store::receive(self, consumer, message).await
    }
}
