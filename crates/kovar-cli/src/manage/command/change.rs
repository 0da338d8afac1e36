//! `stop`, `restart`, `reload` and `delete`: one app, or all of them.

use std::process::ExitCode;
use std::thread;

use clap::Args;
use serde_json::json;

use crate::manage::Error;
use crate::manage::client::Client;
use crate::manage::protocol::{Failure, Request, Status, unknown_app};

/// What is done with an app.
#[derive(Debug)]
pub(crate) struct Change {
    request: fn(String) -> Request,
    done: &'static str,
    /// Whether apps that a daemon left behind are of use, so that one is started.
    starts_daemon: bool,
    /// Whether `all` means all apps.
    takes_all: bool,
}

pub(crate) const STOP: Change =
    Change { request: Request::Stop, done: "is stopped", starts_daemon: false, takes_all: true };
pub(crate) const RESTART: Change =
    Change { request: Request::Restart, done: "was restarted", starts_daemon: true, takes_all: true };
pub(crate) const RELOAD: Change =
    Change { request: Request::Reload, done: "was reloaded", starts_daemon: true, takes_all: true };
pub(crate) const DELETE: Change =
    Change { request: Request::Delete, done: "is stopped and forgotten", starts_daemon: true, takes_all: false };

/// What came of it.
pub(crate) type Outcome = Result<Status, Failure>;

/// An app's name.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The app's name, or `all`
    name: String,

    /// Answers with JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Named {
    /// Does it with the app, or with all at once.
    pub(crate) fn run(self, change: &Change) -> Result<ExitCode, Error> {
        let client = if change.starts_daemon { Some(Client::started()?) } else { Client::running()? };
        let Some(client) = client else { return Err(unknown_app(&self.name, &[]).into()) };
        let names = self.names(change, &client)?;
        let outcomes = thread::scope(|scope| {
            let ask = |name: String| client.change(&(change.request)(name));
            let asked: Vec<_> = names.into_iter().map(|name| scope.spawn(move || ask(name))).collect();
            let wait = |asked: thread::ScopedJoinHandle<'_, _>| {
                asked.join().unwrap_or_else(|_| Err("a thread panicked".into()))
            };
            asked.into_iter().map(wait).collect::<Result<Vec<Outcome>, Error>>()
        })?;
        Ok(report(&outcomes, change.done, self.json))
    }

    fn names(&self, change: &Change, client: &Client) -> Result<Vec<String>, Error> {
        if self.name == "all" && change.takes_all {
            return Ok(client.list()?.into_iter().map(|app| app.name).collect());
        }
        Ok(vec![self.name.clone()])
    }
}

/// Says what came of it; a failure makes the command fail.
pub(crate) fn report(outcomes: &[Outcome], done: &str, as_json: bool) -> ExitCode {
    if as_json {
        println!("{}", json!(outcomes.iter().map(to_json).collect::<Vec<_>>()));
    } else {
        outcomes.iter().for_each(|outcome| print(outcome, done));
    }
    if outcomes.iter().all(Result::is_ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn to_json(outcome: &Outcome) -> serde_json::Value {
    match outcome {
        Ok(status) => json!({ "app": status }),
        Err(failure) => json!({ "error": failure }),
    }
}

fn print(outcome: &Outcome, done: &str) {
    match outcome {
        Ok(status) => {
            let process = status.pid.map(|pid| format!(" (pid {pid}) at {}", status.addresses.join(" and ")));
            println!("{} {done}{}", status.name, process.unwrap_or_default());
        }
        Err(failure) => {
            eprintln!("kovar: {}", failure.message);
            if !failure.log.is_empty() {
                eprintln!("\nIts last lines:");
                failure.log.iter().for_each(|line| eprintln!("  {line}"));
            }
        }
    }
}
