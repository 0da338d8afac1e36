//! Several nodes, by way of Redis.
//!
//! A message gets its place in its topic from Redis, which keeps it and tells all nodes that have subscribers, this one
//! among them. `PUBLISH` may lose messages, and does when a node was away: so each node counts, and reads what it missed
//! from what Redis keeps. Only where that is gone, too, subscribers are told that something may be missing.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex as SyncMutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, Msg, Script, Value};
use serde_json::value::RawValue;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{interval, sleep, timeout};

use crate::broker::Away;
use crate::topic::{Kept, Position, TopicState, new_epoch};

/// How long Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pauses between attempts to reach it: each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often it is looked whether this node was told of everything: what is lost on the way makes no noise.
const LOOKS: Duration = Duration::from_secs(5);

/// How many messages are read at a time.
const BATCH: usize = 1_000;

/// Gives a message its place, keeps it and tells everybody. A life of a topic begins with its first message.
const PUBLISH: &str = r"
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
    epoch = ARGV[1]
    redis.call('HSET', KEYS[1], 'epoch', epoch)
    redis.call('DEL', KEYS[2])
end
local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
local most = tonumber(ARGV[3])
if most > 0 then
    redis.call('XADD', KEYS[2], 'MAXLEN', most, offset .. '-0', 'd', ARGV[2])
    redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[3], epoch .. ' ' .. offset .. ' ' .. ARGV[2])
return {epoch, offset}
";

/// Where a topic is: its life and its last message.
const WHERE: &str = r"
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
    epoch = ARGV[1]
    redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
    redis.call('DEL', KEYS[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {epoch, tonumber(redis.call('HGET', KEYS[1], 'offset'))}
";

/// The lives of topics that nobody uses end after a while, though not before their histories do.
const LEAST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// What nodes share.
pub(crate) struct Redis {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    publish: Arc<Script>,
    position: Arc<Script>,
    /// Those of which this node is told.
    topics: SyncMutex<HashMap<Arc<str>, Weak<TopicState>>>,
    listener: OnceLock<mpsc::UnboundedSender<Ask>>,
}

/// What the listener is asked for.
enum Ask {
    Subscribe(Arc<str>, oneshot::Sender<()>),
    Unsubscribe(Arc<str>),
}

impl Redis {
    pub(crate) fn open(url: &str) -> Result<Self, redis::RedisError> {
        Ok(Self {
            client: Client::open(url)?,
            connection: Mutex::new(None),
            publish: Arc::new(Script::new(PUBLISH)),
            position: Arc::new(Script::new(WHERE)),
            topics: SyncMutex::default(),
            listener: OnceLock::new(),
        })
    }

    /// Publishes a message, and gives its place. It comes back to whoever has subscribed, also of this node.
    pub(crate) async fn publish(&self, topic: &TopicState, data: &RawValue) -> Result<u64, Away> {
        let (most, longest) = topic.history();
        let call = Call {
            script: Arc::clone(&self.publish),
            keys: ["meta", "stream", "topic"].map(|kind| key(kind, &topic.name)).to_vec(),
            arguments: vec![new_epoch(), data.get().to_owned(), most.to_string(), life(longest).to_string()],
        };
        let (_, offset): (String, u64) =
            self.ask(Asked::ToChange, |connection| invoked(call.clone(), connection)).await?;
        Ok(offset)
    }

    /// Sees to it that this node is told of a topic's messages, and where the topic is.
    pub(crate) async fn follow(self: &Arc<Self>, topic: &Arc<TopicState>) -> Result<Position, Away> {
        self.topics().insert(Arc::clone(&topic.name), Arc::downgrade(topic));
        let listener = self.listener.get_or_init(|| {
            let (ask, asked) = mpsc::unbounded_channel();
            tokio::spawn(listen(Arc::downgrade(self), asked));
            ask
        });
        let (subscribed, done) = oneshot::channel();
        let _ = listener.send(Ask::Subscribe(Arc::clone(&topic.name), subscribed));
        match timeout(PATIENCE, done).await {
            Ok(Ok(())) => self.position(topic).await,
            _ => Err(Away),
        }
    }

    /// Nobody of this node has the topic any longer, unless somebody has taken it up again by now.
    pub(crate) fn leave(&self, name: &Arc<str>) {
        let mut topics = self.topics();
        if topics.get(name).is_some_and(|known| known.strong_count() > 0) {
            return;
        }
        topics.remove(name);
        if let Some(listener) = self.listener.get() {
            let _ = listener.send(Ask::Unsubscribe(Arc::clone(name)));
        }
    }

    async fn position(&self, topic: &TopicState) -> Result<Position, Away> {
        let call = Call {
            script: Arc::clone(&self.position),
            keys: ["meta", "stream"].map(|kind| key(kind, &topic.name)).to_vec(),
            arguments: vec![new_epoch(), life(topic.history().1).to_string()],
        };
        let (epoch, offset) = self.ask(Asked::ToSay, |connection| invoked(call.clone(), connection)).await?;
        Ok(Position { epoch, offset })
    }

    /// The messages after a place, up to another: all of them, or nothing.
    pub(crate) async fn between(&self, name: &str, after: u64, last: u64) -> Result<Option<Vec<Kept>>, Away> {
        let mut all: Vec<Kept> = Vec::new();
        while let Some(next) = all.last().map_or(Some(after + 1), |kept| Some(kept.offset + 1))
            && next <= last
        {
            let mut range = redis::cmd("XRANGE");
            range.arg(key("stream", name)).arg(format!("{next}-0")).arg(format!("{last}-0")).arg("COUNT").arg(BATCH);
            let entries: Vec<(String, Vec<(String, Value)>)> =
                self.ask(Asked::ToSay, |connection| queried(range.clone(), connection)).await?;
            let Some(kept) = entries.into_iter().map(kept).collect::<Option<Vec<_>>>() else { return Ok(None) };
            let is_whole = kept.first().is_some_and(|first| first.offset == next);
            if !is_whole || !kept.windows(2).all(|pair| pair[0].offset + 1 == pair[1].offset) {
                return Ok(None);
            }
            all.extend(kept);
        }
        Ok(Some(all))
    }

    async fn ask<T>(&self, is: Asked, call: impl Fn(MultiplexedConnection) -> Asking<T> + Send) -> Result<T, Away> {
        // A connection that was lost is noticed by the first who asks; another is tried once.
        for is_last in [false, true] {
            let connection = self.connected().await?;
            match call(connection).await {
                Ok(answer) => return Ok(answer),
                Err(cause) => {
                    self.connection.lock().await.take();
                    let was_sent = cause.is_timeout() || cause.is_io_error() && !cause.is_connection_refusal();
                    tracing::warn!(target: "kovar::live", %cause, "Redis did not answer");
                    if is_last || is == Asked::ToChange && was_sent {
                        return Err(Away);
                    }
                }
            }
        }
        Err(Away)
    }

    async fn connected(&self) -> Result<MultiplexedConnection, Away> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = &*kept {
            return Ok(connection.clone());
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await.map_err(|_| Away)?;
        Ok(kept.insert(connection).clone())
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<TopicState>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message that everybody is told of.
    async fn told(&self, message: &Msg) {
        let name = message.get_channel_name().strip_prefix(&key("topic", "")).unwrap_or_default().to_owned();
        let topic = self.topics().get(&*name).and_then(Weak::upgrade);
        let (Some(topic), Some((position, data))) = (topic, read(message.get_payload_bytes())) else { return };
        if let Some(missed) = topic.told(&position, &data) {
            self.catch_up(&topic, &missed, &position).await;
        }
        topic.has_room().await;
    }

    /// Reads what this node was not told of.
    async fn catch_up(&self, topic: &Arc<TopicState>, has: &Position, now: &Position) {
        let missed = match has.epoch == now.epoch {
            true => self.between(&topic.name, has.offset, now.offset).await.unwrap_or_default(),
            false => None,
        };
        topic.catch_up(now, missed);
    }

    /// Looks where all topics are: something may have been said that this node was not told of.
    async fn look(&self) -> Result<(), Away> {
        let topics: Vec<_> = self.topics().values().filter_map(Weak::upgrade).collect();
        for topic in topics {
            let now = self.position(&topic).await?;
            if let Some(has) = topic.is_behind(&now) {
                self.catch_up(&topic, &has, &now).await;
            }
        }
        Ok(())
    }
}

/// Listens to what nodes tell each other, for as long as there is somebody to be told.
async fn listen(redis: Weak<Redis>, mut asked: mpsc::UnboundedReceiver<Ask>) {
    let mut pause = FIRST_PAUSE;
    while let Some(strong) = redis.upgrade() {
        match timeout(PATIENCE, strong.client.get_async_pubsub().boxed()).await {
            Ok(Ok(pubsub)) => {
                pause = FIRST_PAUSE;
                drop(strong);
                if listen_on(&redis, pubsub, &mut asked).await.is_none() {
                    return;
                }
                tracing::warn!(target: "kovar::live", "Redis is away: other nodes are not heard");
            }
            _ => {
                drop(strong);
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// `None` once nobody asks any longer.
async fn listen_on(redis: &Weak<Redis>, pubsub: PubSub, asked: &mut mpsc::UnboundedReceiver<Ask>) -> Option<()> {
    let (mut sink, mut messages) = pubsub.split();
    let known: Vec<_> = redis.upgrade()?.topics().keys().map(|name| key("topic", name)).collect();
    if !known.is_empty() && sink.subscribe(known).await.is_err() {
        return Some(());
    }
    // What was said between two nodes' finding out would be missed if nobody looked.
    let mut looks = interval(LOOKS);
    loop {
        tokio::select! {
            _ = looks.tick() => {
                if redis.upgrade()?.look().await.is_err() {
                    return Some(());
                }
            }
            message = messages.next() => match message {
                Some(message) => redis.upgrade()?.told(&message).await,
                None => return Some(()),
            },
            ask = asked.recv() => match ask? {
                Ask::Subscribe(name, done) => {
                    if sink.subscribe(key("topic", &name)).await.is_err() {
                        return Some(());
                    }
                    let _ = done.send(());
                }
                Ask::Unsubscribe(name) => {
                    if sink.unsubscribe(key("topic", &name)).await.is_err() {
                        return Some(());
                    }
                }
            },
        }
    }
}

/// What Redis is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// To say something: it may be asked twice.
    ToSay,
    ToChange,
}

/// A script and what it is about.
#[derive(Clone)]
struct Call {
    script: Arc<Script>,
    keys: Vec<String>,
    arguments: Vec<String>,
}

type Asking<T> = BoxFuture<'static, redis::RedisResult<T>>;

fn invoked<T: FromRedisValue + Send + 'static>(call: Call, mut connection: MultiplexedConnection) -> Asking<T> {
    async move {
        let mut invocation = call.script.prepare_invoke();
        invocation.key(call.keys).arg(call.arguments);
        invocation.invoke_async(&mut connection).await
    }
    .boxed()
}

fn queried<T: FromRedisValue + Send + 'static>(command: Cmd, mut connection: MultiplexedConnection) -> Asking<T> {
    async move { command.query_async(&mut connection).await }.boxed()
}

fn key(kind: &str, topic: &str) -> String {
    format!("kovar:live:{kind}:{topic}")
}

fn life(history: Duration) -> u64 {
    u64::try_from((history * 2).max(LEAST_LIFE).as_millis()).unwrap_or(u64::MAX)
}

/// What everybody is told: a place and a message.
fn read(payload: &[u8]) -> Option<(Position, Box<RawValue>)> {
    let mut parts = str::from_utf8(payload).ok()?.splitn(3, ' ');
    let (epoch, offset) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    Some((Position { epoch, offset }, RawValue::from_string(parts.next()?.to_owned()).ok()?))
}

/// A message that Redis has kept.
fn kept((id, fields): (String, Vec<(String, Value)>)) -> Option<Kept> {
    let offset = id.split('-').next()?.parse().ok()?;
    let data: String = redis::from_redis_value(fields.into_iter().find(|(name, _)| name == "d")?.1).ok()?;
    Some(Kept { offset, data: RawValue::from_string(data).ok()? })
}

impl fmt::Debug for Redis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Redis").finish_non_exhaustive()
    }
}
