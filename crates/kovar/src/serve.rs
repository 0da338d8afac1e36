//! Listens and answers: `kovar-serve` with an app's service and an app's problems.
//!
//! `SIGTERM` and `SIGINT` drain the server; a second signal ends the program at once.

mod admin;
mod service;
mod signal;

use std::net::TcpListener;

use kovar_http::app::BoxService;
use kovar_http::problem::ErrorFormat;
use kovar_serve::{Address, Server};
use tokio_util::sync::CancellationToken;

use self::service::{AppService, refuse};
use crate::settings::Settings;

/// Listeners that are bound and not served yet.
#[derive(Debug)]
pub(crate) struct Bound {
    requests: Server,
    admin: TcpListener,
}

/// Binds the addresses of the settings.
pub(crate) fn bind(settings: &Settings) -> crate::Result<Bound> {
    let requests = Server::bind(&settings.listen, settings.runtime, settings.worker_count());
    let requests = requests.map_err(|cause| format!("{cause}; set another with --listen"))?;
    let admin = TcpListener::bind(settings.admin);
    let admin = admin
        .map_err(|cause| format!("{} cannot be listened at: {cause}; set another with --admin", settings.admin))?;
    admin.set_nonblocking(true)?;
    Ok(Bound { requests, admin })
}

impl Bound {
    /// Says where the app is, for the person who started it.
    pub(crate) fn print_addresses(&self) {
        let addresses = self.requests.addresses();
        for address in &addresses {
            let scheme = if matches!(address, Address::Tcp(_)) { "http://" } else { "" };
            println!("Listening at   {scheme}{address}");
        }
        if let Some(Address::Tcp(address)) = addresses.iter().find(|address| matches!(address, Address::Tcp(_))) {
            println!("Documentation  http://{address}/docs and http://{address}/redoc");
        }
        if let Ok(admin) = self.admin.local_addr() {
            println!("Health         http://{admin}/health/ready");
        }
    }

    /// Answers until the program is asked to end and everything in flight has ended.
    pub(crate) async fn serve(self, service: BoxService, format: ErrorFormat) -> crate::Result {
        let drain = CancellationToken::new();
        let requests = self.requests.drain_when(drain.clone());
        let running = requests.serve_with(AppService(service), refuse(format))?;
        let (admin, draining) = (self.admin, drain.clone());
        let admin =
            std::thread::Builder::new().name("kovar-admin".to_owned()).spawn(move || admin::serve(admin, draining))?;
        signal::asked_to_end().await?;
        tracing::info!("ending: no new connections are taken");
        drain.cancel();
        tokio::spawn(async {
            if signal::asked_to_end().await.is_ok() {
                crate::log::flush();
                std::process::exit(130);
            }
        });
        tokio::task::spawn_blocking(move || running.join()).await?;
        // Nothing is lost with a health check that is cut off.
        drop(admin);
        Ok(())
    }
}
