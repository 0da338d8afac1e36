//! `kovar kill`: ends the daemon, also one of another version, whose protocol is not spoken here.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::manage::Error;
use crate::manage::home::Home;

/// Apps have 35 s to end.
const LIMIT: Duration = Duration::from_secs(40);

/// The arguments of `kovar kill`.
#[derive(Debug, Args)]
pub(crate) struct Kill {
    /// Answers with JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Kill {
    /// Ends it, and waits until it has ended.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        let home = Home::open()?;
        let pid = home.daemon_pid()?;
        if let Some(pid) = pid {
            kill(Pid::from_raw(pid.cast_signed()), Signal::SIGTERM)?;
            wait(&home, pid)?;
        }
        match (pid, self.json) {
            (pid, true) => println!("{}", serde_json::json!({ "ended": pid })),
            (Some(pid), _) => println!("The daemon (pid {pid}) and its apps have ended."),
            (None, _) => println!("The daemon does not run."),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn wait(home: &Home, pid: u32) -> Result<(), Error> {
    let until = Instant::now() + LIMIT;
    while home.daemon_pid()? == Some(pid) {
        if Instant::now() > until {
            return Err(format!(
                "the daemon (pid {pid}) does not end: kill -9 {pid} ends it; its apps end with the next daemon"
            )
            .into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
