//! A new process of the same program takes over: on `SIGHUP`, from this one; or from whoever manages
//! programs and passes the sockets.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use kovar_serve::Kept;
use sd_notify::NotifyState;

/// How long the new process may take until it is ready. It may have to migrate a database.
const LONGEST_START: Duration = Duration::from_secs(60);

/// How this program was started.
#[derive(Debug)]
pub(super) struct Started {
    program: std::io::Result<PathBuf>,
    arguments: Vec<OsString>,
}

impl Started {
    /// Once the file is replaced by a new version, the operating system calls it deleted: so this is
    /// asked at the start.
    pub(super) fn now() -> Self {
        Self { program: std::env::current_exe(), arguments: std::env::args_os().skip(1).collect() }
    }

    /// Starts the program again and waits, blocking, until it is ready. Whether it is.
    pub(super) fn again(&self, kept: &Kept) -> bool {
        let program = match &self.program {
            Ok(program) => program,
            Err(cause) => {
                tracing::error!(%cause, "the program does not know its own file; it goes on");
                return false;
            }
        };
        let mut command = Command::new(program);
        command.args(&self.arguments);
        match kept.hand_over(command, LONGEST_START) {
            Ok(child) => {
                tracing::info!(pid = child.id(), "a new process takes over");
                notify(NotifyState::MainPid(child.id()));
                true
            }
            Err(error) => {
                let cause = crate::log::chain(&error);
                tracing::error!(%cause, "no new process took over; this one goes on");
                false
            }
        }
    }
}

/// Tells whoever started the program (`NOTIFY_SOCKET`), if anybody listens.
pub(super) fn notify(state: NotifyState<'_>) {
    if let Err(cause) = sd_notify::notify(&[state]) {
        tracing::warn!(%cause, "whoever started the program cannot be told");
    }
}
