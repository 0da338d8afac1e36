//! A new process of the same program takes over: on `SIGHUP`, from this one; or from whoever manages
//! programs and passes the sockets.

use std::ffi::{OsStr, OsString};
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use kovar_serve::{Kept, MANAGER_RELOADS, MANAGER_SOCKET};

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
                notify(Notice::Successor(child.id()));
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

/// What a program tells those who started it, as `sd_notify(3)` says it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// It can be asked.
    Ready,
    /// It ends.
    Stopping,
    /// Whoever manages the program should replace it.
    Reload,
    /// Another process is the program now.
    Successor(u32),
}

/// Tells whoever started this process that it is ready, and whoever manages the program the rest:
/// for a successor these are two.
pub(super) fn notify(notice: Notice) {
    let (variable, message) = match notice {
        Notice::Ready => ("NOTIFY_SOCKET", "READY=1".to_owned()),
        Notice::Stopping => (manager_variable(), "STOPPING=1".to_owned()),
        Notice::Reload => (manager_variable(), "RELOADING=1".to_owned()),
        Notice::Successor(pid) => (manager_variable(), format!("MAINPID={pid}")),
    };
    let Some(socket) = std::env::var_os(variable).filter(|socket| !socket.is_empty()) else { return };
    if let Err(cause) = tell(&socket, &message) {
        tracing::warn!(%cause, "whoever started the program cannot be told");
    }
}

/// Whether whoever manages the program starts successors itself.
pub(super) fn is_reloaded_by_its_manager() -> bool {
    std::env::var_os(MANAGER_RELOADS).is_some()
}

fn manager_variable() -> &'static str {
    if std::env::var_os(MANAGER_SOCKET).is_some() { MANAGER_SOCKET } else { "NOTIFY_SOCKET" }
}

fn tell(socket: &OsStr, message: &str) -> std::io::Result<()> {
    UnixDatagram::unbound()?.send_to_addr(message.as_bytes(), &address(socket)?).map(drop)
}

/// On Linux, a name that begins with `@` is one that stands in no folder.
fn address(socket: &OsStr) -> std::io::Result<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::unix::ffi::OsStrExt::as_bytes(socket).strip_prefix(b"@") {
        return <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name);
    }
    SocketAddr::from_pathname(socket)
}
