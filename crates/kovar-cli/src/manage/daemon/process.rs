//! One process of an app: how it is started, when it is ready, how it ends.
//!
//! The protocol is systemd's: sockets from descriptor 3 on with `LISTEN_FDS` and `LISTEN_FDNAMES`,
//! `READY=1` to `NOTIFY_SOCKET`, and `SIGTERM` to drain. So an app needs no library of ours, and
//! runs under systemd as it runs here. Only `KOVAR_ADMIN` is Kovar's own: where to answer about
//! health, beside the process before.

mod watch;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kovar_serve::MANAGER_RELOADS;
use tokio::net::{UnixDatagram, unix::pipe};
use tokio::process::Command;
use tokio::sync::mpsc::{self, UnboundedSender};

use self::watch::{Watch, Watched};
use crate::manage::daemon::log::{Log, Tail};
use crate::manage::daemon::orphan::Identity;
use crate::manage::daemon::supervisor::Event;
use crate::manage::home::Home;
use crate::manage::listen::{self, Listening};
use crate::manage::protocol::{Exit, Spec};

/// How long a process may take to end. An app of Kovar drains for 30 s.
pub(super) const END_LIMIT: Duration = Duration::from_secs(35);

/// A process that was started. When this is dropped, it is asked to end.
#[derive(Debug)]
pub(super) struct Process {
    /// Tells processes apart, also when a pid comes again.
    pub(super) number: u64,
    pub(super) identity: Identity,
    pub(super) started_at: Timestamp,
    orders: UnboundedSender<()>,
}

/// How a process ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) exit: Exit,
    pub(super) lived: Duration,
    pub(super) last_lines: Vec<String>,
}

/// What a process is started with.
pub(super) struct Start<'a> {
    pub(super) spec: &'a Spec,
    pub(super) sockets: &'a [Listening],
    pub(super) admin: Option<SocketAddr>,
    pub(super) home: &'a Home,
    pub(super) log: &'a Log,
    /// Where it is told what happens to the process.
    pub(super) events: &'a UnboundedSender<Event>,
}

impl Start<'_> {
    /// Starts a process.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub(super) fn now(&self) -> io::Result<Process> {
        let number = next_number();
        let notify_path = self.home.notify_socket(number);
        // A daemon that was killed may have left it.
        let _ = std::fs::remove_file(&notify_path);
        let notify = UnixDatagram::bind(&notify_path)?;
        let (log_end, child_end) = io::pipe()?;
        let log_end = pipe::Receiver::from_owned_fd(log_end.into())?;
        let mut command = self.command(&notify_path, child_end)?;
        // From here on nothing may fail: nobody would watch the process.
        let child = command.spawn()?;
        // Or the pipe would never end.
        drop(command);
        let pid = child.id().unwrap_or_default();
        let tail = Tail::default();
        let logging = tokio::spawn(self.log.clone().write_all(log_end, tail.clone()));
        let (orders, ordered) = mpsc::unbounded_channel();
        let watched = Watched {
            number,
            pid,
            child,
            max_memory: self.spec.max_memory,
            notify,
            notify_path,
            ordered,
            logging,
            tail,
            events: self.events.clone(),
        };
        tokio::spawn(Watch::new(watched).run());
        Ok(Process { number, identity: Identity::of(pid), started_at: now(), orders })
    }

    fn command(&self, notify_path: &Path, output: io::PipeWriter) -> io::Result<Command> {
        let spec = self.spec;
        let mut command = Command::new(&spec.program);
        command.args(&spec.arguments).current_dir(&spec.directory);
        command.env_clear().envs(spec.environment.iter().cloned()).env("NOTIFY_SOCKET", notify_path);
        // A successor that the process starts itself would be nobody's child.
        command.env(MANAGER_RELOADS, "1");
        if let Some(admin) = self.admin {
            command.env("KOVAR_ADMIN", admin.to_string());
        }
        listen::pass_on(self.sockets, &mut command)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        // A signal to the daemon's group is not meant for apps.
        command.process_group(0);
        Ok(command)
    }
}

impl Process {
    /// Asks the process to end; it is killed when it does not.
    pub(super) fn terminate(&self) {
        // It may have ended already.
        let _ = self.orders.send(());
    }
}

/// The time, without digits that nobody reads.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
