//! What can go wrong on a channel.

use std::fmt;

use kovar_contract::Output;

/// A message was not published.
#[derive(Debug)]
pub struct PublishError(String);

impl PublishError {
    pub(crate) fn broken<M: Output>(message: &M) -> Self {
        Self(format!("the message breaks its contract: {}", kovar_http::respond::broken_contract(message)))
    }

    pub(crate) fn unwritable(cause: &serde_json::Error) -> Self {
        Self(format!("the message cannot be written: {cause}"))
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for PublishError {}

/// The client is gone, or about to be: nothing more is sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the client is gone")
    }
}

impl std::error::Error for Gone {}

/// A client did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// Not in time.
    Late,
    /// Its answer breaks the contract; it was told so.
    Broken,
    /// It is gone.
    Gone,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Late => "the client did not answer in time",
            Self::Broken => "the client's answer breaks the contract",
            Self::Gone => "the client is gone",
        })
    }
}

impl std::error::Error for AnswerError {}

/// A client was not subscribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscribeError {
    /// It has as many topics as it may.
    TooMany,
    /// It has this one already.
    Twice,
    /// What it says of itself cannot be written as JSON.
    Unwritable,
}

impl fmt::Display for SubscribeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooMany => "the connection has as many topics as it may",
            Self::Twice => "the connection has subscribed to the topic already",
            Self::Unwritable => "what a member says of itself cannot be written as JSON",
        })
    }
}

impl std::error::Error for SubscribeError {}
