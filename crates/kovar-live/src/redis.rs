//! Several nodes, by way of Redis.
//!
//! A message gets its place in its topic from Redis, which keeps it and tells all nodes that have subscribers, this one
//! among them. `PUBLISH` may lose messages, and does when a node was away: so each node counts, and reads what it missed
//! from what Redis keeps. Only where that is gone, too, subscribers are told that something may be missing.

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, Msg, Script, Value};
use serde_json::value::RawValue;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{interval, sleep, timeout};

use crate::broker::{Away, Broker, NotTaken};
use crate::company::{Company, Told, give_signs, heard, say};
use crate::sessions::Sessions;
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
    company: Company,
    this: Weak<Self>,
    listener: OnceLock<mpsc::UnboundedSender<Ask>>,
}

/// What the listener is asked for.
enum Ask {
    Subscribe(Arc<str>, oneshot::Sender<()>),
    Unsubscribe(Arc<str>),
}

impl Broker for Redis {
    fn publish<'b>(&'b self, topic: &'b TopicState, data: &'b RawValue) -> BoxFuture<'b, Result<u64, NotTaken>> {
        async move {
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
        .boxed()
    }

    fn follow<'b>(&'b self, topic: &'b Arc<TopicState>) -> BoxFuture<'b, Result<(), Away>> {
        async move {
            self.company.topics.add(topic);
            let listener = self.listening();
            let (subscribed, done) = oneshot::channel();
            let _ = listener.send(Ask::Subscribe(Arc::clone(&topic.name), subscribed));
            match timeout(PATIENCE, done).await {
                Ok(Ok(())) => Ok(()),
                _ => Err(Away::NOT_ASKED),
            }
        }
        .boxed()
    }

    fn leave(&self, name: &Arc<str>) {
        if self.company.topics.leave(name)
            && let Some(listener) = self.listener.get()
        {
            let _ = listener.send(Ask::Unsubscribe(Arc::clone(name)));
        }
    }

    fn position<'b>(&'b self, topic: &'b TopicState) -> BoxFuture<'b, Result<Position, Away>> {
        async move {
            let call = Call {
                script: Arc::clone(&self.position),
                keys: ["meta", "stream"].map(|kind| key(kind, &topic.name)).to_vec(),
                arguments: vec![new_epoch(), life(topic.history().1).to_string()],
            };
            let (epoch, offset) = self.ask(Asked::ToSay, |connection| invoked(call.clone(), connection)).await?;
            Ok(Position { epoch, offset })
        }
        .boxed()
    }

    fn between<'b>(
        &'b self,
        name: &'b str,
        after: &'b Position,
        last: u64,
    ) -> BoxFuture<'b, Result<Option<Vec<Kept>>, Away>> {
        async move {
            let mut all: Vec<Kept> = Vec::new();
            while let Some(next) = all.last().map_or(Some(after.offset + 1), |kept| Some(kept.offset + 1))
                && next <= last
            {
                let mut range = redis::cmd("XRANGE");
                range
                    .arg(key("stream", name))
                    .arg(format!("{next}-0"))
                    .arg(format!("{last}-0"))
                    .arg("COUNT")
                    .arg(BATCH);
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
        .boxed()
    }

    fn tell<'b>(&'b self, name: &'b str, at: &'b Position, data: &'b RawValue) -> BoxFuture<'b, Result<(), Away>> {
        async move {
            let mut publish = redis::cmd("PUBLISH");
            publish.arg(key("topic", name)).arg(format!("{} {} {}", at.epoch, at.offset, data.get()));
            // Twice told is once heard.
            self.ask(Asked::ToSay, |connection| queried::<u64>(publish.clone(), connection)).await.map(drop)
        }
        .boxed()
    }

    fn announce<'b>(&'b self, told: &'b Told) -> BoxFuture<'b, Result<(), Away>> {
        async move {
            let mut publish = redis::cmd("PUBLISH");
            let channel = told.topic().map_or_else(|| key("nodes", "all"), |topic| key("present", topic));
            publish.arg(channel).arg(told.payload());
            self.ask(Asked::ToSay, |connection| queried::<u64>(publish.clone(), connection)).await.map(drop)
        }
        .boxed()
    }

    fn begin(&self) {
        self.listening();
    }

    fn company(&self) -> &Company {
        &self.company
    }
}

impl Redis {
    pub(crate) fn open(url: &str, sessions: Arc<Sessions>) -> Result<Arc<Self>, redis::RedisError> {
        let client = Client::open(url)?;
        Ok(Arc::new_cyclic(|this| Self {
            client,
            connection: Mutex::new(None),
            publish: Arc::new(Script::new(PUBLISH)),
            position: Arc::new(Script::new(WHERE)),
            company: Company::new(sessions),
            this: Weak::clone(this),
            listener: OnceLock::new(),
        }))
    }

    /// Listens to other nodes, and gives signs to them.
    fn listening(&self) -> &mpsc::UnboundedSender<Ask> {
        self.listener.get_or_init(|| {
            let (ask, asked) = mpsc::unbounded_channel();
            let this = Weak::clone(&self.this);
            tokio::spawn(listen(Weak::clone(&this), asked));
            tokio::spawn(give_signs(move || this.upgrade().map(|redis| redis as Arc<dyn Broker>)));
            ask
        })
    }

    async fn ask<T>(&self, is: Asked, call: impl Fn(MultiplexedConnection) -> Asking<T> + Send) -> Result<T, Away> {
        // A connection that was lost is noticed by the first who asks; another is tried once.
        let mut away = Away::NOT_ASKED;
        for _ in 0..2 {
            let connection = self.connected().await?;
            match call(connection).await {
                Ok(answer) => return Ok(answer),
                Err(cause) => {
                    self.connection.lock().await.take();
                    tracing::warn!(target: "kovar::live", %cause, "Redis did not answer");
                    away.may_have_it |= cause.is_timeout() || cause.is_io_error() && !cause.is_connection_refusal();
                    if is == Asked::ToChange && away.may_have_it {
                        break;
                    }
                }
            }
        }
        Err(away)
    }

    async fn connected(&self) -> Result<MultiplexedConnection, Away> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = &*kept {
            return Ok(connection.clone());
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        Ok(kept.insert(connection.map_err(|_| Away::NOT_ASKED)?).clone())
    }

    /// Takes what this node is told.
    async fn told(self: &Arc<Self>, message: &Msg) {
        if !message.get_channel_name().starts_with(&key("topic", "")) {
            return heard(Arc::clone(self) as Arc<dyn Broker>, message.get_payload_bytes());
        }
        let name = message.get_channel_name().strip_prefix(&key("topic", "")).unwrap_or_default().to_owned();
        let (Some(topic), Some((at, data))) = (self.company.topics.get(&name), read(message.get_payload_bytes()))
        else {
            return;
        };
        topic.hear(&at, &data).await;
    }

    /// Looks where all topics are: something may have been said that this node was not told of.
    async fn look(&self) -> Result<(), Away> {
        for topic in self.company.topics.all().into_iter().filter(|topic| topic.is_kept_by_broker()) {
            let now = self.position(&topic).await?;
            topic.is_at(&now).await;
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
    let known: Vec<_> = redis.upgrade()?.company.topics.all().iter().flat_map(|topic| channels(&topic.name)).collect();
    if sink.subscribe(key("nodes", "all")).await.is_err() || !known.is_empty() && sink.subscribe(known).await.is_err() {
        return Some(());
    }
    let redis_now = redis.upgrade()?;
    let questions = redis_now.company.questions(None);
    say(redis_now, questions);
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
                    if sink.subscribe(channels(&name).to_vec()).await.is_err() {
                        return Some(());
                    }
                    let _ = done.send(());
                }
                Ask::Unsubscribe(name) => {
                    if sink.unsubscribe(channels(&name).to_vec()).await.is_err() {
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

/// Where nodes are told of a topic: of its messages, and of who is there.
fn channels(topic: &str) -> [String; 2] {
    ["topic", "present"].map(|kind| key(kind, topic))
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
