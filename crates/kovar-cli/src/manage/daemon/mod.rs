//! The daemon: it holds the sockets of apps, starts their processes, and starts them again.
//!
//! Each app has a supervisor, a task that takes one event after the other, so what happens at the
//! same time is decided in one place. Each process has a task that watches it. Nothing is shared
//! but what supervisors publish for `ls` and for the file of apps.

mod control;
mod log;
mod metrics;
mod orphan;
mod process;
mod registry;
mod restart_policy;
mod saved;
mod supervisor;
mod usage;
mod version;

use crate::manage::Error;
use crate::manage::home::Home;

/// Runs the daemon until it is asked to end.
///
/// # Errors
///
/// When another one runs, or the directory of the state cannot be used.
pub(crate) fn run(detach: bool) -> Result<(), Error> {
    let home = Home::open()?;
    let Some(_lock) = home.lock()? else {
        let pid = home.daemon_pid()?.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
        return Err(format!("a daemon runs already{pid}").into());
    };
    if detach {
        // It must not end with the terminal of whoever needed it first.
        nix::unistd::setsid()?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(control::serve(home))
}
