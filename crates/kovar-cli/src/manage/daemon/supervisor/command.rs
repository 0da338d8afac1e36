//! What commands do to an app.

use crate::manage::daemon::log::Log;
use crate::manage::daemon::process::Process;
use crate::manage::daemon::supervisor::{Answer, Command, Goal, Supervisor, status, tell};
use crate::manage::protocol::{Failure, Spec, State, Status};

impl Supervisor {
    pub(super) fn command(&mut self, command: Command, answer: Answer) {
        match command {
            Command::Start(spec) => self.start(*spec, answer),
            Command::Stop => self.stop(answer),
            Command::Restart => self.restart(answer),
            Command::Reload => self.reload(answer),
        }
    }

    fn start(&mut self, spec: Spec, answer: Answer) {
        if self.serving.is_some() || self.starting.is_some() {
            let name = &self.spec.name;
            let message =
                format!("{name} runs already: `kovar reload {name}` replaces its process, --name starts another app");
            return tell(answer, Err(Failure::new(message)));
        }
        self.close();
        self.log = Log::new(self.home.app_log(&spec.name), spec.log_size, spec.log_files);
        let Status { exits, history, .. } = std::mem::replace(&mut self.status, status(&self.home, &spec));
        (self.status.exits, self.status.history) = (exits, history);
        (self.spec, self.launches) = (spec, 0);
        self.restart(answer);
    }

    fn stop(&mut self, answer: Answer) {
        self.wanted = false;
        self.waiting_for_end.push(answer);
        self.tell_ready(&Err(Failure::new(format!("{} was stopped meanwhile", self.spec.name))));
        self.end_all(Goal::Stop);
    }

    fn restart(&mut self, answer: Answer) {
        self.wanted = true;
        self.policy.forget();
        self.waiting_for_ready.push(answer);
        self.tell_ended(&Err(Failure::new(format!("{} was started again meanwhile", self.spec.name))));
        self.end_all(Goal::Restart);
    }

    /// If nothing answers, there is nothing to be careful with.
    fn reload(&mut self, answer: Answer) {
        match (&self.serving, &self.starting) {
            (None, _) => self.restart(answer),
            (Some(_), Some(_)) => {
                let message = format!("{} is being reloaded already; wait for it, or stop it", self.spec.name);
                tell(answer, Err(Failure::new(message)));
            }
            (Some(_), None) => {
                self.waiting_for_ready.push(answer);
                self.launch();
            }
        }
    }

    fn end_all(&mut self, goal: Goal) {
        self.goal = goal;
        self.retry += 1;
        for process in self.serving.take().into_iter().chain(self.starting.take()) {
            self.end(process);
        }
        if !self.ending.is_empty() {
            self.change(State::Stopping, None);
        }
        self.settle();
    }

    pub(super) fn end(&mut self, process: Process) {
        process.terminate();
        self.ending.push(process);
    }

    /// Does what was to be done when no process is left.
    pub(super) fn settle(&mut self) {
        if !self.ending.is_empty() {
            return;
        }
        match self.goal {
            Goal::Run => {}
            Goal::Restart => {
                self.goal = Goal::Run;
                self.launch();
            }
            Goal::Stop => {
                self.close();
                self.change(State::Stopped, None);
                self.tell_ended(&Ok(()));
            }
        }
    }
}
