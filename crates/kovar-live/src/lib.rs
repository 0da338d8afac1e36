//! Typed channels over WebSocket, with topics: who subscribes gets what is published, and what was missed.
//!
//! A channel is a function. What its client sends and gets are schemas, and each message is held to them as a body is;
//! path, query, credentials and dependencies are those of an operation, and fail as an operation's do, before the
//! connection is one.
//!
//! What goes to many is written once. Whoever publishes leaves the message to the workers that have subscribers, and each
//! sends it to its own connections, without waking them.

mod app;
mod broker;
mod callers;
mod coalesce;
#[cfg_attr(not(any(feature = "redis", feature = "nats")), expect(dead_code, reason = "there is one node"))]
mod company;
mod connection;
#[cfg(feature = "database")]
mod database;
mod driving;
mod elsewhere;
mod error;
#[cfg_attr(
    not(any(feature = "redis", feature = "nats", feature = "database")),
    expect(dead_code, reason = "there is one node")
)]
mod followed;
mod greatest;
mod hub;
mod inbox;
mod known;
mod limits;
mod line;
mod message_pack;
mod metrics;
#[cfg(feature = "nats")]
mod nats;
mod opening;
mod overview;
mod problems;
mod protocol;
mod rate;
#[cfg(feature = "redis")]
mod redis;
mod said;
mod sessions;
mod socket;
pub mod testing;
mod topic;
mod worker;
mod ws;

pub use self::app::WithLive;
pub use self::coalesce::{Coalescing, Ending};
pub use self::connection::SlowPolicy;
pub use self::error::{AnswerError, BrokerError, Gone, PublishError, SubscribeError};
pub use self::hub::Live;
pub use self::limits::Limits;
pub use self::opening::{Channel, EndsChannel, Opened, Opening};
pub use self::overview::{BusyTopic, Counted, OpenConnection, Overview, Transport};
pub use self::socket::{RawMessage, RawSocket, Received, Sender, Socket, Subscribed};
pub use self::topic::{Published, Publishing, Topic, Topics};
pub use self::ws::CloseCode;
