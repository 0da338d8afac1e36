//! A peer, started on its core and gone with its owner.

use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::machine::SERVER_CORE;
use super::peer::Peer;
use super::places::Places;
use super::processes::Group;
use super::requests::get;
use crate::command::tail;
use crate::exchange::{exchange, free_address};

/// How long a peer may take to give its first answer. `NestJS` with a thousand controllers needs seconds.
const START_LIMIT: Duration = Duration::from_secs(60);

const LOG_LINES: usize = 40;

/// Where a server's words go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// To a file, so that a failure can be explained.
    Kept,
    /// To `/dev/null`: while it is measured, writing costs what it costs, and the disk is not measured with it.
    Dropped,
}

/// How a peer is started this time.
#[derive(Clone, Debug)]
pub(super) struct Start {
    /// Which of its apps it is: `{app}` in its command line, and `BENCH_APP`.
    pub(super) app: &'static str,
    pub(super) environment: Vec<(&'static str, String)>,
    /// What is asked for until there is an answer.
    pub(super) first_path: &'static str,
    pub(super) log: Log,
}

#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
    /// From the start of the process to the end of its first answer.
    pub(super) first_answer: Duration,
}

impl Server {
    /// Starts a peer and waits for its first answer.
    ///
    /// # Errors
    /// When it does not start or does not answer: with the end of its log.
    pub(super) fn start(peer: &Peer, start: &Start, places: &Places) -> Result<Self, String> {
        let address = free_address()?;
        let path = places.log(peer.name);
        let mut command = command(peer, start, places, address)?;
        let unable = |error: std::io::Error| format!("{} could not be started: {error}", peer.label);
        if start.log == Log::Kept {
            let file = File::create(&path).map_err(unable)?;
            command.stdout(file.try_clone().map_err(unable)?).stderr(file);
        }
        let started = Instant::now();
        let child = command.spawn().map_err(unable)?;
        let mut server = Self { child, address, first_answer: Duration::ZERO };
        match server.wait_for_answer(started, start.first_path) {
            Ok(()) => Ok(server),
            Err(why) => Err(format!("{} {why}{}", peer.label, last_words(start.log, &path))),
        }
    }

    pub(super) fn processes(&self) -> Group {
        Group(self.child.id())
    }

    /// # Errors
    /// When it has ended.
    pub(super) fn still_runs(&mut self) -> Result<(), String> {
        match self.child.try_wait() {
            Ok(Some(status)) => Err(format!("ended with {status}")),
            _ => Ok(()),
        }
    }

    fn wait_for_answer(&mut self, started: Instant, path: &str) -> Result<(), String> {
        let request = get(path, "identity");
        while started.elapsed() < START_LIMIT {
            if exchange(self.address, &request, START_LIMIT).is_ok_and(|response| response.status < 400) {
                self.first_answer = started.elapsed();
                return Ok(());
            }
            self.still_runs()?;
            std::thread::sleep(Duration::from_micros(500));
        }
        Err(format!("gave no answer within {START_LIMIT:?}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The whole group: granian's workers are children.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

fn command(peer: &Peer, start: &Start, places: &Places, address: SocketAddr) -> Result<Command, String> {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", SERVER_CORE]).args(words(peer, start, places, address)?);
    command.envs(peer.environment.iter().copied()).env("BENCH_APP", start.app);
    command.envs(start.environment.iter().map(|(name, value)| (*name, value)));
    command.current_dir(&places.made).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}

fn words(peer: &Peer, start: &Start, places: &Places, address: SocketAddr) -> Result<Vec<String>, String> {
    let admin = free_address()?;
    let filled = |word: &str| {
        places
            .fill(word)
            .replace("{app}", start.app)
            .replace("{host}", &address.ip().to_string())
            .replace("{port}", &address.port().to_string())
            .replace("{admin}", &admin.port().to_string())
    };
    Ok(peer.command.split_whitespace().map(filled).collect())
}

fn last_words(log: Log, path: &Path) -> String {
    match log {
        Log::Kept => {
            let bytes = std::fs::read(path).unwrap_or_default();
            format!(". Its log:\n{}", tail(&String::from_utf8_lossy(&bytes), LOG_LINES))
        }
        Log::Dropped => ".".to_owned(),
    }
}
