//! Listens and answers: `kovar-serve` with an app's service and an app's problems.
//!
//! `SIGTERM` and `SIGINT` drain the server, a second one ends the program at once. `SIGHUP` starts
//! the program's file anew, hands the listening sockets over, and drains once the new process is
//! ready; if it does not become ready, nothing changes. Under `kovar start` it asks the daemon to do that.

mod admin;
mod files;
mod front;
mod service;
mod signal;
mod takeover;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use kovar_http::app::App;
use kovar_serve::{Address, Limits, Running, Runtime, Server};
use tokio_util::sync::CancellationToken;

use self::admin::{Admin, Shown};
use self::service::{ServedApp, refuse};
use self::signal::{Asked, Signals};
use self::takeover::{Notice, Started, is_reloaded_by_its_manager, notify};
use crate::settings::Settings;

/// How many fields a head may have where the app has no limit.
const MOST_FIELDS: usize = 1024;

/// How long detached work may go on once the last connection is closed.
const LONGEST_DETACHED: Duration = Duration::from_secs(30);

/// How long what an app does at its end may take.
const LONGEST_ENDING: Duration = Duration::from_secs(30);

/// Listeners that are bound and not served yet.
#[derive(Debug)]
pub(crate) struct Bound {
    requests: Server,
    /// The scheme at addresses of TCP.
    scheme: &'static str,
    admin: Server,
    /// Whether the sockets were passed by another process, which may take them back.
    is_inherited: bool,
    settings: Settings,
}

/// An app that is served.
struct Serving {
    requests: Running,
    admin: Running,
    signals: Signals,
}

/// Binds the addresses of the settings, unless sockets were passed to the program.
pub(crate) fn bind(settings: &Settings) -> crate::Result<Bound> {
    let workers = settings.worker_count();
    let inherited = Server::inherited(settings.runtime, workers)?;
    let is_inherited = inherited.is_some();
    let requests = match inherited {
        Some(requests) => requests,
        None => Server::bind(&settings.listen, settings.runtime, workers)
            .map_err(|cause| format!("{cause}; set another with --listen"))?,
    };
    let requests = front::set(requests, settings)?;
    let scheme = if settings.tls_cert.is_some() { "https" } else { "http" };
    let bind_admin = if is_inherited { Server::bind_beside } else { Server::bind };
    let admin = bind_admin(&[Address::Tcp(settings.admin)], Runtime::PerCore, NonZeroUsize::MIN);
    let admin = admin.map_err(|cause| format!("{cause}; set another with --admin"))?;
    Ok(Bound { requests, scheme, admin, is_inherited, settings: settings.clone() })
}

impl Bound {
    /// Says where the app is, for the person who started it.
    pub(crate) fn print_addresses(&self) {
        let (addresses, scheme) = (self.requests.addresses(), self.scheme);
        for address in &addresses {
            match address {
                Address::Tcp(_) => println!("Listening at   {scheme}://{address}"),
                Address::Unix(_) => println!("Listening at   {address}"),
            }
        }
        if let Some(Address::Tcp(address)) = addresses.iter().find(|address| matches!(address, Address::Tcp(_))) {
            println!("Documentation  {scheme}://{address}/docs and {scheme}://{address}/redoc");
        }
        if let Some(admin) = self.admin.addresses().first() {
            println!("Console        http://{admin}/");
            println!("Health         http://{admin}/health/ready and /metrics");
        }
    }

    /// Answers until the program is asked to end and everything in flight has ended.
    pub(crate) async fn serve(self, app: App, mut limits: Limits) -> crate::Result {
        files::raise_the_limit();
        files::limit_connections(&mut limits, self.accepting_workers());
        let started = Arc::new(Started::now());
        let (is_inherited, detached, ending) = (self.is_inherited, app.detached_tasks(), app.ending());
        let Serving { requests, admin, mut signals } = Box::pin(self.start(app, limits)).await?;
        notify(Notice::Ready);
        let is_succeeded = wait_for_the_end(&mut signals, &started, &requests).await?;
        tracing::info!("ending: no new connections are taken");
        if !is_succeeded {
            notify(Notice::Stopping);
        }
        requests.drain();
        if is_succeeded || is_inherited {
            // The next process answers for itself.
            admin.drain();
        }
        end_at_once_when_asked_again(signals);
        tokio::task::spawn_blocking(move || requests.join()).await?;
        if tokio::time::timeout(LONGEST_DETACHED, detached.finished()).await.is_err() {
            tracing::warn!(tasks = ?detached, "detached work was broken off");
        }
        if tokio::time::timeout(LONGEST_ENDING, ending.run()).await.is_err() {
            tracing::warn!("what the app does at its end was broken off");
        }
        // A question about health that is cut off is asked again.
        drop(admin);
        Ok(())
    }

    /// The shared runtime accepts, and counts, in one place.
    fn accepting_workers(&self) -> usize {
        match self.settings.runtime {
            Runtime::PerCore => self.settings.worker_count().get(),
            Runtime::Shared => 1,
        }
    }

    async fn start(self, app: App, mut limits: Limits) -> crate::Result<Serving> {
        let format = app.settings().error_format;
        // Fields are counted before the app sees them, too: what it permits must get through.
        limits.http1_fields = limits.http1_fields.max(app.settings().field_limit.unwrap_or(MOST_FIELDS));
        let mut shown = Shown::of(&app, self.settings.clone());
        let service = Box::pin(app.build()).await?;
        // Until here a signal ends the program at once: a start that hangs can be interrupted.
        let signals = Signals::new()?;
        self.print_addresses();
        let drain = CancellationToken::new();
        (shown.addresses, shown.limits) = (self.requests.addresses(), limits);
        let requests = self.requests.limits(shown.limits.clone()).drain_when(drain.clone());
        let requests = requests.serve_with(ServedApp(service), refuse(format))?;
        let admin = Admin::new(shown, Arc::clone(requests.stats()), drain)?;
        let admin = self.admin.serve(admin)?;
        Ok(Serving { requests, admin, signals })
    }
}

/// Whether a new process has taken over.
async fn wait_for_the_end(signals: &mut Signals, started: &Arc<Started>, requests: &Running) -> crate::Result<bool> {
    loop {
        match signals.next().await {
            Asked::End => return Ok(false),
            Asked::Reload if is_reloaded_by_its_manager() => notify(Notice::Reload),
            Asked::Reload => {
                let (kept, started) = (requests.kept(), Arc::clone(started));
                if tokio::task::spawn_blocking(move || started.again(&kept)).await? {
                    return Ok(true);
                }
            }
        }
    }
}

fn end_at_once_when_asked_again(mut signals: Signals) {
    tokio::spawn(async move {
        while signals.next().await != Asked::End {}
        crate::log::flush();
        std::process::exit(130);
    });
}

#[cfg(test)]
mod tests;
