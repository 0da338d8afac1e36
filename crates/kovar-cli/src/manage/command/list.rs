//! `kovar ls`: all apps in a table.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use crate::manage::Error;
use crate::manage::client::Client;
use crate::manage::protocol::Status;
use crate::manage::table::Table;
use crate::manage::units::{show_bytes, show_duration};

const HEAD: [&str; 10] = ["name", "pid", "version", "uptime", "restarts", "status", "cpu", "memory", "req/s", "p95"];

/// The arguments of `kovar ls`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Answers with JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl List {
    /// Shows the table.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        let client = Client::running()?;
        let is_running = client.is_some();
        let apps = client.map_or_else(|| Ok(Vec::new()), |client| client.list())?;
        if self.json {
            println!("{}", serde_json::to_string(&apps)?);
            return Ok(ExitCode::SUCCESS);
        }
        let table = Table { head: &HEAD, numbers: &[1, 3, 4, 6, 7, 8, 9], rows: apps.iter().map(row).collect() };
        table.lines().iter().for_each(|line| println!("{line}"));
        if !is_running {
            println!("\nThe daemon does not run. `kovar start PROGRAM` starts it, and the apps that it had.");
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn row(app: &Status) -> Vec<String> {
    vec![
        app.name.clone(),
        shown(app.pid, |pid| pid.to_string()),
        app.version.clone().unwrap_or_else(|| "-".to_owned()),
        shown(app.started_at, |since| show_duration(age(since))),
        app.restarts.to_string(),
        app.state.name().to_owned(),
        shown(app.cpu_percent, |percent| format!("{percent:.1}%")),
        shown(app.memory_bytes, show_bytes),
        shown(app.requests_per_second, |rate| format!("{rate:.1}")),
        shown(app.p95_ms, |milliseconds| format!("{milliseconds:.1} ms")),
    ]
}

/// How long ago something was.
pub(super) fn age(since: Timestamp) -> Duration {
    Timestamp::now().duration_since(since).try_into().unwrap_or_default()
}

fn shown<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}
