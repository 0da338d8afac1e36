//! What becomes of processes: they are ready, they end, they die.

use std::time::Duration;

use crate::manage::daemon::process::Ended;
use crate::manage::daemon::restart_policy::{Next, crash_loop};
use crate::manage::daemon::supervisor::{Event, Supervisor, remember};
use crate::manage::protocol::{Failure, State};

impl Supervisor {
    pub(super) fn ready(&mut self, number: u64) {
        let Some(process) = self.starting.take_if(|process| process.number == number) else { return };
        if let Some(old) = self.serving.replace(process) {
            self.end(old);
        }
        self.change(State::Running, None);
        self.tell_ready(&Ok(()));
    }

    /// As `kovar reload` does; nobody waits for it. A process that is being replaced already asks for nothing new.
    pub(super) fn asked_to_reload(&mut self, number: u64) {
        let is_serving = self.serving.as_ref().is_some_and(|process| process.number == number);
        if is_serving && self.starting.is_none() {
            self.launch();
        }
    }

    pub(super) fn exited(&mut self, number: u64, ended: Ended) {
        remember(&mut self.status.exits, ended.exit.clone());
        let reason = ended.exit.reason;
        if self.serving.take_if(|process| process.number == number).is_some() {
            // Whoever starts in its place is not to blame.
            if self.starting.is_some() {
                return self.change(State::Starting, Some(reason));
            }
            self.died(&reason, ended.lived);
        } else if self.starting.take_if(|process| process.number == number).is_some() {
            self.start_failed(&reason, ended.lived, ended.last_lines);
        } else {
            self.ending.retain(|process| process.number != number);
            self.settle();
        }
    }

    pub(super) fn start_failed(&mut self, reason: &str, lived: Duration, log: Vec<String>) {
        let name = self.spec.name.clone();
        let message = match &self.serving {
            Some(old) => {
                let pid = old.identity.pid;
                self.change(State::Running, Some(format!("a reload failed: {reason}")));
                format!("{name} was not reloaded: {reason}. The old process (pid {pid}) still answers.")
            }
            None => {
                let next = self.died(reason, lived);
                format!("{name} did not start: {reason}. {next}")
            }
        };
        self.tell_ready(&Err(Failure { message, log }));
    }

    /// Decides what follows a death, and says it.
    fn died(&mut self, reason: &str, lived: Duration) -> String {
        match self.policy.death(lived) {
            Next::Retry(delay) => {
                self.change(State::Backoff, Some(reason.to_owned()));
                self.retry += 1;
                let (retry, events) = (self.retry, self.events.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    // Whoever deleted the app does not listen any more.
                    let _ = events.send(Event::Retry(retry));
                });
                format!("It is tried again; `kovar stop {}` ends that.", self.spec.name)
            }
            Next::GiveUp => {
                self.close();
                self.change(State::CrashLoop, Some(crash_loop(reason)));
                "It is not tried again.".to_owned()
            }
        }
    }
}
