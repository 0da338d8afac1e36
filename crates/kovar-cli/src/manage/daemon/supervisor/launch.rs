//! How processes of an app are started, and what they need: sockets, an address for health.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::manage::daemon::metrics::{ASK_EVERY, Rates, Scraper};
use crate::manage::daemon::process::{Process, Start};
use crate::manage::daemon::supervisor::{Event, Goal, Supervisor};
use crate::manage::daemon::version;
use crate::manage::listen::{Listening, Reserved};
use crate::manage::protocol::{Failure, State};

impl Supervisor {
    /// Starts a process: the first one, one after another, or one beside another.
    pub(super) fn launch(&mut self) {
        if let Err(cause) = self.bind() {
            return self.not_bound(&cause);
        }
        match self.start_process() {
            Ok(process) => {
                self.starting = Some(process);
                self.status.restarts = self.launches;
                self.launches += 1;
                self.ask_version();
                let state = if self.serving.is_some() { State::Reloading } else { State::Starting };
                self.change(state, None);
            }
            Err(cause) => {
                let reason = format!("{} cannot be started: {cause}", self.spec.program.display());
                self.start_failed(&reason, Duration::ZERO, Vec::new());
            }
        }
    }

    fn start_process(&self) -> std::io::Result<Process> {
        let start = Start {
            spec: &self.spec,
            sockets: &self.sockets,
            admin: self.admin.as_ref().map(Reserved::address),
            home: &self.home,
            log: &self.log,
            events: &self.events,
        };
        start.now()
    }

    fn bind(&mut self) -> std::io::Result<()> {
        if !self.sockets.is_empty() {
            return Ok(());
        }
        let sockets = self.spec.listen.iter().map(Listening::bind).collect::<std::io::Result<Vec<_>>>()?;
        self.admin = self.spec.admin.map(Reserved::bind).transpose()?;
        self.sockets = sockets;
        let admin = self.admin.as_ref().map(Reserved::address);
        self.status.addresses = self.sockets.iter().map(|socket| socket.address().to_string()).collect();
        self.status.admin = admin.map(|admin| admin.to_string());
        self.scraping = admin.map(|admin| tokio::spawn(scrape(admin, self.events.clone())));
        Ok(())
    }

    /// Frees the addresses: a connection to an app that does not run is refused, and does not wait.
    pub(super) fn close(&mut self) {
        self.sockets.clear();
        self.admin = None;
        if let Some(scraping) = self.scraping.take() {
            scraping.abort();
        }
        self.measured(Rates::default());
    }

    /// Someone else has the address; trying again would only hide that.
    fn not_bound(&mut self, cause: &std::io::Error) {
        let failure = Failure::new(format!("{} cannot be started: {cause}", self.spec.name));
        self.goal = Goal::Stop;
        self.change(State::Stopped, Some(cause.to_string()));
        self.tell_ready(&Err(failure));
    }

    fn ask_version(&mut self) {
        let Some(file) = version::File::of(&self.spec) else { return };
        if let Some(version) = self.versions.known(&file) {
            self.status.version = version;
            return;
        }
        let (spec, events) = (self.spec.clone(), self.events.clone());
        tokio::spawn(async move {
            let version = version::ask(&file, &spec).await;
            // Whoever deleted the app does not listen any more.
            let _ = events.send(Event::Version(file, version));
        });
    }
}

async fn scrape(admin: SocketAddr, events: UnboundedSender<Event>) {
    let mut scraper = Scraper::default();
    while events.send(Event::Rates(scraper.ask(admin).await)).is_ok() {
        tokio::time::sleep(ASK_EVERY).await;
    }
}
