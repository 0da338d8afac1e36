//! What topics' streams have.
//!
//! What was read is kept for a few seconds: of a crowd that comes back, each wants the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::ConsumerErrorKind;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use super::connection::Line;
use super::streams::away;
use super::{Last, PATIENCE, data_of, names, place_of};
use crate::broker::Away;
use crate::topic::{Kept, Position};

/// How long it is kept what was read.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// How many messages are asked for at a time.
const BATCH: u64 = 500;

/// How long NATS keeps a reader that was cut off.
const READS_FOR: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Logs(Mutex<HashMap<Arc<str>, Arc<Log>>>);

/// What was read of a topic.
#[derive(Debug)]
struct Log {
    read: tokio::sync::Mutex<Read>,
    used: Mutex<Instant>,
}

#[derive(Debug, Default)]
struct Read {
    /// In which life of the connection it was read.
    life: u64,
    epoch: String,
    /// Without gaps.
    kept: Vec<Kept>,
    /// That of the last that was read, of whichever life of the topic.
    sequence: u64,
    /// Whether nothing before is kept by the stream.
    is_whole: bool,
}

/// A message of a stream.
struct Message {
    sequence: u64,
    at: Option<Position>,
    kept: Option<Kept>,
}

impl Logs {
    /// The messages after a place, up to another: all of them, or nothing. What this node has heard of last says where to
    /// begin, if it was not before that place.
    pub(super) async fn between(
        &self,
        line: &Line,
        name: &str,
        after: &Position,
        last: u64,
        heard: Option<Last>,
    ) -> Result<Option<Vec<Kept>>, Away> {
        let log = self.of(name);
        let mut read = log.read.lock().await;
        if read.is_of(line.life(), &after.epoch)
            && let Some(kept) = read.between(after.offset, last)
        {
            return Ok(Some(kept));
        }
        if !read.is_of(line.life(), &after.epoch) || !read.is_whole && !read.begins_by(after.offset) {
            let from = heard.filter(|heard| heard.at.epoch == after.epoch && heard.at.offset <= after.offset);
            *read = Read {
                life: line.life(),
                epoch: after.epoch.clone(),
                is_whole: from.is_none(),
                sequence: from.map_or(0, |from| from.sequence),
                kept: Vec::new(),
            };
        }
        let messages = fetch(line, name, read.sequence).await?;
        read.add(messages);
        *log.used() = Instant::now();
        Ok(read.between(after.offset, last))
    }

    /// Forgets what nobody has wanted for a while.
    pub(super) fn forget(&self) {
        self.all().retain(|_, log| log.used().elapsed() < KEPT_FOR);
    }

    fn of(&self, name: &str) -> Arc<Log> {
        let mut all = self.all();
        if let Some(log) = all.get(name) {
            *log.used() = Instant::now();
            return Arc::clone(log);
        }
        let log = Arc::new(Log { read: tokio::sync::Mutex::default(), used: Mutex::new(Instant::now()) });
        all.insert(name.into(), Arc::clone(&log));
        log
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Log>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn used(&self) -> MutexGuard<'_, Instant> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read {
    fn is_of(&self, life: u64, epoch: &str) -> bool {
        self.life == life && self.epoch == epoch
    }

    /// Whether it has the message after a place, if there is one.
    fn begins_by(&self, offset: u64) -> bool {
        self.kept.first().is_some_and(|first| first.offset <= offset + 1)
    }

    fn add(&mut self, messages: Vec<Message>) {
        for message in messages {
            self.sequence = message.sequence;
            let (Some(at), Some(kept)) = (message.at, message.kept) else { continue };
            if at.epoch != self.epoch {
                continue;
            }
            if self.kept.last().is_some_and(|last| last.offset + 1 != kept.offset) {
                self.kept.clear();
            }
            self.kept.push(kept);
        }
    }

    fn between(&self, after: u64, last: u64) -> Option<Vec<Kept>> {
        let wanted = usize::try_from(last.checked_sub(after)?).ok()?;
        if wanted == 0 {
            return Some(Vec::new());
        }
        let first = self.kept.first()?.offset;
        let skipped = usize::try_from((after + 1).checked_sub(first)?).ok()?;
        let kept = self.kept.get(skipped..skipped.checked_add(wanted)?)?;
        Some(kept.iter().map(|kept| Kept { offset: kept.offset, data: kept.data.clone() }).collect())
    }
}

/// Reads the messages of a topic after a sequence.
async fn fetch(line: &Line, name: &str, after: u64) -> Result<Vec<Message>, Away> {
    let stream = names::stream(name);
    let config = pull::Config {
        filter_subject: names::topic(name),
        deliver_policy: match after {
            0 => DeliverPolicy::All,
            _ => DeliverPolicy::ByStartSequence { start_sequence: after + 1 },
        },
        ack_policy: AckPolicy::None,
        memory_storage: true,
        num_replicas: 1,
        inactive_threshold: READS_FOR,
        ..pull::Config::default()
    };
    let consumer = match line.jetstream.create_consumer_on_stream(config, &stream).await {
        Ok(consumer) => consumer,
        Err(cause) => match cause.kind() {
            ConsumerErrorKind::JetStream(refusal) if refusal.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                return Ok(Vec::new());
            }
            _ => return Err(away(line, "read a stream", &cause)),
        },
    };
    let messages = read(line, &consumer).await;
    let (jetstream, reader) = (line.jetstream.clone(), consumer.cached_info().name.clone());
    // Left alone, it ends by itself.
    tokio::spawn(async move { jetstream.delete_consumer_from_stream(reader, stream).await });
    messages
}

async fn read(line: &Line, consumer: &async_nats::jetstream::consumer::PullConsumer) -> Result<Vec<Message>, Away> {
    let (mut messages, mut left) = (Vec::new(), consumer.cached_info().num_pending);
    while left > 0 {
        let wanted = usize::try_from(left.min(BATCH)).unwrap_or(usize::MAX);
        let batch = consumer.fetch().max_messages(wanted).expires(PATIENCE).messages().await;
        let mut batch = batch.map_err(|cause| away(line, "read a stream", &cause))?;
        let had = messages.len();
        while let Some(message) = timeout(PATIENCE, batch.next()).await.map_err(|_| Away::NOT_ASKED)? {
            let message = message.map_err(|cause| away(line, "read a stream", &*cause))?;
            let sequence = message.info().map_err(|_| Away::NOT_ASKED)?.stream_sequence;
            let at = place_of(message.headers.as_ref());
            let data = data_of(&message.payload);
            let kept = at.as_ref().zip(data).map(|(at, data)| Kept { offset: at.offset, data });
            messages.push(Message { sequence, at, kept });
        }
        match messages.len() - had {
            // The rest is gone by now.
            0 => break,
            count => left = left.saturating_sub(count as u64),
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use super::{Kept, Message, Position, Read};

    fn message(sequence: u64, epoch: &str, offset: u64) -> Message {
        let kept = (offset > 0).then(|| Kept { offset, data: to_raw_value(&offset).unwrap() });
        Message { sequence, at: Some(Position { epoch: epoch.to_owned(), offset }), kept }
    }

    fn offsets(read: &Read, after: u64, last: u64) -> Option<Vec<u64>> {
        Some(read.between(after, last)?.iter().map(|kept| kept.offset).collect())
    }

    #[test]
    fn what_was_read_is_given_whole_or_not_at_all() {
        let mut read = Read { epoch: "b".to_owned(), ..Read::default() };
        read.add(vec![message(1, "a", 7), message(2, "b", 0), message(4, "b", 1), message(5, "b", 2)]);
        assert_eq!((offsets(&read, 0, 2), offsets(&read, 1, 2)), (Some(vec![1, 2]), Some(vec![2])));
        assert_eq!((offsets(&read, 2, 2), offsets(&read, 0, 3), offsets(&read, 3, 2)), (Some(vec![]), None, None));
        read.add(vec![message(9, "b", 3)]);
        assert_eq!((offsets(&read, 0, 3), read.sequence), (Some(vec![1, 2, 3]), 9));
        // What comes after a gap is not given as if there were none.
        read.add(vec![message(12, "b", 5)]);
        assert_eq!((offsets(&read, 3, 5), offsets(&read, 4, 5)), (None, Some(vec![5])));
    }
}
