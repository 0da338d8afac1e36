//! Topics: what is published to them, who has subscribed, what was said, and who is there.

use std::collections::VecDeque;
use std::fmt;
use std::hash::BuildHasher as _;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kovar_contract::{Direction, Output, Rules};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::broker::Broker;
use crate::connection::Connection;
use crate::error::PublishError;
use crate::metrics::Counts;
use crate::protocol::{FromServer, Member, frame};
use crate::worker::{List, Publication, Worker};

/// How many of those who are present are told of. To tell each of a crowd of everybody in it takes the square of their
/// number.
const PRESENT: usize = 1_000;

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
    most_messages: usize,
    longest: Duration,
    pub(crate) has_presence: bool,
}

impl<M> Topics<M> {
    /// Topics without history and presence.
    pub const fn new(name: &'static str) -> Self {
        let options = TopicOptions { most_messages: 0, longest: Duration::ZERO, has_presence: false };
        Self { name, options, message: PhantomData }
    }

    /// Keeps so many messages, and each for so long: a client that comes again gets those that it missed.
    #[must_use]
    pub const fn history(mut self, messages: usize, longest: Duration) -> Self {
        self.options.most_messages = messages;
        self.options.longest = longest;
        self
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
    /// Sends a message to all who have subscribed. It is written once, however many those are.
    ///
    /// # Errors
    ///
    /// If the message breaks its own contract: then nobody gets it. With a broker that is [away](PublishError::is_away),
    /// nobody gets it either, but of a topic without history those of this node.
    pub async fn publish(&self, message: &M) -> Result<Published, PublishError> {
        if !message.accepts(&Rules::NONE, Direction::Output) {
            return Err(PublishError::broken(message));
        }
        let data = serde_json::value::to_raw_value(message).map_err(|cause| PublishError::unwritable(&cause))?;
        self.state.publish(&data).await.map(|offset| Published { offset })
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

/// Somebody who is there, with what they said of themselves.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    pub(crate) id: Arc<str>,
    pub(crate) since: Timestamp,
    pub(crate) data: Option<Arc<RawValue>>,
}

/// Where a client was in a topic when it was last there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) epoch: String,
    pub(crate) offset: u64,
}

/// A message that somebody has kept.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) offset: u64,
    pub(crate) data: Box<RawValue>,
}

/// A topic as the hub has it.
#[derive(Debug)]
pub(crate) struct TopicState {
    pub(crate) name: Arc<str>,
    id: u64,
    options: TopicOptions,
    counts: Arc<Counts>,
    broker: Option<Broker>,
    /// Whether this node is told of what others publish.
    is_followed: tokio::sync::Mutex<bool>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The life of the topic in which its offsets count; empty until the broker has said which it is.
    epoch: Arc<str>,
    /// That of the last message.
    offset: u64,
    /// How much was sent to subscribers: messages, who came, who left.
    posted: u64,
    history: VecDeque<(Instant, Arc<Publication>)>,
    lists: Vec<Arc<List>>,
    present: Vec<Present>,
}

/// A connection's place among the subscribers of a topic, which ends with this.
#[derive(Debug)]
pub(crate) struct Subscription {
    topic: Arc<TopicState>,
    list: Arc<List>,
    key: usize,
    member: Option<Arc<str>>,
}

impl TopicState {
    pub(crate) fn new(name: Arc<str>, options: TopicOptions, counts: Arc<Counts>, broker: Option<Broker>) -> Self {
        let id = foldhash::fast::FixedState::default().hash_one(&*name);
        let epoch = match broker {
            None => new_epoch().into(),
            Some(_) => Arc::default(),
        };
        let inner =
            Inner { epoch, offset: 0, posted: 0, history: VecDeque::new(), lists: Vec::new(), present: Vec::new() };
        let is_followed = tokio::sync::Mutex::new(false);
        Self { name, id, options, counts, broker, is_followed, inner: Mutex::new(inner) }
    }

    pub(crate) async fn publish(&self, data: &RawValue) -> Result<u64, PublishError> {
        self.counts.published.fetch_add(1, Relaxed);
        let Some(broker) = &self.broker else {
            let offset = self.deliver_next(data);
            self.has_room().await;
            return Ok(offset);
        };
        let published = broker.publish(self, data).await;
        if published.is_err() && self.options.most_messages == 0 {
            // Nobody would miss it later: so those who are here get it now.
            let frame = FromServer { topic: Some(&self.name), data: Some(data), ..FromServer::default() };
            self.inner().post(&frame);
            self.has_room().await;
        }
        published.map_err(|_| PublishError::away())
    }

    fn deliver_next(&self, data: &RawValue) -> u64 {
        let mut inner = self.inner();
        let offset = inner.offset + 1;
        self.deliver(&mut inner, offset, data);
        offset
    }

    /// Sends the message of a place to those who have subscribed.
    fn deliver(&self, inner: &mut Inner, offset: u64, data: &RawValue) {
        inner.offset = offset;
        let publication = inner.post(&self.message(offset, data));
        if self.options.most_messages > 0 {
            inner.history.push_back((Instant::now(), publication));
            inner.trim(&self.options);
        }
    }

    /// Goes on from a place. Who has subscribed by now may have missed something before it.
    fn adopt(&self, inner: &mut Inner, epoch: &str, offset: u64) {
        inner.epoch = epoch.into();
        inner.offset = offset;
        inner.history.clear();
        let (epoch, recovered) = (Some(epoch), Some(false));
        inner.post(&FromServer {
            topic: Some(&self.name),
            epoch,
            offset: Some(offset),
            recovered,
            ..FromServer::default()
        });
    }

    /// Sees to it that this node is told of what others publish.
    async fn follow(self: &Arc<Self>, broker: &Broker) {
        let mut is_followed = self.is_followed.lock().await;
        if *is_followed {
            return;
        }
        // Where the broker is away, those who subscribe get what this node has, and the rest once it is back.
        if let Ok(now) = broker.follow(self).await {
            let mut inner = self.inner();
            if inner.epoch.is_empty() {
                self.adopt(&mut inner, &now.epoch, now.offset);
            }
            *is_followed = true;
        }
    }

    /// What came after a place and before what this node has itself.
    async fn kept_since(&self, broker: &Broker, at: &Position) -> Option<(u64, Vec<Kept>)> {
        let (last, is_needed) = {
            let inner = self.inner();
            let is_same = *inner.epoch == *at.epoch && at.offset <= inner.offset;
            let has_all = inner.since(at).is_some();
            (inner.offset, is_same && !has_all)
        };
        match is_needed {
            false => None,
            true => Some((last, broker.between(&self.name, at.offset, last).await.ok()??)),
        }
    }

    /// Adds a connection, and sends it first what it missed. Gives whether it has all of that; `None` if it was never there.
    pub(crate) async fn subscribe(
        self: &Arc<Self>,
        worker: &Arc<Worker>,
        connection: &Arc<Connection>,
        at: Option<&Position>,
        member: Option<Present>,
    ) -> (Subscription, Option<bool>) {
        let mut kept = None;
        if let Some(broker) = &self.broker {
            self.follow(broker).await;
            if let Some(at) = at {
                kept = self.kept_since(broker, at).await;
            }
        }
        let mut inner = self.inner();
        inner.trim(&self.options);
        let missed = at.map(|at| match &kept {
            None => inner.since(at),
            Some((last, kept)) => {
                let rest = inner.since(&Position { epoch: at.epoch.clone(), offset: *last })?;
                let kept = kept.iter().map(|kept| Publication::new(0, &self.message(kept.offset, &kept.data)));
                Some(kept.chain(rest).collect())
            }
        });
        let recovered = missed.as_ref().map(Option::is_some);
        let member = member.filter(|_| self.options.has_presence);
        if let Some(member) = &member {
            if inner.present.len() < PRESENT {
                self.came_or_left(&mut inner, member, true);
            }
            inner.present.push(member.clone());
        }
        let present: Vec<_> = inner.present.iter().take(PRESENT).map(Present::as_member).collect();
        let subscribed = FromServer {
            topic: Some(&self.name),
            epoch: Some(&*inner.epoch).filter(|epoch| !epoch.is_empty()),
            offset: Some(inner.offset),
            recovered,
            present: self.options.has_presence.then_some(present.as_slice()),
            ..FromServer::default()
        };
        let missed = missed.flatten().unwrap_or_default();
        let frames = std::iter::once(frame(&subscribed, connection.encoding))
            .chain(missed.iter().map(|publication| publication.frame.bytes(connection.encoding)));
        connection.send_all(frames);
        let list = inner.list_of(worker, self.id);
        let key = list.add(connection, inner.posted);
        let member = member.map(|member| member.id);
        (Subscription { topic: Arc::clone(self), list, key, member }, recovered)
    }

    fn message<'m>(&'m self, offset: u64, data: &'m RawValue) -> FromServer<'m> {
        FromServer { topic: Some(&self.name), offset: Some(offset), data: Some(data), ..FromServer::default() }
    }

    /// Waits until those who have subscribed can be sent more.
    pub(crate) async fn has_room(&self) {
        let full = |list: &&Arc<List>| list.worker.is_full();
        let workers: Vec<_> = self.inner().lists.iter().filter(full).map(|list| Arc::clone(&list.worker)).collect();
        for worker in workers {
            worker.has_room().await;
        }
    }

    pub(crate) fn subscribers(&self) -> usize {
        self.inner().lists.iter().map(|list| list.len()).sum()
    }

    /// Whether nobody would miss it.
    pub(crate) fn is_idle(&self) -> bool {
        let mut inner = self.inner();
        inner.trim(&self.options);
        inner.lists.retain(|list| list.len() > 0);
        inner.lists.is_empty() && inner.history.is_empty()
    }

    fn came_or_left(&self, inner: &mut Inner, member: &Present, has_come: bool) {
        let who = Some(member.as_member());
        let (joined, left) = if has_come { (who, None) } else { (None, who) };
        inner.post(&FromServer { topic: Some(&self.name), joined, left, ..FromServer::default() });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a broker asks for and tells.
#[cfg(feature = "redis")]
impl TopicState {
    /// How many messages are kept, and for how long.
    pub(crate) fn history(&self) -> (usize, Duration) {
        (self.options.most_messages, self.options.longest)
    }

    /// The broker tells of a message. Gives where this node is, if it was not told of some before.
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

    /// Where this node is, if others are further.
    pub(crate) fn is_behind(&self, now: &Position) -> Option<Position> {
        let inner = self.inner();
        let is_behind = *inner.epoch != *now.epoch || inner.offset < now.offset;
        is_behind.then(|| Position { epoch: inner.epoch.to_string(), offset: inner.offset })
    }

    /// Gives subscribers what this node was not told of, or tells them that it is gone.
    pub(crate) fn catch_up(&self, now: &Position, missed: Option<Vec<Kept>>) {
        let mut inner = self.inner();
        if let Some(missed) = missed {
            for kept in missed {
                if kept.offset == inner.offset + 1 {
                    self.deliver(&mut inner, kept.offset, &kept.data);
                }
            }
            if inner.offset >= now.offset {
                return;
            }
        }
        if *inner.epoch == *now.epoch && inner.offset >= now.offset {
            return;
        }
        self.adopt(&mut inner, &now.epoch, now.offset);
    }
}

/// A life of a topic.
pub(crate) fn new_epoch() -> String {
    format!("{:012x}", rand::random::<u64>() >> 16)
}

impl Inner {
    /// Sends a frame to all who have subscribed by now.
    fn post(&mut self, frame: &FromServer<'_>) -> Arc<Publication> {
        self.posted += 1;
        let publication = Publication::new(self.posted, frame);
        for list in self.lists.iter().filter(|list| list.len() > 0) {
            list.worker.post(list, &publication);
        }
        publication
    }

    fn list_of(&mut self, worker: &Arc<Worker>, topic: u64) -> Arc<List> {
        if let Some(list) = self.lists.iter().find(|list| Arc::ptr_eq(&list.worker, worker)) {
            return Arc::clone(list);
        }
        let list = Arc::new(List::new(worker, topic));
        self.lists.push(Arc::clone(&list));
        list
    }

    /// What came after a place: all of it, or nothing.
    fn since(&self, at: &Position) -> Option<Vec<Arc<Publication>>> {
        if at.epoch != *self.epoch || at.offset > self.offset {
            return None;
        }
        let missed = self.offset - at.offset;
        let first = (self.history.len() as u64).checked_sub(missed)?;
        Some(self.history.iter().skip(first as usize).map(|(_, publication)| Arc::clone(publication)).collect())
    }

    fn trim(&mut self, options: &TopicOptions) {
        while let Some((at, _)) = self.history.front()
            && (self.history.len() > options.most_messages || at.elapsed() > options.longest)
        {
            self.history.pop_front();
        }
    }
}

impl Present {
    fn as_member(&self) -> Member<'_> {
        Member { id: &self.id, since: self.since, data: self.data.as_deref() }
    }

    /// Somebody who comes now.
    pub(crate) fn new(id: Arc<str>, data: &impl Serialize) -> Result<Self, serde_json::Error> {
        let data = serde_json::value::to_raw_value(data)?;
        Ok(Self { id, since: Timestamp::now(), data: Some(data.into()) })
    }
}

impl Drop for TopicState {
    fn drop(&mut self) {
        if let Some(broker) = &self.broker {
            broker.leave(&self.name);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut inner = self.topic.inner();
        self.list.remove(self.key);
        let Some(id) = self.member.take() else { return };
        if let Some(index) = inner.present.iter().position(|present| present.id == id) {
            let member = inner.present.remove(index);
            if index < PRESENT {
                self.topic.came_or_left(&mut inner, &member, false);
            }
        }
    }
}

#[cfg(test)]
mod tests;
