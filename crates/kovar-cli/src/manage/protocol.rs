//! What the commands and the daemon say to each other: one line of JSON each way, one question for
//! each connection.
//!
//! The daemon lives longer than the command that started it, so both say which protocol they speak:
//! after an upgrade the one does not guess what the other means.

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::manage::listen::Address;

/// The protocol that this program speaks.
pub(crate) const PROTOCOL: u32 = 1;

/// A question, and the protocol that it is asked in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) protocol: u32,
    /// Left as it is when the protocol is another.
    pub(crate) request: serde_json::Value,
}

/// What a command asks the daemon.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Start an app that is not there yet, or one that does not run.
    Start(Box<Spec>),
    /// End an app; it stays in the list.
    Stop(String),
    /// End an app and start it; its sockets stay.
    Restart(String),
    /// Start a new process of an app, and end the old one when the new one is ready.
    Reload(String),
    /// End an app and forget it.
    Delete(String),
    /// What is known of all apps.
    List,
}

/// What the daemon answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply {
    /// It is done; so it stands now.
    Done(Box<Status>),
    /// All apps, by name.
    Apps(Vec<Status>),
    /// It is not done.
    Failed(Failure),
}

/// Why something was not done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// For a person.
    pub(crate) message: String,
    /// The last lines that the process logged, if one failed.
    #[serde(default)]
    pub(crate) log: Vec<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), log: Vec::new() }
    }
}

/// How an app is started, each time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) name: String,
    /// Absolute, but a link in it is followed anew at each start.
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    /// The environment of whoever said `start`.
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) listen: Vec<Address>,
    /// Health and metrics; no socket is passed when it is absent.
    pub(crate) admin: Option<SocketAddr>,
    /// Bytes of memory past which the app is restarted.
    pub(crate) max_memory: Option<u64>,
    /// Bytes past which a log file is put aside.
    pub(crate) log_size: u64,
    /// How many log files that were put aside are kept.
    pub(crate) log_files: u32,
}

/// How an app stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// A process runs and has not said that it is ready.
    Starting,
    /// A process answers.
    Running,
    /// A process answers, and another one starts to take its place.
    Reloading,
    /// The process died; the next start is near.
    Backoff,
    /// The process was asked to end.
    Stopping,
    /// Stopped by a person.
    Stopped,
    /// Given up: it died too often, too soon.
    CrashLoop,
}

impl State {
    /// Its name, as in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Reloading => "reloading",
            Self::Backoff => "backoff",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::CrashLoop => "crash-loop",
        }
    }
}

/// Everything that is known of an app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) name: String,
    pub(crate) state: State,
    /// Why it is in this state, where that is not plain.
    pub(crate) reason: Option<String>,
    pub(crate) pid: Option<u32>,
    /// What `PROGRAM --version` said.
    pub(crate) version: Option<String>,
    /// Since when the process runs.
    pub(crate) started_at: Option<Timestamp>,
    /// How many processes were started after the first, for whichever reason.
    pub(crate) restarts: u64,
    pub(crate) cpu_percent: Option<f64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) requests_per_second: Option<f64>,
    pub(crate) p95_ms: Option<f64>,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    pub(crate) addresses: Vec<String>,
    pub(crate) admin: Option<String>,
    pub(crate) max_memory_bytes: Option<u64>,
    pub(crate) log_file: PathBuf,
    /// Processes that were replaced or stopped and still finish what they have.
    pub(crate) draining: Vec<u32>,
    /// How the last processes ended, newest last.
    pub(crate) exits: Vec<Exit>,
    /// The last states, newest last.
    pub(crate) history: Vec<Change>,
}

/// How a process ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Exit {
    pub(crate) at: Timestamp,
    pub(crate) pid: u32,
    pub(crate) reason: String,
}

/// When an app came into a state, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) at: Timestamp,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
}

/// Says that no app has a name, and which names there are.
pub(crate) fn unknown_app(name: &str, known: &[String]) -> String {
    match known {
        [] => format!("no app is named `{name}`: there are none; `kovar start PROGRAM` starts one"),
        known => format!("no app is named `{name}`; there are: {}", known.join(", ")),
    }
}
