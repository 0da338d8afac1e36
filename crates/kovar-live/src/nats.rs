//! Several nodes, by way of NATS.
//!
//! Messages of a family of topics are in one stream of `JetStream`, and those of a topic have one subject in it. A message
//! carries its place, and is published with the sequence that the one before it has in the stream: where another node was
//! quicker, it is refused, and gets the next place. `JetStream` publishes again what it has kept, and only that is listened
//! to: subscribers of the first subject would hear also what was refused. A node that was not told of a message sees the gap and
//! reads it from the stream.

mod address;
mod connection;
mod ears;
mod log;
mod names;
mod streams;
mod tails;

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_nats::jetstream::Error as Refusal;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout, timeout_at};

use self::address::Address;
use self::connection::{Connection, Line};
use self::ears::Ears;
use self::log::Logs;
use self::streams::Streams;
use self::tails::{Tail, Tails};
use crate::broker::{Away, Broker, NotTaken};
use crate::company::{Company, Told};
use crate::error::BrokerError;
use crate::sessions::Sessions;
use crate::topic::{Kept, Position, TopicState, new_epoch};

/// How long NATS may take to answer, and how long it is waited for one that has just gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a message may wait for those before it of the same topic and node, and for other nodes' to get out of its way.
const TURN: Duration = Duration::from_secs(5);

/// The header with a message's place.
const PLACE: &str = "Kovar-Place";

/// What nodes share.
pub(crate) struct Nats {
    connection: Connection,
    streams: Streams,
    tails: Tails,
    logs: Logs,
    ears: Ears,
    company: Company,
    this: Weak<Self>,
}

/// Where a message is in a stream, and in its topic.
#[derive(Clone, Debug)]
struct Last {
    sequence: u64,
    at: Position,
}

/// What became of a message.
enum Put {
    /// It has this sequence in its stream.
    Kept(u64),
    /// Another was quicker.
    Behind,
    NoStream,
}

impl Broker for Nats {
    fn publish<'b>(&'b self, topic: &'b TopicState, data: &'b RawValue) -> BoxFuture<'b, Result<u64, NotTaken>> {
        async move {
            let line = self.connection.connected().await?;
            let (tail, until) = (self.tails.of(&topic.name), Instant::now() + TURN);
            let _turn = timeout_at(until, tail.turn.lock()).await.map_err(|_| Away::NOT_ASKED)?;
            let data = Bytes::copy_from_slice(data.get().as_bytes());
            while Instant::now() < until {
                let life = line.life();
                let last = self.last(line, topic, &tail).await?;
                let next = Position { epoch: last.at.epoch.clone(), offset: last.at.offset + 1 };
                // Until it is known what became of it, nothing is known of the end.
                tail.forget();
                match self.put(line, &topic.name, &next, data.clone(), last.sequence).await? {
                    Put::Kept(sequence) => {
                        let offset = next.offset;
                        tail.heard(life, &Last { sequence, at: next });
                        return Ok(offset);
                    }
                    Put::Behind => {}
                    Put::NoStream => self.streams.forget(&topic.name),
                }
            }
            Err(Away::NOT_ASKED.into())
        }
        .boxed()
    }

    fn follow<'b>(&'b self, topic: &'b Arc<TopicState>) -> BoxFuture<'b, Result<(), Away>> {
        async move {
            self.company.topics.add(topic);
            self.begin();
            let line = self.connection.connected().await?;
            self.ears.open(&self.this, line, &topic.name).await
        }
        .boxed()
    }

    fn leave(&self, name: &Arc<str>) {
        self.tails.forget(name);
        self.ears.close(name, || self.company.topics.leave(name));
    }

    fn position<'b>(&'b self, topic: &'b TopicState) -> BoxFuture<'b, Result<Position, Away>> {
        async move {
            let line = self.connection.connected().await?;
            Ok(self.read_last(line, topic).await?.at)
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
            let line = self.connection.connected().await?;
            self.logs.between(line, name, after, last, self.ears.heard(name)).await
        }
        .boxed()
    }

    fn tell<'b>(&'b self, name: &'b str, at: &'b Position, data: &'b RawValue) -> BoxFuture<'b, Result<(), Away>> {
        async move {
            let line = self.connection.connected().await?;
            let mut headers = async_nats::HeaderMap::new();
            headers.insert(PLACE, place(at));
            let data = Bytes::copy_from_slice(data.get().as_bytes());
            let telling = line.client.publish_with_headers(names::told(name), headers, data);
            match timeout(PATIENCE, telling).await {
                Ok(Ok(())) => Ok(()),
                _ => Err(Away::NOT_ASKED),
            }
        }
        .boxed()
    }

    fn announce<'b>(&'b self, told: &'b Told) -> BoxFuture<'b, Result<(), Away>> {
        async move {
            let line = self.connection.connected().await?;
            let subject = told.topic().map_or_else(|| names::NODES.to_owned(), names::present);
            match timeout(PATIENCE, line.client.publish(subject, told.payload().into())).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(cause)) => {
                    line.complain(&format!("NATS did not take what this node tells others: {cause}"));
                    Err(Away::NOT_ASKED)
                }
                Err(_) => Err(Away::NOT_ASKED),
            }
        }
        .boxed()
    }

    fn begin(&self) {
        self.ears.begin(&self.this);
    }

    fn company(&self) -> &Company {
        &self.company
    }
}

impl Nats {
    pub(crate) fn open(url: &str, sessions: Arc<Sessions>) -> Result<Arc<Self>, BrokerError> {
        let address = Address::parse(url)?;
        Ok(Arc::new_cyclic(|this| Self {
            streams: Streams::new(address.replicas),
            connection: Connection::new(address),
            tails: Tails::default(),
            logs: Logs::default(),
            ears: Ears::default(),
            company: Company::new(sessions),
            this: Weak::clone(this),
        }))
    }

    /// The end of a topic, as far as it is known, or else as it is read.
    async fn last(&self, line: &Line, topic: &TopicState, tail: &Tail) -> Result<Last, Away> {
        match tail.get(line.life()) {
            Some(last) => Ok(last),
            None => self.read_last(line, topic).await,
        }
    }

    /// The last message of a topic; where there is none, its life begins.
    async fn read_last(&self, line: &Line, topic: &TopicState) -> Result<Last, Away> {
        let until = Instant::now() + TURN;
        while Instant::now() < until {
            self.streams.prepare(line, topic).await?;
            let (sequence, at) = match self.streams.last(line, &topic.name).await? {
                // It was removed meanwhile.
                None => continue,
                Some(last) => last,
            };
            if let Some(at) = at {
                return Ok(Last { sequence, at });
            }
            let begin = Position { epoch: new_epoch(), offset: 0 };
            match self.put(line, &topic.name, &begin, Bytes::new(), sequence).await {
                Ok(Put::Kept(sequence)) => return Ok(Last { sequence, at: begin }),
                Ok(Put::Behind) => {}
                Ok(Put::NoStream) => self.streams.forget(&topic.name),
                // Whether there is one that says nothing does not matter.
                Err(_) => return Err(Away::NOT_ASKED),
            }
        }
        Err(Away::NOT_ASKED)
    }

    /// Publishes a message behind that of a sequence, or nothing.
    async fn put(&self, line: &Line, name: &str, at: &Position, data: Bytes, behind: u64) -> Result<Put, NotTaken> {
        let bytes = data.len();
        let message =
            PublishMessage::build().payload(data).header(PLACE, place(at)).expected_last_subject_sequence(behind);
        let lost = line.lost();
        tokio::pin!(lost);
        lost.as_mut().enable();
        let sent = line.jetstream.send_publish(names::topic(name), message).await;
        let acknowledgement = sent.map_err(|cause| match cause.kind() {
            PublishErrorKind::MaxPayloadExceeded => NotTaken::TooLong { bytes, most: line.client.max_payload() },
            _ => Away::NOT_ASKED.into(),
        })?;
        let acknowledged = tokio::select! {
            acknowledged = acknowledgement.into_future() => acknowledged,
            () = lost => return Err(Away { may_have_it: true }.into()),
        };
        match acknowledged {
            Ok(acknowledgement) => Ok(Put::Kept(acknowledgement.sequence)),
            Err(cause) => match cause.kind() {
                PublishErrorKind::WrongLastSequence => Ok(Put::Behind),
                PublishErrorKind::StreamNotFound => Ok(Put::NoStream),
                _ => Err(unacknowledged(line, &cause).into()),
            },
        }
    }
}

/// Whether a message may be kept whose acknowledgement is none.
fn unacknowledged(line: &Line, cause: &PublishError) -> Away {
    let source = std::error::Error::source(cause);
    match source.and_then(|source| source.downcast_ref::<Refusal>()) {
        Some(refusal) => {
            line.complain(&format!("NATS refused a message: {refusal}"));
            Away::NOT_ASKED
        }
        None => {
            tracing::warn!(target: "kovar::live", %cause, "NATS did not answer");
            Away { may_have_it: true }
        }
    }
}

fn place(at: &Position) -> String {
    format!("{} {}", at.epoch, at.offset)
}

/// The place that a message carries.
fn place_of(headers: Option<&async_nats::HeaderMap>) -> Option<Position> {
    let (epoch, offset) = headers?.get(PLACE)?.as_str().split_once(' ')?;
    Some(Position { epoch: epoch.to_owned(), offset: offset.parse().ok()? })
}

/// What a message says; nothing, if it only begins the life of its topic.
fn data_of(payload: &[u8]) -> Option<Box<RawValue>> {
    RawValue::from_string(str::from_utf8(payload).ok()?.to_owned()).ok()
}

impl fmt::Debug for Nats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Nats").finish_non_exhaustive()
    }
}
