//! The admin listener: health and numbers, on a thread of its own, so that it answers however busy the
//! app is.

mod numbers;
mod process;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode};
use kovar_http::health::Health;
use kovar_http::metrics::{Metrics, Text};
use kovar_serve::{RequestBody, WorkerStats};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// How long a worker may be silent until it is taken to be stuck.
const STUCK: Duration = Duration::from_secs(5);

/// What the admin listener knows.
pub(super) struct Admin {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) metrics: Metrics,
    pub(super) health: Health,
    pub(super) workers: Arc<[Arc<WorkerStats>]>,
    pub(super) drain: CancellationToken,
}

/// The admin listener's service.
#[derive(Clone)]
pub(super) struct AdminService(Arc<Admin>);

impl AdminService {
    pub(super) fn new(admin: Admin) -> Self {
        Self(Arc::new(admin))
    }
}

impl Service<Request<RequestBody>> for AdminService {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let admin = Arc::clone(&self.0);
        Box::pin(async move { Ok(admin.answer(request.method(), request.uri().path()).await) })
    }
}

impl Admin {
    async fn answer(&self, method: &Method, path: &str) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "this path has GET and HEAD\n".to_owned());
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match path {
            // Whoever asks this restarts what does not answer.
            "/health/live" => plain(StatusCode::OK, "live\n".to_owned()),
            "/health/ready" => self.readiness().await,
            "/metrics" => self.numbers(),
            _ => {
                let known = "the admin listener has /health/live, /health/ready and /metrics\n";
                plain(StatusCode::NOT_FOUND, known.to_owned())
            }
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

fn plain(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
