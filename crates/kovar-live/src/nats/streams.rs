//! The streams of `JetStream`, one for each family of topics.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::stream::{Config, LastRawMessageErrorKind, Republish};

use super::connection::Line;
use super::{names, place_of};
use crate::broker::Away;
use crate::topic::{Position, TopicState};

/// The lives of topics that nobody uses end after a while, though not before their histories do.
const LEAST_LIFE: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
pub(super) struct Streams {
    /// Those that are known to be there.
    prepared: Mutex<HashSet<String>>,
    replicas: usize,
}

impl Streams {
    pub(super) fn new(replicas: usize) -> Self {
        Self { prepared: Mutex::default(), replicas }
    }

    /// Makes the stream of a topic's family, unless there is one.
    pub(super) async fn prepare(&self, line: &Line, topic: &TopicState) -> Result<(), Away> {
        let name = names::stream(&topic.name);
        if self.prepared().contains(&name) {
            return Ok(());
        }
        let wanted = self.wanted(topic);
        let made = line.jetstream.get_or_create_stream(wanted.clone()).await;
        let found = made.map_err(|cause| away(line, "make a stream", &cause))?.cached_info().config.clone();
        if let Some(more) = raised(&found, wanted)
            && let Err(cause) = line.jetstream.update_stream(more).await
        {
            // It is used as it is.
            away(line, "keep more in a stream", &cause);
        }
        self.prepared().insert(name);
        Ok(())
    }

    /// The stream of a topic is gone.
    pub(super) fn forget(&self, topic: &str) {
        self.prepared().remove(&names::stream(topic));
    }

    /// The sequence of a topic's last message, and its place; 0 where there is none, and nothing where there is no stream.
    /// Its leader is asked: others may not have it yet.
    pub(super) async fn last(&self, line: &Line, topic: &str) -> Result<Option<(u64, Option<Position>)>, Away> {
        let stream = line.jetstream.get_stream_no_info(names::stream(topic)).await;
        let stream = stream.map_err(|cause| away(line, "read a stream", &cause))?;
        match stream.get_last_raw_message_by_subject(&names::topic(topic)).await {
            Ok(message) => Ok(Some((message.sequence, place_of(Some(&message.headers))))),
            Err(cause) => match cause.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(Some((0, None))),
                LastRawMessageErrorKind::JetStream(refusal) if refusal.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                    self.forget(topic);
                    Ok(None)
                }
                _ => Err(away(line, "read a stream", &cause)),
            },
        }
    }

    fn wanted(&self, topic: &TopicState) -> Config {
        let (most, longest) = topic.history();
        let (published, told) = names::of_family(&topic.name);
        Config {
            name: names::stream(&topic.name),
            description: Some("Messages of Kovar's channels, by topic".to_owned()),
            subjects: vec![published.clone()],
            max_messages_per_subject: i64::try_from(most.max(1)).unwrap_or(i64::MAX),
            max_age: (longest * 2).max(LEAST_LIFE),
            num_replicas: self.replicas,
            allow_direct: true,
            republish: Some(Republish { source: published, destination: told, headers_only: false }),
            ..Config::default()
        }
    }

    fn prepared(&self) -> MutexGuard<'_, HashSet<String>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a stream becomes that keeps less than is wanted. One that keeps more stays as it is: nodes of two versions of an app
/// do not quarrel, and who keeps a stream on more servers may.
fn raised(found: &Config, wanted: Config) -> Option<Config> {
    let has_most =
        found.max_messages_per_subject <= 0 || found.max_messages_per_subject >= wanted.max_messages_per_subject;
    let has_age = found.max_age.is_zero() || found.max_age >= wanted.max_age;
    if has_most && has_age && found.republish == wanted.republish {
        return None;
    }
    let mut raised = found.clone();
    if !has_most {
        raised.max_messages_per_subject = wanted.max_messages_per_subject;
    }
    if !has_age {
        raised.max_age = wanted.max_age;
    }
    raised.republish = wanted.republish;
    Some(raised)
}

/// What cannot be done on a server without `JetStream` is said so that somebody sees what to do.
pub(super) fn away(line: &Line, what: &str, cause: &(dyn std::error::Error + 'static)) -> Away {
    let chain: Vec<_> = std::iter::successors(Some(cause), |cause| cause.source()).map(ToString::to_string).collect();
    line.complain(&format!("NATS did not {what}: {}{}", chain.join(": "), hint(&chain)));
    Away::NOT_ASKED
}

fn hint(chain: &[impl fmt::Display]) -> &'static str {
    let text: String = chain.iter().map(ToString::to_string).collect();
    let is_missing = ["does not exist", "no responders", "jetstream unavailable", "not enabled", "10039", "10076"]
        .iter()
        .any(|sign| text.contains(sign));
    if is_missing { " (is JetStream on? `nats-server -js`, and for the account)" } else { "" }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Config, Republish, raised};

    fn config(most: i64, hours: u64) -> Config {
        Config { max_messages_per_subject: most, max_age: Duration::from_secs(hours * 3600), ..Config::default() }
    }

    #[test]
    fn a_stream_that_keeps_less_keeps_more_and_one_that_keeps_more_stays() {
        for (found, wanted, becomes) in [
            (config(10, 24), config(10, 24), None),
            (config(10, 48), config(5, 24), None),
            (config(-1, 0), config(5, 24), None),
            (config(5, 24), config(10, 24), Some(config(10, 24))),
            (config(10, 24), config(5, 48), Some(config(10, 48))),
        ] {
            assert_eq!(raised(&found, wanted), becomes, "{found:?}");
        }
        let republish = Some(Republish { source: "a".into(), destination: "b".into(), headers_only: false });
        let wanted = Config { republish: republish.clone(), num_replicas: 1, ..config(5, 24) };
        let found = Config { num_replicas: 3, ..config(10, 24) };
        assert_eq!(raised(&found, wanted), Some(Config { republish, num_replicas: 3, ..config(10, 24) }));
    }
}
