//! Processes that a daemon left behind because it was killed.
//!
//! They hold the sockets, so nothing can take their place until they have ended. A pid alone does
//! not tell them: it may belong to someone else by now. With the time of its start it does.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::manage::daemon::process::END_LIMIT;
use crate::manage::daemon::usage;
use crate::manage::process_group::ProcessGroup;

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Which process it is, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) pid: u32,
    /// Ticks since the machine was started; absent where there is no `/proc`.
    pub(super) start_ticks: Option<u64>,
}

impl Identity {
    /// The process that has this pid now.
    pub(super) fn of(pid: u32) -> Self {
        Self { pid, start_ticks: usage::start_ticks(pid) }
    }

    fn lives(self) -> bool {
        self.start_ticks.is_some() && usage::start_ticks(self.pid) == self.start_ticks
    }
}

/// Ends those that still run, and waits for it.
pub(super) async fn end(processes: &[Identity]) {
    let living: Vec<_> = processes.iter().filter(|process| process.lives()).collect();
    // Their groups are killed when this goes.
    let groups: Vec<_> = living.iter().map(|process| ProcessGroup::led_by(process.pid)).collect();
    groups.iter().for_each(ProcessGroup::terminate);
    let until = Instant::now() + END_LIMIT;
    while living.iter().any(|process| process.lives()) && Instant::now() < until {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
