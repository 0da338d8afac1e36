//! What can go wrong on a channel.

use std::fmt;

use kovar_contract::Output;

/// A message was not published.
#[derive(Debug)]
pub struct PublishError {
    message: String,
    is_away: bool,
    was_told_here: bool,
}

impl PublishError {
    /// Whether the broker between the nodes, or the database, cannot be reached. Whether it has the message is not known,
    /// but where [those of this node were told](Self::was_told_here) of a topic with a history: then it has not.
    pub fn is_away(&self) -> bool {
        self.is_away
    }

    /// Whether those who have subscribed on this node got the message all the same. It has no offset and is in no history.
    pub fn was_told_here(&self) -> bool {
        self.was_told_here
    }

    pub(crate) fn away(was_told_here: bool) -> Self {
        Self { message: "the broker between the nodes is away".to_owned(), is_away: true, was_told_here }
    }

    #[cfg(feature = "database")]
    pub(crate) fn not_kept(cause: &kovar_data::Error) -> Self {
        let is_away = cause.is_passing() || cause.is_in_doubt();
        Self { message: format!("the message cannot be kept: {cause}"), is_away, was_told_here: false }
    }

    /// Of a text that has ended already.
    pub(crate) fn over() -> Self {
        Self::other("the text has ended: nothing more of it is published".to_owned())
    }

    pub(crate) fn too_long(bytes: usize, most: usize) -> Self {
        Self::other(format!("the message is too long for the broker: it has {bytes} bytes, of {most} at most"))
    }

    pub(crate) fn broken<M: Output>(message: &M) -> Self {
        Self::other(format!("the message breaks its contract: {}", kovar_http::respond::broken_contract(message)))
    }

    pub(crate) fn unwritable(cause: &serde_json::Error) -> Self {
        Self::other(format!("the message cannot be written: {cause}"))
    }

    fn other(message: String) -> Self {
        Self { message, is_away: false, was_told_here: false }
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
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

/// What is between the nodes cannot be used.
#[derive(Debug)]
pub struct BrokerError(String);

impl BrokerError {
    /// The URL stays out of the message: it may hold a password.
    pub(crate) fn unreadable() -> Self {
        Self("the URL of the broker cannot be read: it is `memory:`, or begins with `redis://` or `nats://`".to_owned())
    }

    /// A file of credentials that a URL names.
    #[cfg(feature = "nats")]
    pub(crate) fn credentials(path: &str, cause: &std::io::Error) -> Self {
        Self(format!("the credentials in `{path}` cannot be used: {cause}"))
    }

    #[cfg(not(all(feature = "redis", feature = "nats")))]
    pub(crate) fn off(feature: &str) -> Self {
        Self(format!("the broker is the feature `{feature}` of `kovar`"))
    }
}

impl fmt::Display for BrokerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for BrokerError {}
