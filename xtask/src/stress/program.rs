//! `xtask/stress-app` as a release build, with all its successors, started for a check and gone with it.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use super::client::get;
use super::metrics::Metrics;
use super::patience::wait_until;
use crate::bench::processes::Group;
use crate::command::{tail, watched};
use crate::exchange::{exchange, free_address};
use crate::temporary::TemporaryFolder;
use crate::workshop::Workshop;

const PATIENCE: Duration = Duration::from_secs(60);
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
const LOG_LINES: usize = 40;

/// Without a line for each request, and for each that fails on purpose.
const QUIET_LOG: [(&str, &str); 2] = [("RUST_LOG", "info,kovar::request=off,kovar_http=off"), ("RUST_BACKTRACE", "0")];

/// How the program is started.
#[derive(Clone, Debug, Default)]
pub(super) struct Setup {
    /// What stands before the program: `taskset`, `prlimit`.
    pub(super) launcher: Vec<String>,
    pub(super) arguments: Vec<&'static str>,
    pub(super) environment: Vec<(&'static str, String)>,
}

impl Setup {
    /// For a program that answers so much that its log would be the larger part of its work.
    pub(super) fn with_quiet_log() -> Self {
        let environment = QUIET_LOG.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { environment, ..Self::default() }
    }
}

/// The running program.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    /// The process that took over last, or the first.
    pid: AtomicU32,
    pub(super) address: SocketAddr,
    pub(super) admin: SocketAddr,
    folder: TemporaryFolder,
    words: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Program {
    /// Builds the program if need be, starts it and waits for its first answer.
    ///
    /// # Errors
    /// When it does not build or does not answer: with its log.
    pub(super) fn start(workshop: &Workshop, check: &str, setup: &Setup) -> Result<Self, String> {
        let program = built(workshop)?;
        let folder = workshop.temporary(check)?;
        let (address, admin) = (free_address()?, free_address()?);
        let mut words: Vec<String> = setup.launcher.iter().cloned().chain([program.display().to_string()]).collect();
        words.extend(["--listen".to_owned(), address.to_string(), "--admin".to_owned(), admin.to_string()]);
        words.extend(setup.arguments.iter().map(|argument| (*argument).to_owned()));
        let environment = setup.environment.clone();
        let child = spawn(&words, &environment, &folder)?;
        let program = Self { pid: AtomicU32::new(child.id()), child, address, admin, folder, words, environment };
        program.wait_for_answer()?;
        Ok(program)
    }

    /// Kills the process, and starts another in its place.
    ///
    /// # Errors
    /// When it does not start again.
    pub(super) fn kill_and_start(&mut self) -> Result<(), String> {
        self.signal("KILL")?;
        let _ = self.child.wait();
        self.child = spawn(&self.words, &self.environment, &self.folder)?;
        self.pid.store(self.child.id(), Relaxed);
        self.wait_for_answer()
    }

    fn wait_for_answer(&self) -> Result<(), String> {
        let is_200 =
            || exchange(self.address, &get("/numbers/1"), ANSWER_LIMIT).is_ok_and(|answer| answer.status == 200);
        match wait_until("the program answers", PATIENCE, || is_200() || !self.is_running()) {
            Ok(()) if self.is_running() => Ok(()),
            _ => Err(self.explain("It gave no first answer.")),
        }
    }

    /// Not asked of the log, which is long, and would be read on the core of the load.
    fn pid(&self) -> u32 {
        self.pid.load(Relaxed)
    }

    /// The processes that took over, by the log.
    pub(super) fn successors(&self) -> Vec<u32> {
        let log = self.log();
        let taken = log.lines().filter(|line| line.contains("a new process takes over"));
        taken.filter_map(|line| line.split("\"pid\":").nth(1)?.split([',', '}']).next()?.parse().ok()).collect()
    }

    /// Asks the program to let a new process take over, and waits until one has.
    ///
    /// # Errors
    /// When none does.
    pub(super) fn reload(&self) -> Result<(), String> {
        let before = self.successors().len();
        self.signal("HUP")?;
        wait_until("a new process takes over", PATIENCE, || self.successors().len() > before)
            .map_err(|why| self.explain(&why))?;
        self.pid.store(self.successors().last().copied().unwrap_or_else(|| self.pid()), Relaxed);
        Ok(())
    }

    pub(super) fn signal(&self, name: &str) -> Result<(), String> {
        kill(name, &self.pid().to_string())
    }

    /// Ends the program in its own way, and waits until no process of it is left.
    ///
    /// # Errors
    /// When one goes on.
    pub(super) fn end(&self) -> Result<(), String> {
        self.signal("TERM")?;
        let group = self.processes();
        let ended = wait_until("all its processes end", PATIENCE, || group.has_ended());
        ended.map_err(|why| self.explain(&why))
    }

    pub(super) fn processes(&self) -> Group {
        Group(self.child.id())
    }

    /// Whether the process that answers now has not ended.
    pub(super) fn is_running(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, after)| !after.starts_with('Z'))
    }

    /// How many files the process that answers now has open.
    pub(super) fn open_files(&self) -> u64 {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, |files| files.count() as u64)
    }

    /// Resident memory of the process that answers now.
    pub(super) fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// What its admin listener counts.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) fn metrics(&self) -> Result<Metrics, String> {
        let answer = exchange(self.admin, &get("/metrics"), ANSWER_LIMIT).map_err(|why| format!("/metrics: {why}"))?;
        Ok(Metrics(String::from_utf8_lossy(&answer.body).into_owned()))
    }

    pub(super) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(log_path(&self.folder)).unwrap_or_default()).into_owned()
    }

    /// A failure with the end of the log.
    pub(super) fn explain(&self, failure: &str) -> String {
        format!("{failure} The end of its log:\n{}", tail(&self.log(), LOG_LINES))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The whole group: successors are no children of ours.
        let _ = kill("KILL", &format!("-{}", self.child.id()));
        let _ = self.child.wait();
    }
}

fn spawn(words: &[String], environment: &[(&'static str, String)], folder: &TemporaryFolder) -> Result<Child, String> {
    let log = File::options().create(true).append(true).open(log_path(folder));
    let log = log.and_then(|log| Ok((log.try_clone()?, log)));
    let (stdout, stderr) = log.map_err(|error| format!("No log can be written: {error}"))?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).envs(environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(folder.path()).process_group(0).stdin(Stdio::piped()).stdout(stdout).stderr(stderr);
    command.spawn().map_err(|error| format!("Could not start {}: {error}", words.join(" ")))
}

fn kill(signal: &str, whom: &str) -> Result<(), String> {
    let killed = Command::new("kill").args([&format!("-{signal}"), "--", whom]).stderr(Stdio::null()).status();
    killed.map(drop).map_err(|error| format!("Could not run `kill`: {error}"))
}

fn built(workshop: &Workshop) -> Result<PathBuf, String> {
    match watched(workshop.cargo().args(["build", "--release", "--package", "stress-app"]))? {
        (true, _) => Ok(workshop.target("release/stress-app")),
        (false, _) => Err("The stress-app does not build: see the errors above.".to_owned()),
    }
}

fn log_path(folder: &TemporaryFolder) -> PathBuf {
    folder.path().join("log")
}
