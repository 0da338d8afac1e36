//! The commands that a person gives the process manager.

mod change;
mod describe;
mod kill;
mod list;
mod logs;
mod start;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::manage::client::Client;
use crate::manage::protocol::{Status, unknown_app};
use crate::manage::{Error, daemon};

/// A command of the process manager.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts a program and keeps it running
    Start(start::Start),
    /// Ends an app; it stays in the list
    Stop(change::Named),
    /// Ends an app and starts it again; connections wait meanwhile
    Restart(change::Named),
    /// Replaces an app by a new process of its program, without losing a request
    Reload(change::Named),
    /// Ends an app and forgets it
    Delete(change::Named),
    /// Lists the apps
    #[command(visible_alias = "list", alias = "status")]
    Ls(list::List),
    /// Shows everything that is known of an app
    #[command(alias = "show")]
    Describe(describe::Describe),
    /// Shows what an app logged
    Logs(logs::Logs),
    /// Ends the daemon and all apps; they come back with the next daemon
    Kill(kill::Kill),
    /// Supervises apps; `start` runs it when it is needed, systemd may
    Daemon(DaemonArguments),
}

/// How the daemon runs.
#[derive(Debug, Args)]
pub(crate) struct DaemonArguments {
    /// Leaves the terminal, and logs to a file
    #[arg(long, hide = true)]
    detach: bool,
}

impl Command {
    /// Whether the answer is for a program.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Start(start) => start.json,
            Self::Stop(named) | Self::Restart(named) | Self::Reload(named) | Self::Delete(named) => named.json,
            Self::Ls(list) => list.json,
            Self::Describe(describe) => describe.json,
            Self::Logs(logs) => logs.json,
            Self::Kill(kill) => kill.json,
            Self::Daemon(_) => false,
        }
    }

    /// Does it.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        match self {
            Self::Start(start) => start.run(),
            Self::Stop(named) => named.run(&change::STOP),
            Self::Restart(named) => named.run(&change::RESTART),
            Self::Reload(named) => named.run(&change::RELOAD),
            Self::Delete(named) => named.run(&change::DELETE),
            Self::Ls(list) => list.run(),
            Self::Describe(describe) => describe.run(),
            Self::Logs(logs) => logs.run(),
            Self::Kill(kill) => kill.run(),
            Self::Daemon(arguments) => daemon::run(arguments.detach).map(|()| ExitCode::SUCCESS),
        }
    }
}

/// The app of a name.
fn find(name: &str) -> Result<Status, Error> {
    let apps = apps()?;
    let known: Vec<_> = apps.iter().map(|app| app.name.clone()).collect();
    apps.into_iter().find(|app| app.name == name).ok_or_else(|| unknown_app(name, &known).into())
}

/// All apps; none if no daemon runs.
fn apps() -> Result<Vec<Status>, Error> {
    match Client::running()? {
        Some(client) => client.list(),
        None => Ok(Vec::new()),
    }
}
