//! The program that is written: one process, replaced as a whole.

use std::future::pending;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::package::Package;
use crate::manage::Error;
use crate::manage::listen::{self, Listening};
use crate::manage::process_group::ProcessGroup;

/// Streams that never end would hold up each change, so nothing is waited for longer.
const END_LIMIT: Duration = Duration::from_secs(2);

/// A program that runs. When this is dropped, it and what it started are killed.
#[derive(Debug)]
pub(super) struct Program {
    /// The file that runs.
    pub(super) file: File,
    child: Child,
    group: ProcessGroup,
}

/// A program's file; when cargo makes it anew, it has another time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    path: PathBuf,
    modified: SystemTime,
    size: u64,
}

impl File {
    pub(super) fn of(path: &Path) -> std::io::Result<Self> {
        let metadata = path.metadata()?;
        Ok(Self { path: path.to_owned(), modified: metadata.modified()?, size: metadata.len() })
    }
}

impl Program {
    /// Starts the program with this socket.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) fn start(
        file: File,
        arguments: &[String],
        package: &Package,
        socket: &Listening,
    ) -> Result<Self, Error> {
        let mut command = Command::new(&file.path);
        command.args(arguments).current_dir(&package.directory).stdin(Stdio::null()).process_group(0);
        command.env_remove("NOTIFY_SOCKET");
        listen::pass_on(std::slice::from_ref(socket), &mut command)?;
        let child = command.spawn().map_err(|cause| format!("{} cannot be started: {cause}", file.path.display()))?;
        let group = ProcessGroup::led_by(child.id().unwrap_or_default());
        Ok(Self { file, child, group })
    }

    /// Ends the program, and waits for it.
    pub(super) async fn end(mut self) {
        self.group.terminate();
        if timeout(END_LIMIT, self.child.wait()).await.is_err() {
            self.group.kill();
            // A process that was killed has ended.
            let _ = self.child.wait().await;
        }
    }
}

/// How the program ended; never, if none runs.
pub(super) async fn ended(program: &mut Option<Program>) -> String {
    match program {
        Some(program) => program.child.wait().await.map_or_else(|cause| cause.to_string(), |status| status.to_string()),
        None => pending().await,
    }
}
