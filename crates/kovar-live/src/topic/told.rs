//! What others tell a node of a topic.

use std::sync::Arc;
#[cfg(feature = "database")]
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use serde_json::value::RawValue;

use super::state::{Kept, Position, TopicState};
#[cfg(any(feature = "redis", feature = "nats"))]
use crate::broker::Keeper;

impl TopicState {
    /// Whether the broker gives its messages their places.
    #[cfg(any(feature = "redis", feature = "nats"))]
    pub(crate) fn is_kept_by_broker(&self) -> bool {
        matches!(self.keeper, Keeper::Broker(_))
    }

    /// How many messages are kept, and for how long.
    pub(crate) fn history(&self) -> (usize, Duration) {
        (self.options.most_messages, self.options.longest)
    }

    /// Whether somebody of this node has subscribed, or is about to.
    #[cfg(feature = "database")]
    pub(crate) fn wants_news(&self) -> bool {
        self.wants_news.load(SeqCst)
    }

    /// Takes a message of which this node is told, and reads those of which it was not.
    pub(crate) async fn hear(self: &Arc<Self>, at: &Position, data: &RawValue) {
        if let Some(has) = self.told(at, data) {
            self.read_missed(&has, at).await;
        }
        self.has_room().await;
    }

    /// Looks where the topic is now: something may have been said of which this node was not told.
    pub(crate) async fn is_at(self: &Arc<Self>, now: &Position) {
        let has = self.position();
        if has.epoch != now.epoch || has.offset < now.offset {
            self.read_missed(&has, now).await;
        }
    }

    pub(crate) async fn read_missed(self: &Arc<Self>, has: &Position, now: &Position) {
        let missed = match has.epoch == now.epoch {
            true => self.keeper.between(&self.name, has, now.offset).await.unwrap_or_default(),
            false => None,
        };
        self.catch_up(now, missed);
    }

    /// Takes a message. Gives where this node is, if it was not told of some before.
    pub(crate) fn told(&self, at: &Position, data: &RawValue) -> Option<Position> {
        let mut inner = self.inner();
        if inner.epoch.is_empty() {
            self.adopt(&mut inner, &at.epoch, at.offset - 1);
        }
        let has = Position { epoch: inner.epoch.to_string(), offset: inner.offset };
        if at.epoch != has.epoch || at.offset > has.offset + 1 {
            return Some(has);
        }
        if at.offset == has.offset + 1 {
            self.deliver(&mut inner, at.offset, data);
        }
        None
    }

    /// Gives subscribers what this node was not told of, or tells them that it is gone.
    fn catch_up(&self, now: &Position, missed: Option<Vec<Kept>>) {
        let mut inner = self.inner();
        for kept in missed.into_iter().flatten() {
            if kept.offset == inner.offset + 1 && *inner.epoch == *now.epoch {
                self.deliver(&mut inner, kept.offset, &kept.data);
            }
        }
        if *inner.epoch != *now.epoch || inner.offset < now.offset {
            self.adopt(&mut inner, &now.epoch, now.offset);
        }
    }

    fn position(&self) -> Position {
        let inner = self.inner();
        Position { epoch: inner.epoch.to_string(), offset: inner.offset }
    }
}
