//! One app: which of its processes answers, which one starts, which ones end.
//!
//! Commands, exits, readiness and timers are events in one queue, so each is decided with everything
//! else known and nothing else happening. A command that waits for a process leaves its answer here.

mod command;
mod fate;
mod launch;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::manage::daemon::log::Log;
use crate::manage::daemon::metrics::Rates;
use crate::manage::daemon::orphan;
use crate::manage::daemon::process::{Ended, Process, now};
use crate::manage::daemon::restart_policy::RestartPolicy;
use crate::manage::daemon::saved::SavedApp;
use crate::manage::daemon::usage::Usage;
use crate::manage::daemon::version::{self, Versions};
use crate::manage::home::Home;
use crate::manage::listen::{Address, Listening, Reserved};
use crate::manage::protocol::{Change, Exit, Failure, Spec, State, Status};

/// So many exits and states are remembered.
const MEMORY: usize = 20;

/// What became of a command.
pub(super) type Outcome = Result<(), Failure>;

type Answer = oneshot::Sender<Outcome>;

/// What a command wants of an app.
#[derive(Debug)]
pub(super) enum Command {
    Start(Box<Spec>),
    Stop,
    Restart,
    Reload,
}

/// What happens to an app.
#[derive(Debug)]
pub(super) enum Event {
    Command(Command, Answer),
    Ready(u64),
    /// A process wants to be replaced.
    Reloading(u64),
    Exited(u64, Ended),
    Usage(u64, Usage),
    Version(version::File, Option<String>),
    Rates(Rates),
    /// The time of a retry has come; a later retry makes an earlier one void.
    Retry(u64),
    End,
}

/// What others may see of an app.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) status: Status,
    pub(super) saved: SavedApp,
}

/// What happens when no process is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Run,
    Restart,
    Stop,
}

/// Looks after an app.
#[derive(Debug)]
pub(super) struct Supervisor {
    home: Home,
    spec: Spec,
    wanted: bool,
    goal: Goal,
    status: Status,
    log: Log,
    sockets: Vec<Listening>,
    admin: Option<Reserved>,
    serving: Option<Process>,
    starting: Option<Process>,
    ending: Vec<Process>,
    policy: RestartPolicy,
    versions: Versions,
    scraping: Option<JoinHandle<()>>,
    retry: u64,
    launches: u64,
    waiting_for_ready: Vec<Answer>,
    waiting_for_end: Vec<Answer>,
    orphans: Vec<orphan::Identity>,
    published: Arc<Mutex<Published>>,
    changed: Arc<Notify>,
    events: UnboundedSender<Event>,
    queue: UnboundedReceiver<Event>,
}

impl Supervisor {
    /// An app as it was saved, and the way to tell it something.
    pub(super) fn new(home: Home, saved: SavedApp, changed: Arc<Notify>) -> (UnboundedSender<Event>, Self) {
        let (events, queue) = mpsc::unbounded_channel();
        let (spec, wanted) = (saved.spec.clone(), saved.wanted);
        let status = status(&home, &spec);
        let orphans = saved.processes.clone();
        let supervisor = Self {
            log: Log::new(home.app_log(&spec.name), spec.log_size, spec.log_files),
            published: Arc::new(Mutex::new(Published { status: status.clone(), saved })),
            home,
            spec,
            wanted,
            goal: Goal::Stop,
            status,
            sockets: Vec::new(),
            admin: None,
            serving: None,
            starting: None,
            ending: Vec::new(),
            policy: RestartPolicy::default(),
            versions: Versions::default(),
            scraping: None,
            retry: 0,
            launches: 0,
            waiting_for_ready: Vec::new(),
            waiting_for_end: Vec::new(),
            orphans,
            changed,
            events: events.clone(),
            queue,
        };
        (events, supervisor)
    }

    /// What others may see, now and later.
    pub(super) fn published(&self) -> Arc<Mutex<Published>> {
        Arc::clone(&self.published)
    }

    /// Looks after the app until it is deleted.
    pub(super) async fn run(mut self) {
        // They hold the sockets.
        orphan::end(&self.orphans).await;
        self.orphans.clear();
        if self.wanted {
            self.goal = Goal::Run;
            self.launch();
        }
        self.publish();
        while let Some(event) = self.queue.recv().await {
            match event {
                Event::End => break,
                Event::Command(command, answer) => self.command(command, answer),
                Event::Ready(number) => self.ready(number),
                Event::Reloading(number) => self.asked_to_reload(number),
                Event::Exited(number, ended) => self.exited(number, ended),
                Event::Usage(number, usage) => self.used(number, usage),
                Event::Rates(rates) => self.measured(rates),
                Event::Version(file, version) => {
                    self.status.version.clone_from(&version);
                    self.versions.learn(file, version);
                }
                Event::Retry(retry) if retry == self.retry && self.goal == Goal::Run => self.launch(),
                Event::Retry(_) => {}
            }
            self.publish();
        }
        self.close();
    }

    fn used(&mut self, number: u64, usage: Usage) {
        if self.shown().is_some_and(|process| process.number == number) {
            self.status.memory_bytes = Some(usage.memory_bytes);
            self.status.cpu_percent = usage.cpu_percent;
        }
    }

    fn measured(&mut self, rates: Rates) {
        (self.status.requests_per_second, self.status.p95_ms) = (rates.requests_per_second, rates.p95_ms);
    }

    /// The process that people see: the one that answers, or will.
    fn shown(&self) -> Option<&Process> {
        self.serving.as_ref().or(self.starting.as_ref())
    }

    fn change(&mut self, state: State, reason: Option<String>) {
        if (self.status.state, &self.status.reason) == (state, &reason) && !self.status.history.is_empty() {
            return;
        }
        let because = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        eprintln!("{} {} {}{because}", now(), self.spec.name, state.name());
        remember(&mut self.status.history, Change { at: now(), state, reason: reason.clone() });
        (self.status.state, self.status.reason) = (state, reason);
    }

    fn publish(&mut self) {
        let shown = self.shown().map(|process| (process.identity.pid, process.started_at));
        (self.status.pid, self.status.started_at) = shown.unzip();
        if shown.is_none() {
            (self.status.cpu_percent, self.status.memory_bytes) = (None, None);
        }
        self.status.draining = self.ending.iter().map(|process| process.identity.pid).collect();
        let processes = self.serving.iter().chain(&self.starting).chain(&self.ending);
        let processes: Vec<_> = processes.map(|process| process.identity).chain(self.orphans.iter().copied()).collect();
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        published.status = self.status.clone();
        if published.saved.processes != processes || published.saved.wanted != self.wanted {
            published.saved = SavedApp { spec: self.spec.clone(), wanted: self.wanted, processes };
            self.changed.notify_one();
        }
    }

    fn tell_ready(&mut self, outcome: &Outcome) {
        self.tell_all(outcome, |supervisor| &mut supervisor.waiting_for_ready);
    }

    fn tell_ended(&mut self, outcome: &Outcome) {
        self.tell_all(outcome, |supervisor| &mut supervisor.waiting_for_end);
    }

    /// Whoever hears the outcome may ask for the status at once.
    fn tell_all(&mut self, outcome: &Outcome, waiting: fn(&mut Self) -> &mut Vec<Answer>) {
        self.publish();
        waiting(self).drain(..).for_each(|answer| tell(answer, outcome.clone()));
    }
}

fn tell(answer: Answer, outcome: Outcome) {
    // Whoever asked may have gone.
    let _ = answer.send(outcome);
}

fn remember<T>(last: &mut Vec<T>, new: T) {
    if last.len() == MEMORY {
        last.remove(0);
    }
    last.push(new);
}

/// An app that does not run.
fn status(home: &Home, spec: &Spec) -> Status {
    Status {
        name: spec.name.clone(),
        state: State::Stopped,
        reason: None,
        pid: None,
        version: None,
        started_at: None,
        restarts: 0,
        cpu_percent: None,
        memory_bytes: None,
        requests_per_second: None,
        p95_ms: None,
        program: spec.program.clone(),
        arguments: spec.arguments.clone(),
        directory: spec.directory.clone(),
        addresses: spec.listen.iter().map(Address::to_string).collect(),
        admin: spec.admin.map(|admin| admin.to_string()),
        max_memory_bytes: spec.max_memory,
        log_file: home.app_log(&spec.name),
        draining: Vec::new(),
        exits: Vec::<Exit>::new(),
        history: Vec::new(),
    }
}
