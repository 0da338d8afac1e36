//! Topics, as an app holds them.

mod inner;
mod presence;
mod state;
#[cfg_attr(
    not(any(feature = "redis", feature = "nats", feature = "database")),
    expect(dead_code, reason = "there is one node")
)]
mod told;

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use kovar_contract::{Direction, Output, Rules};
use serde_json::value::RawValue;

use crate::error::PublishError;

pub(crate) use self::presence::Present;
pub(crate) use self::state::{Kept, Position, Subscription, TopicState, new_epoch};

/// A family of topics whose messages are `M`s: the rooms of a chat, each under a key of its own.
///
/// ```
/// use kovar_live::Topics;
/// use std::time::Duration;
///
/// # #[derive(Debug)] struct ToClient;
/// /// What is said in a room. A client that was away gets what it missed.
/// static ROOMS: Topics<ToClient> = Topics::new("rooms").history(1_000, Duration::from_secs(3600)).presence();
/// ```
pub struct Topics<M> {
    name: &'static str,
    options: TopicOptions,
    message: PhantomData<fn(M)>,
}

/// What topics of a family have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TopicOptions {
    pub(crate) most_messages: usize,
    pub(crate) longest: Duration,
    pub(crate) has_presence: bool,
    #[cfg(feature = "database")]
    pub(crate) is_durable: bool,
}

impl<M> Topics<M> {
    /// Topics without history and presence.
    pub const fn new(name: &'static str) -> Self {
        let options = TopicOptions {
            most_messages: 0,
            longest: Duration::ZERO,
            has_presence: false,
            #[cfg(feature = "database")]
            is_durable: false,
        };
        Self { name, options, message: PhantomData }
    }

    /// Keeps so many messages, and each for so long: a client that comes again gets those that it missed. They are in memory,
    /// or where the broker between several nodes has them.
    #[must_use]
    pub const fn history(mut self, messages: usize, longest: Duration) -> Self {
        self.options.most_messages = messages;
        self.options.longest = longest;
        self
    }

    /// The same in the app's database: a message that was published is still there after the program has ended, however it
    /// did, and one may be published [with a transaction](Publishing::in_tx). The hub must be
    /// [durable](crate::Live::durable).
    ///
    /// A few more may be kept, for up to a minute longer.
    #[cfg(feature = "database")]
    #[must_use]
    pub const fn durable_history(mut self, messages: usize, longest: Duration) -> Self {
        self.options.is_durable = true;
        self.history(messages, longest)
    }

    /// Tells subscribers who else has subscribed, as far as those say who they are: of a crowd, the first thousand.
    #[must_use]
    pub const fn presence(mut self) -> Self {
        self.options.has_presence = true;
        self
    }

    pub(crate) fn options(&self) -> TopicOptions {
        self.options
    }

    /// The name of the topic of a key.
    pub(crate) fn name_of(&self, key: &dyn fmt::Display) -> String {
        format!("{}/{key}", self.name)
    }
}

/// One topic. Clones are the same.
pub struct Topic<M> {
    pub(crate) state: Arc<TopicState>,
    message: PhantomData<fn(M)>,
}

/// Where a message stands in its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// One more than that of the message before it.
    pub offset: u64,
}

impl<M> Topic<M> {
    pub(crate) fn new(state: Arc<TopicState>) -> Self {
        Self { state, message: PhantomData }
    }

    /// Its name: the family's and its key.
    pub fn name(&self) -> &str {
        &self.state.name
    }

    /// How many have subscribed, of this process.
    pub fn subscribers(&self) -> usize {
        self.state.subscribers()
    }
}

impl<M: Output> Topic<M> {
    /// Sends a message to all who have subscribed, once this is awaited. It is written once, however many those are.
    ///
    /// ```
    /// # use kovar_live::{PublishError, Topic};
    /// # async fn example(numbers: &Topic<i64>) -> Result<(), PublishError> {
    /// let published = numbers.publish(&7).await?;
    /// println!("it is number {}", published.offset);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the message breaks its own contract: then nobody gets it. With a broker or a database that is
    /// [away](PublishError::is_away), nobody gets it either, or only [those of this node](PublishError::was_told_here).
    pub fn publish(&self, message: &M) -> Publishing {
        Publishing { topic: Arc::clone(&self.state), data: written(message) }
    }
}

fn written<M: Output>(message: &M) -> Result<Box<RawValue>, PublishError> {
    if !message.accepts(&Rules::NONE, Direction::Output) {
        return Err(PublishError::broken(message));
    }
    serde_json::value::to_raw_value(message).map_err(|cause| PublishError::unwritable(&cause))
}

/// A message that is published when this is awaited, or with a transaction.
#[derive(Debug)]
#[must_use = "a message is published when this is awaited"]
pub struct Publishing {
    topic: Arc<TopicState>,
    data: Result<Box<RawValue>, PublishError>,
}

impl Publishing {
    /// Publishes the message if the transaction commits, and then. Who has subscribed gets those of a topic in the order
    /// of their commits, and none is skipped; who was away gets it with the [history](Topics::durable_history).
    ///
    /// Other transactions that publish to this topic wait from here to the end of this one: their messages have their places
    /// one after the other.
    ///
    /// ```
    /// # use kovar_data::{Db, sql};
    /// # use kovar_live::Topic;
    /// # async fn example(db: Db, orders: &Topic<i64>) -> Result<(), Box<dyn std::error::Error>> {
    /// let tx = db.begin().await?;
    /// let id: i64 = tx.one(sql!("insert into orders (total) values (7) returning id")).await?;
    /// orders.publish(&id).in_tx(&tx).await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the message breaks its own contract, or the database refuses the statement, by which the transaction is undone.
    ///
    /// # Panics
    ///
    /// If the topic's history is not [durable](Topics::durable_history), or in another database than the transaction.
    #[cfg(feature = "database")]
    pub async fn in_tx(self, tx: &kovar_data::Tx) -> Result<Published, PublishError> {
        let offset = self.topic.publish_in(tx, &self.data?).await?;
        Ok(Published { offset })
    }
}

impl IntoFuture for Publishing {
    type Output = Result<Published, PublishError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move { self.topic.publish(&self.data?).await.map(|offset| Published { offset }) }.boxed()
    }
}

impl<M> Clone for Topic<M> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.state))
    }
}

impl<M> fmt::Debug for Topic<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Topic").field("name", &self.state.name).finish_non_exhaustive()
    }
}

impl<M> fmt::Debug for Topics<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Topics").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
