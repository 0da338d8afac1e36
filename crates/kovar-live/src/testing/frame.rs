//! What a client gets, as a test reads it.

use kovar_http::testing::TestProblem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a client gets of a channel.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TestFrame<Out> {
    /// A message.
    Message(TestMessage<Out>),
    /// The answer to the client's message of a number: a message, or only that it was taken.
    Answer {
        /// The number.
        re: u64,
        /// The message.
        message: Option<Out>,
    },
    /// A message of the client broke its contract or was refused, or the channel is about to end.
    Problem {
        /// The number of the client's message, if it had one.
        re: Option<u64>,
        /// What is wrong.
        problem: Box<TestProblem>,
    },
    /// The client has subscribed, or something of a topic was lost.
    Subscribed(TestSubscribed),
    /// Somebody has come.
    Joined(TestPresence),
    /// Somebody has gone.
    Left(TestPresence),
    /// The client has a topic no longer.
    Ended {
        /// Which.
        topic: String,
    },
    /// The connection is about to be closed.
    Bye {
        /// Why.
        code: u16,
        /// When to come again, in milliseconds; `None` for never.
        reconnect_after_ms: Option<u64>,
    },
}

/// A message, and where it was published.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TestMessage<Out> {
    /// The message.
    pub message: Out,
    /// The topic; `None` if the message is for this client alone.
    pub topic: Option<String>,
    /// Its place in the topic.
    pub offset: Option<u64>,
    /// The number under which the server wants it answered, if it does: [`TestChannel::answer`](super::TestChannel::answer)
    /// takes it.
    pub asks: Option<u64>,
}

/// The client has subscribed to a topic.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct TestSubscribed {
    /// Which.
    pub topic: String,
    /// The topic's life; `None` where the server knows nothing of it yet.
    pub epoch: Option<String>,
    /// The number of the last message so far.
    pub offset: u64,
    /// Whether all that the client missed comes next; `None` if it was never there.
    pub recovered: Option<bool>,
    /// Who is there, where the topic says so.
    pub present: Option<Vec<TestMember>>,
}

/// Somebody has come or gone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TestPresence {
    /// Where.
    pub topic: String,
    /// Who.
    pub member: TestMember,
}

/// Somebody who has joined a topic.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct TestMember {
    /// The connection's name.
    pub id: String,
    /// When they came.
    pub since: String,
    /// What they say of themselves.
    #[serde(default)]
    pub data: Value,
}

impl<Out: DeserializeOwned> TestFrame<Out> {
    /// Reads a frame; an error where it is none, or its message is no `Out`.
    pub(super) fn read(frame: &Value) -> Result<Self, serde_json::Error> {
        let topic = || frame["topic"].as_str().map(str::to_owned);
        let presence = |member: &Value| {
            let member = TestMember::deserialize(member)?;
            Ok::<_, serde_json::Error>(TestPresence { topic: topic().unwrap_or_default(), member })
        };
        let message = || frame.get("data").map(Out::deserialize).transpose();
        let (offset, re) = (frame["offset"].as_u64(), frame["re"].as_u64());
        Ok(if let Some(problem) = frame.get("problem") {
            Self::Problem { re, problem: Box::new(TestProblem::deserialize(problem)?) }
        } else if let Some(re) = re {
            Self::Answer { re, message: message()? }
        } else if let Some(member) = frame.get("joined") {
            Self::Joined(presence(member)?)
        } else if let Some(member) = frame.get("left") {
            Self::Left(presence(member)?)
        } else if let Some(bye) = frame.get("bye") {
            let code = u16::deserialize(&bye["code"])?;
            Self::Bye { code, reconnect_after_ms: bye["reconnect_after_ms"].as_u64() }
        } else if let Some(message) = message()? {
            Self::Message(TestMessage { message, topic: topic(), offset, asks: frame["id"].as_u64() })
        } else if let (Some(topic), true) = (topic(), frame["ended"] == true) {
            Self::Ended { topic }
        } else {
            Self::Subscribed(TestSubscribed::deserialize(frame)?)
        })
    }
}
