//! `kovar describe`: everything that is known of an app.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;

use crate::manage::Error;
use crate::manage::command::find;
use crate::manage::command::list::age;
use crate::manage::protocol::Status;
use crate::manage::units::{show_bytes, show_duration};

/// The arguments of `kovar describe`.
#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// The app's name
    name: String,

    /// Answers with JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Describe {
    /// Shows it.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        let app = find(&self.name)?;
        if self.json {
            println!("{}", serde_json::to_string(&app)?);
        } else {
            facts(&app).iter().for_each(|(name, value)| println!("{name:<14}{value}"));
            print_exits(&app);
            print_history(&app);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn facts(app: &Status) -> Vec<(&'static str, String)> {
    let unknown = || "-".to_owned();
    let state = match &app.reason {
        Some(reason) => format!("{}: {reason}", app.state.name()),
        None => app.state.name().to_owned(),
    };
    let command = [app.program.display().to_string()].into_iter().chain(app.arguments.iter().cloned());
    let since = |since| format!("{} ago, at {}", show_duration(age(since)), time(since));
    let draining: Vec<_> = app.draining.iter().map(u32::to_string).collect();
    let mut facts = vec![
        ("name", app.name.clone()),
        ("status", state),
        ("pid", app.pid.map_or_else(unknown, |pid| pid.to_string())),
        ("version", app.version.clone().unwrap_or_else(unknown)),
        ("started", app.started_at.map_or_else(unknown, since)),
        ("restarts", app.restarts.to_string()),
        ("cpu", app.cpu_percent.map_or_else(unknown, |percent| format!("{percent:.1}%"))),
        ("memory", app.memory_bytes.map_or_else(unknown, show_bytes)),
        ("memory limit", app.max_memory_bytes.map_or_else(|| "none".to_owned(), show_bytes)),
        ("requests/s", app.requests_per_second.map_or_else(unknown, |rate| format!("{rate:.1}"))),
        ("p95", app.p95_ms.map_or_else(unknown, |milliseconds| format!("{milliseconds:.1} ms"))),
        ("command", command.collect::<Vec<_>>().join(" ")),
        ("directory", app.directory.display().to_string()),
        ("addresses", app.addresses.join(", ")),
        ("admin", app.admin.clone().unwrap_or_else(|| "none".to_owned())),
        ("log", app.log_file.display().to_string()),
    ];
    if !draining.is_empty() {
        facts.push(("draining", format!("pid {}", draining.join(", "))));
    }
    facts
}

fn print_exits(app: &Status) {
    if !app.exits.is_empty() {
        println!("\nLast exits");
    }
    for exit in &app.exits {
        println!("  {}  pid {}  {}", time(exit.at), exit.pid, exit.reason);
    }
}

fn print_history(app: &Status) {
    println!("\nHistory");
    for change in &app.history {
        let reason = change.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        println!("  {}  {}{reason}", time(change.at), change.state.name());
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
