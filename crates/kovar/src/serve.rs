//! Listens and answers: one thread with a runtime of its own for each worker.
//!
//! Workers share the listening socket. `SIGTERM` and `SIGINT` stop accepting, tell clients to go
//! away, and wait for what is in flight; a second signal ends at once.

mod admin;
mod connection;
pub(crate) mod log;
mod signal;

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::time::Duration;

use kovar_http::app::BoxService;
use tokio::sync::watch;

use crate::settings::Settings;

/// How long what is in flight may take to end once the program is asked to. Default: 30 s.
pub const DRAIN: Duration = Duration::from_secs(30);

/// Listeners that are bound and not served yet.
#[derive(Debug)]
pub(crate) struct Bound {
    requests: TcpListener,
    admin: TcpListener,
}

/// Binds the addresses of the settings.
pub(crate) fn bind(settings: &Settings) -> crate::Result<Bound> {
    Ok(Bound { requests: listen(settings.listen, "--listen")?, admin: listen(settings.admin, "--admin")? })
}

fn listen(address: SocketAddr, flag: &str) -> crate::Result<TcpListener> {
    let bound = TcpListener::bind(address);
    let listener =
        bound.map_err(|cause| format!("{address} cannot be listened on: {cause}; set another with {flag}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Bound {
    /// Says where the app is, for the person who started it.
    pub(crate) fn print_addresses(&self) {
        if let (Ok(requests), Ok(admin)) = (self.requests.local_addr(), self.admin.local_addr()) {
            println!("Listening at   http://{requests}");
            println!("Documentation  http://{requests}/docs and http://{requests}/redoc");
            println!("Health         http://{admin}/health/ready");
        }
    }

    /// Answers until the program is asked to end and everything in flight has ended.
    pub(crate) async fn serve(self, service: BoxService, workers: NonZeroUsize) -> crate::Result {
        let (stop, stopped) = watch::channel(false);
        let admin_stopped = stopped.clone();
        let admin = self.admin;
        let admin = std::thread::Builder::new()
            .name("kovar-admin".to_owned())
            .spawn(move || admin::serve(admin, admin_stopped))?;
        let mut threads = Vec::new();
        for index in 0..workers.get() {
            let listener = self.requests.try_clone()?;
            let (service, stopped) = (service.clone(), stopped.clone());
            let thread = std::thread::Builder::new().name(format!("kovar-worker-{index}"));
            threads.push(thread.spawn(move || connection::serve(listener, service, stopped))?);
        }
        drop(self.requests);
        signal::asked_to_end().await?;
        tracing::info!("ending: no new connections are taken");
        stop.send_replace(true);
        tokio::spawn(async {
            if signal::asked_to_end().await.is_ok() {
                std::process::exit(130);
            }
        });
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().chain([admin]).for_each(|thread| drop(thread.join()));
        });
        joined.await?;
        Ok(())
    }
}
