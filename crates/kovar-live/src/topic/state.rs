//! A topic as the hub has it.

use std::hash::BuildHasher as _;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::TopicOptions;
use super::inner::Inner;
use super::presence::{Change, Present};
use crate::broker::{Away, Broker, Keeper, NotTaken};
use crate::company::{ANSWERS_WITHIN, Told};
use crate::connection::Connection;
use crate::error::PublishError;
use crate::metrics::Counts;
use crate::overview::BusyTopic;
use crate::protocol::{FromServer, frame};
use crate::worker::{List, Publication, Worker};

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
    pub(super) options: TopicOptions,
    id: u64,
    counts: Arc<Counts>,
    /// Who gives messages their places.
    pub(super) keeper: Keeper,
    /// What is between nodes.
    broker: Option<Arc<dyn Broker>>,
    /// Whether this node is told of what others publish.
    is_followed: tokio::sync::Mutex<Following>,
    /// Whether it wants to be.
    pub(super) wants_news: AtomicBool,
    /// Told when another node has said who is there.
    pub(super) answered: Notify,
    inner: Mutex<Inner>,
}

/// Whether a node is told of what others publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Following {
    No,
    /// It could not be, when that was tried last.
    Tried(tokio::time::Instant),
    Yes,
}

/// How long after an attempt that failed nobody tries again: those who come meanwhile would wait in line, each for as long.
const PAUSE: Duration = Duration::from_secs(1);

/// A connection's place among the subscribers of a topic, which ends with this.
#[derive(Debug)]
pub(crate) struct Subscription {
    topic: Arc<TopicState>,
    list: Arc<List>,
    key: usize,
    member: Option<Arc<str>>,
}

impl TopicState {
    pub(crate) fn new(
        name: Arc<str>,
        options: TopicOptions,
        counts: Arc<Counts>,
        keeper: Keeper,
        broker: Option<Arc<dyn Broker>>,
    ) -> Self {
        let id = foldhash::fast::FixedState::default().hash_one(&*name);
        let epoch = match keeper {
            Keeper::Node => new_epoch().into(),
            _ => Arc::default(),
        };
        let (is_followed, wants_news) = (tokio::sync::Mutex::new(Following::No), AtomicBool::new(false));
        let (answered, inner) = (Notify::new(), Mutex::new(Inner::new(epoch)));
        Self { name, options, id, counts, keeper, broker, is_followed, wants_news, answered, inner }
    }

    pub(crate) async fn publish(self: &Arc<Self>, data: &RawValue) -> Result<u64, PublishError> {
        self.counts.published.fetch_add(1, Relaxed);
        let offset = match &self.keeper {
            Keeper::Node => self.deliver_next(data),
            Keeper::Broker(broker) => match broker.publish(self, data).await {
                // It comes back, also to this node.
                Ok(offset) => return Ok(offset),
                Err(NotTaken::Away(away)) => return Err(self.tell_here(data, away).await),
                Err(NotTaken::TooLong { bytes, most }) => return Err(PublishError::too_long(bytes, most)),
            },
            #[cfg(feature = "database")]
            Keeper::Database(database) => database.publish(self, data).await?,
        };
        self.has_room().await;
        Ok(offset)
    }

    /// Tells those who are here of a message of which the others cannot be told. It has no place, so who keeps a log sees
    /// that it is not in it.
    async fn tell_here(&self, data: &RawValue, away: Away) -> PublishError {
        // It may still come back; without a history, better twice than never.
        let is_told = !away.may_have_it || self.options.most_messages == 0;
        if is_told {
            let frame = FromServer { topic: Some(&self.name), data: Some(data), ..FromServer::default() };
            self.inner().post_message(&frame);
            self.has_room().await;
        }
        PublishError::away(is_told)
    }

    #[cfg(feature = "database")]
    pub(super) async fn publish_in(
        self: &Arc<Self>,
        tx: &kovar_data::Tx,
        data: &RawValue,
    ) -> Result<u64, PublishError> {
        let Keeper::Database(database) = &self.keeper else {
            panic!("messages of `{}` cannot be part of a transaction: the topic's history is not durable", self.name)
        };
        self.counts.published.fetch_add(1, Relaxed);
        database.publish_in(tx, self, data).await
    }

    fn deliver_next(&self, data: &RawValue) -> u64 {
        let mut inner = self.inner();
        let offset = inner.offset + 1;
        self.deliver(&mut inner, offset, data);
        offset
    }

    /// Sends the message of a place to those who have subscribed.
    pub(super) fn deliver(&self, inner: &mut Inner, offset: u64, data: &RawValue) {
        inner.offset = offset;
        let publication = inner.post_message(&self.message(offset, data));
        if self.options.most_messages > 0 {
            inner.history.push_back((Instant::now(), publication));
            inner.trim(&self.options);
        }
    }

    /// Goes on from a place. Who has subscribed by now may have missed something before it.
    pub(super) fn adopt(&self, inner: &mut Inner, epoch: &str, offset: u64) {
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
    async fn follow(self: &Arc<Self>) {
        if matches!(self.keeper, Keeper::Node) {
            return;
        }
        let mut is_followed = self.is_followed.lock().await;
        match *is_followed {
            Following::Yes => return,
            Following::Tried(at) if at.elapsed() < PAUSE => return,
            Following::Tried(_) | Following::No => {}
        }
        // Before it is asked where the topic is: what comes in between is not missed.
        self.wants_news.store(true, SeqCst);
        // Where the broker is away, those who subscribe get what this node has, and the rest once it is back.
        let has_ears = match &self.broker {
            Some(broker) => broker.follow(self).await.is_ok(),
            None => true,
        };
        let has_place = match self.keeper.follow(self).await {
            Ok(now) => {
                self.is_at(&now).await;
                true
            }
            Err(_) => false,
        };
        if let Some(broker) = &self.broker
            && has_ears
            && self.options.has_presence
        {
            self.ask_who_is_there(&**broker).await;
        }
        // From when all of it is over: those in line come after that.
        *is_followed =
            if has_ears && has_place { Following::Yes } else { Following::Tried(tokio::time::Instant::now()) };
    }

    async fn ask_who_is_there(&self, broker: &dyn Broker) {
        let company = broker.company();
        let others = company.others();
        if broker.announce(&company.question(self.name.to_string(), None)).await.is_ok() {
            // Who answers later has come later.
            let _ = timeout(ANSWERS_WITHIN, self.has_heard_of(&others)).await;
        }
    }

    /// What came after a place and before what this node has itself.
    async fn kept_since(&self, at: &Position) -> Option<(u64, Vec<Kept>)> {
        let (last, is_needed) = {
            let inner = self.inner();
            let is_same = *inner.epoch == *at.epoch && at.offset <= inner.offset;
            let has_all = inner.since(at).is_some();
            (inner.offset, is_same && !has_all)
        };
        match is_needed {
            false => None,
            true => Some((last, self.keeper.between(&self.name, at, last).await.ok()??)),
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
        self.follow().await;
        let kept = match at {
            Some(at) => self.kept_since(at).await,
            None => None,
        };
        let (subscription, recovered, change) = self.add(worker, connection, at, kept.as_ref(), member);
        if let Some(change) = change {
            self.announce(change).await;
        }
        (subscription, recovered)
    }

    fn add(
        self: &Arc<Self>,
        worker: &Arc<Worker>,
        connection: &Arc<Connection>,
        at: Option<&Position>,
        kept: Option<&(u64, Vec<Kept>)>,
        member: Option<Present>,
    ) -> (Subscription, Option<bool>, Option<Change>) {
        let mut inner = self.inner();
        inner.trim(&self.options);
        let missed = at.map(|at| match kept {
            None => inner.since(at),
            Some((last, kept)) => {
                let rest = inner.since(&Position { epoch: at.epoch.clone(), offset: *last })?;
                let kept = kept.iter().map(|kept| Publication::new(0, &self.message(kept.offset, &kept.data)));
                Some(kept.chain(rest).collect())
            }
        });
        let recovered = missed.as_ref().map(Option::is_some);
        let member = member.filter(|_| self.options.has_presence);
        let change = member.as_ref().and_then(|member| self.comes(&mut inner, member));
        let present = inner.presence.members();
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
        let member = change.is_some().then_some(member).flatten().map(|member| member.id);
        (Subscription { topic: Arc::clone(self), list, key, member }, recovered, change)
    }

    /// Tells other nodes of a client of this one.
    async fn announce(&self, change: Change) {
        let Some(broker) = &self.broker else { return };
        let (node, topic) = (broker.company().own.clone(), self.name.to_string());
        let told = match change {
            Change::Joined(changes, who) => Told::Joined { node, topic, changes, who },
            Change::Left(changes, who) => Told::Left { node, topic, changes, who },
        };
        // Who is not told asks, once it sees the gap.
        let _ = broker.announce(&told).await;
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

    /// The topic, as a connection that drops messages tells it from others.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// How busy it is.
    pub(crate) fn look(&self, now: Instant) -> BusyTopic {
        let mut inner = self.inner();
        inner.trim(&self.options);
        let (messages, kept) = (inner.messages, inner.history.len());
        BusyTopic {
            name: Arc::clone(&self.name),
            subscribers: inner.lists.iter().map(|list| list.len()).sum(),
            per_second: inner.rate.look(now, messages),
            messages,
            kept,
        }
    }

    /// Whether nobody would miss it.
    pub(crate) fn is_idle(&self) -> bool {
        let mut inner = self.inner();
        inner.trim(&self.options);
        inner.lists.retain(|list| list.len() > 0);
        inner.lists.is_empty() && inner.history.is_empty()
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A life of a topic.
pub(crate) fn new_epoch() -> String {
    format!("{:012x}", rand::random::<u64>() >> 16)
}

impl Drop for TopicState {
    fn drop(&mut self) {
        self.keeper.leave(&self.name);
        if let Some(broker) = &self.broker {
            broker.leave(&self.name);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut inner = self.topic.inner();
        self.list.remove(self.key);
        let Some(change) = self.member.take().and_then(|id| self.topic.goes(&mut inner, &id)) else { return };
        drop(inner);
        // Where nothing runs any longer, the node is about to be gone.
        if self.topic.broker.is_some()
            && let Ok(runtime) = Handle::try_current()
        {
            let topic = Arc::clone(&self.topic);
            runtime.spawn(async move { topic.announce(change).await });
        }
    }
}
