//! The admin listener: the console, health and numbers, on threads of its own, so that it answers
//! however busy the app is.
//!
//! Whoever reaches it may ask for health and numbers, under any name. What a browser shows answers only
//! under names that no stranger can give this address ([`hosts`]), and what does something only to the console's own page
//! ([`origin`]).

mod channels;
mod debug;
mod hosts;
mod numbers;
mod origin;
mod process;
mod statements;
mod watched;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use kovar_console::{About, Console, Tables};
use kovar_http::app::{App, AppValues, Route};
use kovar_http::health::Health;
use kovar_http::metrics::{Metrics, Text};
use kovar_serve::{Address, Limits, RequestBody, WorkerStats};
use tokio_util::sync::CancellationToken;
use tower::Service;

use self::hosts::Hosts;
use self::watched::Watched;
use crate::settings::Settings;

/// How long a worker may be silent until it is taken to be stuck.
const STUCK: Duration = Duration::from_secs(5);

/// What the admin listener shows of an app; it is known before the app is built.
pub(super) struct Shown {
    pub(super) addresses: Vec<Address>,
    pub(super) limits: Limits,
    title: String,
    version: String,
    metrics: Metrics,
    health: Health,
    values: AppValues,
    routes: Vec<Route>,
    app: kovar_http::app::Settings,
    settings: Settings,
}

/// The admin listener's service; clones are the same.
#[derive(Clone)]
pub(super) struct Admin(Arc<Inner>);

struct Inner {
    title: String,
    version: String,
    metrics: Metrics,
    health: Health,
    workers: Arc<[Arc<WorkerStats>]>,
    drain: CancellationToken,
    console: Arc<Console>,
    hosts: Hosts,
    routes: Tables,
    settings: Tables,
}

impl Shown {
    pub(super) fn of(app: &App, settings: Settings) -> Self {
        Self {
            addresses: Vec::new(),
            limits: Limits::default(),
            title: app.title().to_owned(),
            version: app.version().to_owned(),
            metrics: app.metrics(),
            health: app.health(),
            values: app.values(),
            routes: app.routes(),
            app: app.settings(),
            settings,
        }
    }

    fn about(&self) -> About {
        About {
            title: self.title.clone(),
            version: self.version.clone(),
            in_flight_limit: self.limits.in_flight,
            connection_limit: self.limits.connections,
        }
    }
}

impl Admin {
    /// Begins to keep the last minutes.
    pub(super) fn new(shown: Shown, workers: Arc<[Arc<WorkerStats>]>, drain: CancellationToken) -> io::Result<Self> {
        let watched = Watched {
            metrics: shown.metrics.clone(),
            health: shown.health.clone(),
            workers: Arc::clone(&workers),
            values: shown.values.clone(),
        };
        let console = Arc::new(Console::new(shown.about(), watched));
        run(&console)?;
        Ok(Self(Arc::new(Inner {
            console,
            hosts: Hosts::new(&shown.settings.admin_hosts),
            routes: debug::routes(&shown.routes),
            settings: debug::settings(&shown),
            title: shown.title,
            version: shown.version,
            metrics: shown.metrics,
            health: shown.health,
            workers,
            drain,
        })))
    }
}

/// The console has a thread of its own, which looks and sleeps: the admin listener's answers whoever asks.
fn run(console: &Arc<Console>) -> io::Result<()> {
    let console = Arc::downgrade(console);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = thread::Builder::new().name("kovar-console".to_owned());
    thread.spawn(move || runtime.block_on(Console::run(console)))?;
    Ok(())
}

impl Service<Request<RequestBody>> for Admin {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let admin = Arc::clone(&self.0);
        let (parts, _) = request.into_parts();
        Box::pin(async move { Ok(admin.answer(&parts.method, parts.uri.path(), &parts.headers).await) })
    }
}

impl Inner {
    async fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        if let Some(connection) = connection_of(path) {
            return match *method {
                Method::POST => self.disconnect(connection, headers),
                _ => not_allowed("POST"),
            };
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return not_allowed("GET, HEAD");
        }
        match path {
            // Whoever asks this restarts what does not answer.
            "/health/live" => plain(StatusCode::OK, "live\n".to_owned()),
            "/health/ready" => self.readiness().await,
            "/metrics" => self.numbers(),
            _ => match self.page(path, headers) {
                Some(page) if self.hosts.allow(headers) => page,
                Some(_) => plain(StatusCode::MISDIRECTED_REQUEST, hosts::REFUSAL.to_owned()),
                None => plain(StatusCode::NOT_FOUND, KNOWN.to_owned()),
            },
        }
    }

    /// Closes a connection of a channel, if that is asked by the console's own page, or by nobody's page.
    fn disconnect(&self, connection: &str, headers: &HeaderMap) -> Response {
        if !self.hosts.allow(headers) {
            return plain(StatusCode::MISDIRECTED_REQUEST, hosts::REFUSAL.to_owned());
        }
        if !origin::is_own(headers) {
            return plain(StatusCode::FORBIDDEN, origin::REFUSAL.to_owned());
        }
        match self.console.disconnect(connection) {
            true => plain(StatusCode::NO_CONTENT, String::new()),
            false => plain(StatusCode::NOT_FOUND, "there is no such connection\n".to_owned()),
        }
    }

    /// What a browser shows.
    fn page(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        match path {
            "/debug/routes" => Some(self.routes.answer()),
            "/debug/settings" => Some(self.settings.answer()),
            "/debug/statements" => Some(statements::page(&self.metrics).answer()),
            _ => self.console.answer(path, headers),
        }
    }

    /// One line for each thing that was looked at.
    async fn readiness(&self) -> Response {
        let mut lines = Vec::new();
        if self.drain.is_cancelled() {
            lines.push(("server".to_owned(), Some("ending".to_owned())));
        }
        let stuck = self.workers.iter().filter(|worker| worker.silent_for() > STUCK).count();
        let workers = format!("{stuck} of {} are stuck", self.workers.len());
        lines.push(("workers".to_owned(), (stuck == self.workers.len()).then_some(workers)));
        let findings = self.health.check().await;
        lines.extend(findings.into_iter().map(|finding| (finding.name, finding.failure)));
        let is_ready = lines.iter().all(|(_, failure)| failure.is_none());
        let text = lines.iter().map(|(name, failure)| match failure {
            None => format!("{name}: ok\n"),
            Some(failure) => format!("{name}: {failure}\n"),
        });
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        plain(status, text.collect())
    }

    fn numbers(&self) -> Response {
        let mut text = Text::default();
        self.metrics.write_prometheus(&mut text);
        numbers::write(self, &mut text);
        let mut response = plain(StatusCode::OK, text.into_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(Text::MEDIA_TYPE));
        response
    }
}

/// What is said of any other path.
const KNOWN: &str = "the admin listener has / (the console), /health/live, /health/ready, /metrics, /console/data, \
    /console/events, /debug/routes, /debug/statements and /debug/settings\n";

/// The connection that a path is to disconnect: `/console/connections/9f…/disconnect`.
fn connection_of(path: &str) -> Option<&str> {
    path.strip_prefix("/console/connections/")?.strip_suffix("/disconnect")
}

fn not_allowed(allowed: &'static str) -> Response {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, format!("this path has {allowed}\n"));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

fn plain(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
