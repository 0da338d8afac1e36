//! The apps by name, and the file from which they come back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::manage::Error;
use crate::manage::daemon::saved::{self, SavedApp};
use crate::manage::daemon::supervisor::{Command, Event, Outcome, Published, Supervisor};
use crate::manage::home::Home;
use crate::manage::protocol::{Failure, Reply, Request, Spec, State, Status, unknown_app};

/// The apps by name.
#[derive(Debug)]
pub(super) struct Registry {
    home: Home,
    apps: Mutex<BTreeMap<String, App>>,
    changed: Arc<Notify>,
    saving: Mutex<Option<JoinHandle<()>>>,
}

/// A way to the supervisor of an app.
#[derive(Clone, Debug)]
struct App {
    events: mpsc::UnboundedSender<Event>,
    published: Arc<Mutex<Published>>,
}

impl Registry {
    /// The apps that were there when the last daemon ended. What ran is started again.
    pub(super) fn restore(home: Home) -> Result<Arc<Self>, Error> {
        let saved = saved::read(&home.saved_apps())?;
        let (changed, saving) = (Arc::new(Notify::new()), Mutex::new(None));
        let registry = Arc::new(Self { home, apps: Mutex::default(), changed, saving });
        for saved in saved {
            let name = saved.spec.name.clone();
            let app = registry.supervise(saved);
            registry.apps().insert(name, app);
        }
        let saving = tokio::spawn(Arc::clone(&registry).save_changes());
        *lock(&registry.saving) = Some(saving);
        Ok(registry)
    }

    /// Does what a command asks.
    pub(super) async fn handle(&self, request: Request) -> Reply {
        match request {
            Request::List => Reply::Apps(self.apps().values().map(App::status).collect()),
            Request::Start(spec) => self.start(*spec).await,
            Request::Stop(name) => self.change(&name, Command::Stop).await,
            Request::Restart(name) => self.change(&name, Command::Restart).await,
            Request::Reload(name) => self.change(&name, Command::Reload).await,
            Request::Delete(name) => self.delete(&name).await,
        }
    }

    /// Ends all apps. The next daemon brings them back.
    pub(super) async fn shut_down(&self) {
        self.save();
        if let Some(saving) = lock(&self.saving).take() {
            saving.abort();
        }
        let apps: Vec<_> = self.apps().values().cloned().collect();
        let stopping: Vec<_> = apps.iter().map(|app| app.ask(Command::Stop)).collect();
        for stopping in stopping {
            // A supervisor that has ended has no processes.
            let _ = stopping.await;
        }
    }

    async fn start(&self, spec: Spec) -> Reply {
        let name = spec.name.clone();
        let known = self.apps().get(&name).cloned();
        let app = known.clone().unwrap_or_else(|| {
            let saved = SavedApp { spec: spec.clone(), wanted: false, processes: Vec::new() };
            let app = self.supervise(saved);
            self.apps().insert(name.clone(), app.clone());
            app
        });
        let reply = app.change(Command::Start(Box::new(spec))).await;
        if known.is_none() && matches!(reply, Reply::Failed(_)) && app.status().state == State::Stopped {
            // It never ran, so there is nothing to look at.
            self.forget(&name, &app);
        }
        reply
    }

    async fn change(&self, name: &str, command: Command) -> Reply {
        let app = self.apps().get(name).cloned();
        match app {
            Some(app) => app.change(command).await,
            None => self.unknown(name),
        }
    }

    async fn delete(&self, name: &str) -> Reply {
        let app = self.apps().get(name).cloned();
        let Some(app) = app else { return self.unknown(name) };
        let reply = app.change(Command::Stop).await;
        if matches!(reply, Reply::Done(_)) {
            self.forget(name, &app);
        }
        reply
    }

    fn forget(&self, name: &str, app: &App) {
        self.apps().remove(name);
        // The supervisor may have ended.
        let _ = app.events.send(Event::End);
        self.changed.notify_one();
    }

    fn unknown(&self, name: &str) -> Reply {
        let known: Vec<_> = self.apps().keys().cloned().collect();
        Reply::Failed(Failure::new(unknown_app(name, &known)))
    }

    fn supervise(&self, saved: SavedApp) -> App {
        let (events, supervisor) = Supervisor::new(self.home.clone(), saved, Arc::clone(&self.changed));
        let published = supervisor.published();
        tokio::spawn(supervisor.run());
        App { events, published }
    }

    async fn save_changes(self: Arc<Self>) {
        loop {
            self.changed.notified().await;
            self.save();
        }
    }

    fn save(&self) {
        let apps: Vec<_> = self.apps().values().map(App::saved).collect();
        if let Err(cause) = saved::write(&self.home.saved_apps(), &apps) {
            eprintln!("the apps cannot be saved: {cause}");
        }
    }

    fn apps(&self) -> MutexGuard<'_, BTreeMap<String, App>> {
        lock(&self.apps)
    }
}

impl App {
    fn ask(&self, command: Command) -> oneshot::Receiver<Outcome> {
        let (reply, outcome) = oneshot::channel();
        // If the supervisor has ended, so has the receiver.
        let _ = self.events.send(Event::Command(command, reply));
        outcome
    }

    async fn change(&self, command: Command) -> Reply {
        match self.ask(command).await {
            Ok(Ok(())) => Reply::Done(Box::new(self.status())),
            Ok(Err(failure)) => Reply::Failed(failure),
            Err(_) => Reply::Failed(Failure::new("the app was deleted meanwhile")),
        }
    }

    fn status(&self) -> Status {
        lock(&self.published).status.clone()
    }

    fn saved(&self) -> SavedApp {
        lock(&self.published).saved.clone()
    }
}

/// What a panic left behind is still the last that was published.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
