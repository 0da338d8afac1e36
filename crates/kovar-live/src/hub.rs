//! All topics and connections of an app.

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderValue;

use crate::broker::{Broker, Keeper};
use crate::callers::Callers;
#[cfg(feature = "database")]
use crate::database::Database;
use crate::error::BrokerError;
use crate::limits::Limits;
use crate::metrics::Counts;
use crate::rate::Rate;
use crate::sessions::Sessions;
use crate::topic::{Topic, TopicState, Topics};
use crate::worker::Workers;

const SHARDS: usize = 32;

/// All topics and connections of an app: what publishes, wherever it is. Clones are the same.
///
/// An app with a channel has one, to be asked for as `Dep<Live>`.
#[derive(Clone, Default)]
pub struct Live(Arc<Hub>);

#[derive(Default)]
pub(crate) struct Hub {
    topics: [Mutex<HashMap<Arc<str>, Arc<TopicState>>>; SHARDS],
    pub(crate) workers: Workers,
    pub(crate) limits: Limits,
    /// Whether messages are compressed where the client can read that.
    pub(crate) compresses: bool,
    pub(crate) counts: Arc<Counts>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) callers: Arc<Callers>,
    /// Of all that is published, for whoever looks.
    rate: Mutex<Rate>,
    broker: Option<Arc<dyn Broker>>,
    /// Whether the app has a database in which topics may be kept, and once it has started, that database.
    #[cfg(feature = "database")]
    is_durable: bool,
    #[cfg(feature = "database")]
    database: std::sync::OnceLock<Arc<Database>>,
    /// Origins whose pages may open channels, beside the app's own.
    trusted: Vec<String>,
}

impl Live {
    /// A hub of this process alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// A hub, and what is between its nodes: `memory:` for one node alone, and for several
    /// `redis://user:password@host:6379/0` (feature `live-redis`) or `nats://user:password@host:4222` (feature `live-nats`).
    /// Who has subscribed on one node gets what is published on another.
    ///
    /// NATS needs `JetStream`. Its URL may name several servers of a cluster, with commas between them, `tls://` instead, a
    /// token instead of a user and a password, and after a `?` `credentials=FILE` for a file of a JWT and its key, and
    /// `replicas=N` for on how many servers streams are that are made (default: 1).
    ///
    /// The broker need not be there yet: it is looked for until it is.
    ///
    /// # Errors
    ///
    /// If the URL is of neither, or cannot be read.
    pub fn open(url: &str) -> Result<Self, BrokerError> {
        let live = Self::new();
        let broker = match url.split(':').next().unwrap_or_default() {
            "memory" => None,
            #[cfg(feature = "redis")]
            "redis" | "rediss" | "redis+unix" => {
                let redis = crate::redis::Redis::open(url, Arc::clone(&live.0.sessions));
                Some(redis.map_err(|_| BrokerError::unreadable())? as Arc<dyn Broker>)
            }
            #[cfg(feature = "nats")]
            "nats" | "tls" => Some(crate::nats::Nats::open(url, Arc::clone(&live.0.sessions))? as Arc<dyn Broker>),
            #[cfg(not(feature = "nats"))]
            "nats" | "tls" => return Err(BrokerError::off("live-nats")),
            #[cfg(not(feature = "redis"))]
            "redis" | "rediss" | "redis+unix" => return Err(BrokerError::off("live-redis")),
            _ => return Err(BrokerError::unreadable()),
        };
        Ok(live.changed(|hub| hub.broker = broker))
    }

    /// The hub that `KOVAR_LIVE` names, as [`open`](Self::open) has it; one of this process alone where it is not set.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_env() -> Result<Self, BrokerError> {
        match std::env::var("KOVAR_LIVE") {
            Ok(url) => Self::open(&url),
            Err(_) => Ok(Self::new()),
        }
    }

    /// The topic of a key.
    ///
    /// # Panics
    ///
    /// If the topic's history is durable, and the hub [is not](Self::durable), or its app has not started.
    pub fn topic<M>(&self, topics: &Topics<M>, key: impl fmt::Display) -> Topic<M> {
        Topic::new(self.0.topic(topics.name_of(&key).into(), topics))
    }

    /// What channels allow.
    ///
    /// # Panics
    ///
    /// If the hub is in use already.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        self.changed(|hub| hub.limits = limits)
    }

    /// Compresses messages for clients that can read that. Default: no, since it costs time for each message, and most are
    /// short.
    ///
    /// # Panics
    ///
    /// If the hub is in use already.
    #[must_use]
    pub fn compressed(self) -> Self {
        self.changed(|hub| hub.compresses = true)
    }

    /// Keeps topics with a [durable history](Topics::durable_history) in the app's database, from its start on: it must have
    /// a `Db`. Nodes of one PostgreSQL tell each other what was published to these topics, also without a broker.
    ///
    /// # Panics
    ///
    /// If the hub is in use already.
    #[cfg(feature = "database")]
    #[must_use]
    pub fn durable(self) -> Self {
        self.changed(|hub| hub.is_durable = true)
    }

    /// Lets pages of another origin open channels: `https://shop.example`, as browsers write it. Those of the app's own
    /// may, and who is no browser.
    ///
    /// # Panics
    ///
    /// If the hub is in use already.
    #[must_use]
    pub fn trust_origin(self, origin: impl Into<String>) -> Self {
        self.changed(|hub| hub.trusted.push(origin.into()))
    }

    fn changed(mut self, change: impl FnOnce(&mut Hub)) -> Self {
        match Arc::get_mut(&mut self.0) {
            Some(hub) => change(hub),
            None => panic!("a hub that is in use cannot be changed"),
        }
        self
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0
    }

    /// A hub with this between its nodes.
    #[cfg(test)]
    pub(crate) fn over(broker: Arc<dyn Broker>) -> Self {
        Self::new().changed(|hub| hub.broker = Some(broker))
    }
}

#[cfg(feature = "database")]
impl Live {
    pub(crate) fn is_durable(&self) -> bool {
        self.0.is_durable
    }

    /// Begins to keep topics in a database.
    pub(crate) async fn keep_in(&self, db: &kovar_data::Db) -> Result<(), kovar_data::Error> {
        let database = Database::open(db, self.0.broker.clone()).await?;
        // Another start of the same app has the same database.
        let _ = self.0.database.set(database);
        Ok(())
    }
}

impl Hub {
    /// What is between the nodes.
    pub(crate) fn broker(&self) -> Option<&dyn Broker> {
        self.broker.as_deref()
    }

    /// Whether a page of this origin may open channels of this host. Who is no browser says no origin.
    pub(crate) fn trusts(&self, origin: Option<&HeaderValue>, host: Option<&HeaderValue>) -> bool {
        let Some(origin) = origin else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let of_host = origin.split_once("://").map(|(_, authority)| authority);
        let is_own = of_host.is_some_and(|authority| {
            host.is_some_and(|host| host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()))
        });
        is_own || self.trusted.iter().any(|trusted| trusted == origin)
    }

    fn topic<M>(&self, name: Arc<str>, topics: &Topics<M>) -> Arc<TopicState> {
        let mut shard = self.shard(&name);
        if let Some(state) = shard.get(&name) {
            return Arc::clone(state);
        }
        self.forget_idle(&mut shard);
        let (options, counts) = (topics.options(), Arc::clone(&self.counts));
        let broker = self.broker.clone();
        let keeper = broker.clone().map_or(Keeper::Node, Keeper::Broker);
        #[cfg(feature = "database")]
        let keeper = if options.is_durable { self.database_of(&name) } else { keeper };
        let state = Arc::new(TopicState::new(Arc::clone(&name), options, counts, keeper, broker));
        shard.insert(name, Arc::clone(&state));
        state
    }

    /// The app's database, as the keeper of a topic.
    #[cfg(feature = "database")]
    fn database_of(&self, name: &str) -> Keeper {
        let missing = || panic!("the history of `{name}` is durable: its hub needs `durable()`, and a started app");
        Keeper::Database(Arc::clone(self.database.get().unwrap_or_else(missing)))
    }

    /// How many topics there are, and how many subscriptions.
    pub(crate) fn load(&self) -> (usize, usize) {
        let (mut topics, mut subscriptions) = (0, 0);
        self.each_topic(|topic| {
            topics += 1;
            subscriptions += topic.subscribers();
        });
        (topics, subscriptions)
    }

    /// Looks at all topics, one after the other.
    pub(crate) fn each_topic(&self, mut look: impl FnMut(&TopicState)) {
        for shard in &self.topics {
            shard.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|topic| look(topic));
        }
    }

    pub(crate) fn rate(&self) -> MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets topics that nobody has, whenever twice as many are known as were of use.
    fn forget_idle(&self, shard: &mut HashMap<Arc<str>, Arc<TopicState>>) {
        if shard.len() == shard.capacity() {
            shard.retain(|_, state| Arc::strong_count(state) > 1 || !state.is_idle());
        }
    }

    fn shard(&self, name: &str) -> MutexGuard<'_, HashMap<Arc<str>, Arc<TopicState>>> {
        let hash = foldhash::fast::FixedState::default().hash_one(name);
        self.topics[hash as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Live").finish_non_exhaustive()
    }
}
