//! The process manager: `start`, `stop`, `restart`, `reload`, `delete`, `ls`, `describe`, `logs`.
//!
//! The problem: an app has to outlive the terminal that started it, come back when it crashes, and
//! be replaced by its next version without a request being lost. One daemon for each user does
//! that. The commands here are its clients; they talk to it over a Unix socket, in JSON lines.
//!
//! What is refused: a cluster of processes that share a port, as PM2 has it for Node. An app of
//! Kovar uses all cores in one process. And handing requests on through the manager: it binds the
//! socket and passes it on, so no byte of a request ever goes through it.

mod client;
mod command;
mod daemon;
mod home;
pub(crate) mod listen;
pub(crate) mod process_group;
mod protocol;
mod table;
mod units;

use std::process::ExitCode;

pub(crate) use self::command::Command;

/// What goes wrong is told to a person.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Runs a command of the process manager.
pub(crate) fn run(command: Command) -> ExitCode {
    let as_json = command.is_json();
    match command.run() {
        Ok(code) => code,
        Err(error) => {
            if as_json {
                println!("{}", serde_json::json!({ "error": { "message": error.to_string() } }));
            } else {
                eprintln!("kovar: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
