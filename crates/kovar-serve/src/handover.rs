//! A new process takes over the listening sockets, and no connection is refused in between.
//!
//! The protocol is systemd's, so that systemd, a process manager and the old process all start an
//! app in the same way: sockets are passed as descriptors from 3 on and counted in `LISTEN_FDS`,
//! and the app says `READY=1` to the socket in `NOTIFY_SOCKET`. `LISTEN_PID` is left out: who starts
//! a process does not know its id before.

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt as _, FdMapping};

use crate::listen::Socket;

/// The first descriptor that is passed (`sd_listen_fds(3)`).
const FIRST: i32 = 3;

/// The variable that names the socket of whoever manages the program (systemd), for a process whose
/// `NOTIFY_SOCKET` is its predecessor's. It is empty where nobody does.
pub const MANAGER_SOCKET: &str = "KOVAR_MANAGER_SOCKET";

/// The variable by which a manager says that it replaces processes itself: on `SIGHUP` a program sends it `RELOADING=1`
/// (`sd_notify(3)`), and goes on until it is asked to end.
pub const MANAGER_RELOADS: &str = "KOVAR_MANAGER_RELOADS";

/// How often it is looked whether the new process still runs.
const LOOK: Duration = Duration::from_millis(50);

/// The listening sockets of a server, kept to be handed over until it drains.
#[derive(Clone)]
pub struct Kept(Arc<Mutex<Vec<OwnedFd>>>);

/// Why the new process did not take over.
#[derive(Debug)]
#[non_exhaustive]
pub enum HandOverError {
    /// The sockets are gone: the server drains already.
    Draining,
    /// The process could not be started.
    Start(io::Error),
    /// It ended before it was ready.
    Ended(std::process::ExitStatus),
    /// It was not ready in time, and was killed.
    Late(Duration),
}

impl Kept {
    pub(crate) fn of(sockets: &[Socket]) -> io::Result<Self> {
        let clones = sockets.iter().map(|socket| socket.try_clone().map(OwnedFd::from));
        Ok(Self(Arc::new(Mutex::new(clones.collect::<io::Result<_>>()?))))
    }

    /// Lets go of the sockets, so that nobody listens at them any more.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<OwnedFd>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a process with the sockets and waits, blocking, until it says that it is ready. Both
    /// accept connections then; the old one should drain.
    ///
    /// # Errors
    ///
    /// When the process does not start, ends, or is not ready within the limit. Then it is gone.
    pub fn hand_over(&self, mut command: Command, limit: Duration) -> Result<Child, HandOverError> {
        let sockets: Vec<OwnedFd> =
            self.lock().iter().map(OwnedFd::try_clone).collect::<Result<_, _>>().map_err(HandOverError::Start)?;
        if sockets.is_empty() {
            return Err(HandOverError::Draining);
        }
        let ready = Ready::new().map_err(HandOverError::Start)?;
        if std::env::var_os(MANAGER_SOCKET).is_none() {
            // Without a manager the name is empty, so that the new process does not take this one for it.
            command.env(MANAGER_SOCKET, std::env::var_os("NOTIFY_SOCKET").unwrap_or_default());
        }
        command.env("LISTEN_FDS", sockets.len().to_string()).env_remove("LISTEN_PID");
        command.env_remove("LISTEN_FDNAMES").env("NOTIFY_SOCKET", &ready.path);
        let mappings = (FIRST..).zip(sockets).map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd });
        let mappings = command.fd_mappings(mappings.collect());
        let mut child = mappings.map_err(io::Error::other).and_then(Command::spawn).map_err(HandOverError::Start)?;
        match ready.wait(&mut child, limit) {
            Ok(()) => Ok(child),
            Err(error) => {
                // It may be gone already.
                let _ = child.kill().and_then(|()| child.wait());
                Err(error)
            }
        }
    }
}

/// Where a process says that it is ready.
struct Ready {
    socket: UnixDatagram,
    path: std::path::PathBuf,
}

impl Ready {
    fn new() -> io::Result<Self> {
        let start = Instant::now();
        loop {
            let number = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), start);
            let path = std::env::temp_dir().join(format!("kovar-ready-{number:016x}"));
            match UnixDatagram::bind(&path) {
                Ok(socket) => {
                    socket.set_read_timeout(Some(LOOK))?;
                    return Ok(Self { socket, path });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn wait(&self, child: &mut Child, limit: Duration) -> Result<(), HandOverError> {
        let start = Instant::now();
        let mut message = [0; 4096];
        while start.elapsed() < limit {
            let length = self.socket.recv(&mut message).unwrap_or(0);
            if message[..length].split(|byte| *byte == b'\n').any(|line| line == b"READY=1") {
                return Ok(());
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(HandOverError::Ended(status));
            }
        }
        Err(HandOverError::Late(limit))
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        // A socket that is left over in the folder for temporary files hurts nobody.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl fmt::Display for HandOverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draining => f.write_str("the server drains already"),
            Self::Start(_) => f.write_str("the new process could not be started"),
            Self::Ended(status) => write!(f, "the new process ended before it was ready: {status}"),
            Self::Late(limit) => write!(f, "the new process was not ready within {limit:?}"),
        }
    }
}

impl std::error::Error for HandOverError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start(cause) => Some(cause),
            _ => None,
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("sockets", &self.lock().len()).finish()
    }
}
