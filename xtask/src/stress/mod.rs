//! The program under stress: slow clients and subscribers, no file descriptors left, hours of faults, reload after reload.
//!
//! Each has a short form, a step of `cargo xtask test`, and where more time shows more, a full form, a command of its
//! own. All of them load one release program, `xtask/stress-app`.

mod answers;
mod client;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod kills;
mod latency;
pub(crate) mod live_history;
pub(crate) mod live_reload;
mod metrics;
mod patience;
mod program;
pub(crate) mod reloads;
pub(crate) mod slow_clients;
pub(crate) mod slow_subscribers;
pub(crate) mod soak;

use std::time::Duration;

use crate::step::{StepResult, timed};
use crate::workshop::Workshop;

/// What takes longer than a step of `cargo xtask test` may.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FullForm {
    SlowClients,
    SlowSubscribers,
    Soak(Duration),
    /// So many of them.
    Reloads(u64),
    Kills(u64),
    /// So many reads.
    History(u64),
    /// So many messages, over a broker.
    LiveHistory(u64, live_history::Broker),
    /// So many connections.
    LiveReload(u64),
}

impl FullForm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SlowClients => "slow-clients",
            Self::SlowSubscribers => "slow-subscribers",
            Self::Soak(_) => "soak",
            Self::Reloads(_) => "reloads",
            Self::Kills(_) => "kills",
            Self::History(_) => "history",
            Self::LiveHistory(..) => "live-history",
            Self::LiveReload(_) => "live-reload",
        }
    }

    pub(crate) fn run(self, workshop: &Workshop) -> StepResult {
        timed(self.name(), || match self {
            Self::SlowClients => slow_clients::full(workshop),
            Self::SlowSubscribers => slow_subscribers::full(workshop),
            Self::Soak(duration) => soak::run(workshop, duration),
            Self::Reloads(count) => reloads::run(workshop, count),
            Self::Kills(count) => kills::run(workshop, count),
            Self::History(reads) => history::run(workshop, reads),
            Self::LiveHistory(messages, broker) => live_history::run(workshop, messages, broker),
            Self::LiveReload(connections) => live_reload::run(workshop, connections),
        })
    }
}
