//! What is between nodes.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::topic::{Kept, Position, TopicState};

/// What is between nodes. Without one, there is one node.
#[derive(Clone, Debug)]
pub(crate) enum Broker {
    #[cfg(feature = "redis")]
    Redis(Arc<crate::redis::Redis>),
}

/// It cannot be asked.
#[derive(Debug)]
pub(crate) struct Away;

#[cfg_attr(not(feature = "redis"), expect(unused_variables, clippy::unused_async, reason = "there is no broker"))]
impl Broker {
    /// Publishes a message, and gives its place. It comes back to whoever has subscribed, also of this node.
    pub(crate) async fn publish(&self, topic: &TopicState, data: &RawValue) -> Result<u64, Away> {
        match *self {
            #[cfg(feature = "redis")]
            Self::Redis(ref redis) => redis.publish(topic, data).await,
        }
    }

    /// Sees to it that this node is told of a topic's messages, and where the topic is.
    pub(crate) async fn follow(&self, topic: &Arc<TopicState>) -> Result<Position, Away> {
        match *self {
            #[cfg(feature = "redis")]
            Self::Redis(ref redis) => redis.follow(topic).await,
        }
    }

    /// The messages after a place, up to another: all of them, or nothing.
    pub(crate) async fn between(&self, name: &str, after: u64, last: u64) -> Result<Option<Vec<Kept>>, Away> {
        match *self {
            #[cfg(feature = "redis")]
            Self::Redis(ref redis) => redis.between(name, after, last).await,
        }
    }

    /// Nobody of this node has the topic any longer.
    pub(crate) fn leave(&self, name: &Arc<str>) {
        match *self {
            #[cfg(feature = "redis")]
            Self::Redis(ref redis) => redis.leave(name),
        }
    }
}
