//! What is done with each server.

use crate::bench::options::Named;

/// How many connections there are wherever there are many.
pub(super) const CONNECTIONS: usize = 10_000;

/// How many topics those are spread over.
pub(super) const TOPICS: usize = 1_000;

/// How many connections say something and wait for it to come back.
pub(super) const ECHOES: usize = 64;

/// How many messages each misses who comes again.
pub(super) const MISSED: u64 = 100;

/// How many messages are published a second while latencies are measured, each to ten.
pub(super) const RATE: u64 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    Idle,
    Connect,
    FanOut,
    Topics,
    Latency,
    Echo,
    Recovery,
}

impl Workload {
    pub(super) const ALL: &[Self] =
        &[Self::Idle, Self::Connect, Self::FanOut, Self::Topics, Self::Latency, Self::Echo, Self::Recovery];
}

impl Named for Workload {
    fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connect => "connect",
            Self::FanOut => "fan-out",
            Self::Topics => "topics",
            Self::Latency => "latency",
            Self::Echo => "echo",
            Self::Recovery => "recovery",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Idle => "10,000 idle connections",
            Self::Connect => "Opening 10,000 connections",
            Self::FanOut => "One message to 10,000",
            Self::Topics => "1,000 topics of 10 subscribers",
            Self::Latency => "2,000 messages a second to 10 subscribers each",
            Self::Echo => "An echo, 64 at once",
            Self::Recovery => "10,000 come again, and have missed 100 messages each",
        }
    }
}
