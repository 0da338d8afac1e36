//! Processes that are ended together with everything that they started.

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// A process that leads a group of its own. The group is killed when this is dropped, also by a
/// panic, so nothing is left behind.
#[derive(Debug)]
pub(crate) struct ProcessGroup(Pid);

impl ProcessGroup {
    /// The group of a process that was started with `process_group(0)`.
    pub(crate) fn led_by(pid: u32) -> Self {
        Self(Pid::from_raw(pid.cast_signed()))
    }

    /// Asks the leader to end. It knows best how to end what it started.
    pub(crate) fn terminate(&self) {
        // The process may have ended already.
        let _ = kill(self.0, Signal::SIGTERM);
    }

    /// Ends everyone in the group.
    pub(crate) fn kill(&self) {
        let _ = killpg(self.0, Signal::SIGKILL);
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
    }
}
