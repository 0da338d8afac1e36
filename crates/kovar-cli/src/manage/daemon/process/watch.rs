//! Watches one process until it has ended: readiness, memory, orders to end.

use std::future::pending;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::net::UnixDatagram;
use tokio::process::Child;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::manage::daemon::log::Tail;
use crate::manage::daemon::process::{END_LIMIT, Ended, now};
use crate::manage::daemon::supervisor::Event;
use crate::manage::daemon::usage::Sampler;
use crate::manage::process_group::ProcessGroup;
use crate::manage::protocol::Exit;
use crate::manage::units::show_bytes;

/// How long a process may take until it is ready.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// How often its memory and processor time are looked at.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);

/// What is written is in the pipe already when a process has ended.
const LOG_LIMIT: Duration = Duration::from_secs(1);

/// What is known of a process when it is started.
pub(super) struct Watched {
    pub(super) number: u64,
    pub(super) pid: u32,
    pub(super) child: Child,
    pub(super) max_memory: Option<u64>,
    pub(super) notify: UnixDatagram,
    pub(super) notify_path: PathBuf,
    /// Orders to end; so is that nobody can give one any more.
    pub(super) ordered: UnboundedReceiver<()>,
    pub(super) logging: JoinHandle<()>,
    pub(super) tail: Tail,
    pub(super) events: UnboundedSender<Event>,
}

/// Watches a process.
pub(super) struct Watch {
    process: Watched,
    /// Killed when the watch ends, however it ends.
    group: ProcessGroup,
    started: Instant,
    sampler: Sampler,
    /// Until it is ready.
    ready_until: Option<Instant>,
    /// Once it was asked to end.
    end_until: Option<Instant>,
    is_asked_to_end: bool,
    /// Why it was made to end, if it was.
    reason: Option<String>,
}

impl Watch {
    /// A process that was started just now.
    pub(super) fn new(process: Watched) -> Self {
        let started = Instant::now();
        Self {
            group: ProcessGroup::led_by(process.pid),
            started,
            sampler: Sampler::new(process.pid),
            ready_until: Some(started + READY_LIMIT),
            end_until: None,
            is_asked_to_end: false,
            reason: None,
            process,
        }
    }

    /// Watches until the process has ended, and tells it.
    pub(super) async fn run(mut self) {
        let mut sampling = interval(SAMPLE_EVERY);
        sampling.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let status = loop {
            tokio::select! {
                status = self.process.child.wait() => break status,
                notice = notice(&self.process.notify), if !self.is_asked_to_end => self.noticed(notice),
                () = at(self.ready_until) => {
                    self.kill(format!("not ready within {} s: no READY=1 came to NOTIFY_SOCKET", READY_LIMIT.as_secs()));
                }
                () = at(self.end_until) => {
                    self.kill(format!("did not end within {} s of SIGTERM", END_LIMIT.as_secs()));
                }
                _ = self.process.ordered.recv(), if !self.is_asked_to_end => self.ask_to_end(),
                _ = sampling.tick() => self.sample(),
            }
        };
        self.end(status).await;
    }

    fn noticed(&mut self, notice: Notice) {
        match notice {
            Notice::Ready if self.ready_until.take().is_some() => self.tell(Event::Ready(self.process.number)),
            Notice::Ready => {}
            Notice::Reloading => self.tell(Event::Reloading(self.process.number)),
        }
    }

    fn sample(&mut self) {
        let Some(usage) = self.sampler.sample() else { return };
        self.tell(Event::Usage(self.process.number, usage));
        let limit = self.process.max_memory.filter(|&limit| usage.memory_bytes > limit);
        if let Some(limit) = limit.filter(|_| !self.is_asked_to_end) {
            let (used, limit) = (show_bytes(usage.memory_bytes), show_bytes(limit));
            self.reason = Some(format!("memory: {used} is more than {limit}"));
            self.ask_to_end();
        }
    }

    fn ask_to_end(&mut self) {
        self.is_asked_to_end = true;
        (self.ready_until, self.end_until) = (None, Some(Instant::now() + END_LIMIT));
        self.group.terminate();
    }

    fn kill(&mut self, reason: String) {
        self.is_asked_to_end = true;
        (self.ready_until, self.end_until) = (None, None);
        self.reason = Some(reason);
        self.group.kill();
    }

    async fn end(mut self, status: io::Result<ExitStatus>) {
        self.group.kill();
        let lived = self.started.elapsed();
        // Someone who left the group may keep the pipe open.
        let _ = timeout(LOG_LIMIT, &mut self.process.logging).await;
        let _ = std::fs::remove_file(&self.process.notify_path);
        let ended = status.map_or_else(|cause| cause.to_string(), show);
        let reason = self.reason.take().map_or_else(|| ended.clone(), |reason| format!("{reason} ({ended})"));
        let exit = Exit { at: now(), pid: self.process.pid, reason };
        self.tell(Event::Exited(self.process.number, Ended { exit, lived, last_lines: self.process.tail.lines() }));
    }

    fn tell(&self, event: Event) {
        // Whoever deleted the app does not listen any more.
        let _ = self.process.events.send(event);
    }
}

/// What a process says of itself.
#[derive(Clone, Copy, Debug)]
enum Notice {
    /// It answers.
    Ready,
    /// It wants to be replaced.
    Reloading,
}

/// Waits for `READY=1` or `RELOADING=1`: `sd_notify(3)`. Other states are of no use here.
async fn notice(notify: &UnixDatagram) -> Notice {
    let mut message = [0; 4096];
    loop {
        let length = match notify.recv(&mut message).await {
            Ok(length) => length,
            Err(_) => pending().await,
        };
        for line in message[..length].split(|&byte| byte == b'\n') {
            match line {
                b"READY=1" => return Notice::Ready,
                b"RELOADING=1" => return Notice::Reloading,
                _ => {}
            }
        }
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}

fn show(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (_, Some(signal)) => match Signal::try_from(signal) {
            Ok(signal) => format!("killed by {signal}"),
            Err(_) => format!("killed by signal {signal}"),
        },
        _ => "ended".to_owned(),
    }
}
