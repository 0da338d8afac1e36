//! What many heard on channels, held against what was said: the test of that name, for longer than a step may take.

use crate::checks::brokers;
use crate::tally::Tally;
use crate::workshop::Workshop;

pub(crate) const FULL: u64 = 1_000_000;

/// What is between the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broker {
    Redis,
    Nats,
}

impl Broker {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "redis" => Some(Self::Redis),
            "nats" => Some(Self::Nats),
            _ => None,
        }
    }

    /// The tests over it.
    fn tests(self) -> &'static str {
        match self {
            Self::Redis => "loss::over_redis",
            Self::Nats => "loss::over_nats",
        }
    }
}

/// # Errors
/// When the broker or the tests cannot be started.
pub(crate) fn run(workshop: &Workshop, messages: u64, broker: Broker) -> Result<Tally, String> {
    brokers::install()?;
    let tests = [broker.tests(), "--", "--nocapture"];
    let environment = [("KOVAR_TEST_MESSAGES", &*messages.to_string())];
    let mut tally = brokers::test(workshop, &["--release"], &tests, &environment)?;
    tally.note(format!("{messages} messages"));
    Ok(tally)
}
