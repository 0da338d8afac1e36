//! What is between nodes, and who keeps what was said.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;

use crate::company::{Company, Told};
use crate::topic::{Kept, Position, TopicState};

/// Who gives the messages of a topic their places, and keeps them.
#[derive(Clone, Debug)]
pub(crate) enum Keeper {
    /// This node, in memory.
    Node,
    /// The broker, for all nodes.
    Broker(Arc<dyn Broker>),
    /// The app's database, for all nodes.
    #[cfg(feature = "database")]
    Database(Arc<crate::database::Database>),
}

/// What is between nodes. Without one, there is one node.
pub(crate) trait Broker: fmt::Debug + Send + Sync {
    /// Publishes a message of a topic that the broker keeps, and gives its place. It comes back to whoever has subscribed,
    /// also of this node.
    fn publish<'b>(&'b self, topic: &'b TopicState, data: &'b RawValue) -> BoxFuture<'b, Result<u64, NotTaken>>;

    /// Sees to it that this node is told of a topic's messages, and of who is there.
    fn follow<'b>(&'b self, topic: &'b Arc<TopicState>) -> BoxFuture<'b, Result<(), Away>>;

    /// Nobody of this node has the topic any longer.
    fn leave(&self, name: &Arc<str>);

    /// Where a topic is that the broker keeps.
    fn position<'b>(&'b self, topic: &'b TopicState) -> BoxFuture<'b, Result<Position, Away>>;

    /// The messages after a place, up to another, of a topic that the broker keeps: all of them, or nothing.
    fn between<'b>(
        &'b self,
        name: &'b str,
        after: &'b Position,
        last: u64,
    ) -> BoxFuture<'b, Result<Option<Vec<Kept>>, Away>>;

    /// Tells all nodes that follow a topic of a message that has its place from somebody else. This node, if it follows the
    /// topic, hears it, too.
    #[cfg_attr(not(feature = "database"), expect(dead_code, reason = "the broker gives all places"))]
    fn tell<'b>(&'b self, name: &'b str, at: &'b Position, data: &'b RawValue) -> BoxFuture<'b, Result<(), Away>>;

    /// Tells other nodes something, once at most.
    fn announce<'b>(&'b self, told: &'b Told) -> BoxFuture<'b, Result<(), Away>>;

    /// Begins to listen to other nodes, once.
    fn begin(&self);

    fn company(&self) -> &Company;
}

/// It cannot be asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Away {
    /// Whether it may have done what it was asked for.
    pub(crate) may_have_it: bool,
}

/// A message was not taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NotTaken {
    Away(Away),
    /// It has more bytes than the broker takes.
    #[cfg_attr(not(feature = "nats"), expect(dead_code, reason = "Redis takes them all"))]
    TooLong {
        bytes: usize,
        most: usize,
    },
}

impl From<Away> for NotTaken {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}

impl Away {
    /// It was not asked.
    pub(crate) const NOT_ASKED: Self = Self { may_have_it: false };
}

impl Keeper {
    /// Where a topic is. From now on, this node looks from time to time whether it was told of everything.
    pub(crate) async fn follow(&self, topic: &Arc<TopicState>) -> Result<Position, Away> {
        match self {
            Self::Node => Err(Away::NOT_ASKED),
            Self::Broker(broker) => broker.position(topic).await,
            #[cfg(feature = "database")]
            Self::Database(database) => database.follow(topic).await,
        }
    }

    /// The messages after a place, up to another: all of them, or nothing.
    pub(crate) async fn between(&self, name: &str, after: &Position, last: u64) -> Result<Option<Vec<Kept>>, Away> {
        match self {
            Self::Node => Ok(None),
            Self::Broker(broker) => broker.between(name, after, last).await,
            #[cfg(feature = "database")]
            Self::Database(database) => database.between(name, after, last).await,
        }
    }

    /// Nobody of this node has the topic any longer.
    pub(crate) fn leave(&self, _name: &Arc<str>) {
        match self {
            Self::Node | Self::Broker(_) => {}
            #[cfg(feature = "database")]
            Self::Database(database) => database.leave(_name),
        }
    }
}
