//! Finds the operation of a request and runs it.
//!
//! One look-up finds the path; static segments come before parameters. What no operation has
//! (a path, a method) is answered here, in the same shape as everything else, so that axum's
//! router is not asked; routers that are mounted are asked for what is not found.

mod accept;

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{ALLOW, CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use tower::{Service, ServiceExt as _};

use crate::context::{PathMatch, RequestContext, problem_response};
use crate::deadline::with_deadline;
use crate::documents::pages::Pages;
use crate::endpoint::Endpoint;
use crate::group::BoxService;
use crate::metrics::{Metrics, Recorder};
use crate::problem::{ErrorFormat, ProblemDetails, builtin};
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::trace::TraceContext;

/// All operations of an app, ready to run: a tower service that cannot fail.
#[derive(Clone)]
pub struct Router(pub(crate) Arc<Table>);

/// What a router knows.
pub(crate) struct Table {
    pub(crate) paths: matchit::Router<PathEntry>,
    pub(crate) pages: Option<Pages>,
    /// Routers of axum, mounted at prefixes.
    pub(crate) mounted: Option<axum::Router>,
    pub(crate) limits: HeadLimits,
    pub(crate) metrics: Metrics,
    pub(crate) error_format: ErrorFormat,
    /// Whether layers are around, which see what `HEAD` leaves out.
    pub(crate) is_layered: bool,
}

/// The limits of a request's head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadLimits {
    pub(crate) target_bytes: Option<usize>,
    pub(crate) head_bytes: Option<usize>,
    pub(crate) fields: Option<usize>,
}

/// The operations of one path.
#[derive(Default)]
pub(crate) struct PathEntry {
    pub(crate) endpoints: Vec<RoutedOperation>,
    /// Whether it is a document's, and no operation's.
    pub(crate) is_page: bool,
}

/// One operation of a path.
pub(crate) struct RoutedOperation {
    pub(crate) method: Method,
    pub(crate) run: Run,
    pub(crate) recorder: Arc<Recorder>,
}

/// How an operation is run.
#[derive(Clone)]
pub(crate) enum Run {
    /// As it is.
    Bare(Arc<Endpoint>),
    /// Inside layers, the innermost of which is [`EndpointService`].
    Layered(BoxService),
}

impl Router {
    async fn answer(self, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let request_id = RequestId::of(&parts.headers, &parts.extensions);
        let id = request_id.header_value();
        let leaves_body_out = parts.method == Method::HEAD && !self.0.is_layered;
        let mut response = self.0.route(parts, body, request_id).await;
        response.headers_mut().insert(X_REQUEST_ID, id);
        if leaves_body_out { without_body(response) } else { response }
    }
}

impl Service<Request<Body>> for Router {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let router = self.clone();
        Box::pin(async move { Ok(router.answer(request).await) })
    }
}

impl Table {
    async fn route(&self, parts: Parts, body: Body, request_id: RequestId) -> Response {
        if let Some(details) = self.limits.refuse(&parts) {
            return self.problem(details, &parts, &request_id);
        }
        let path = parts.uri.path();
        let Ok(found) = self.paths.at(path) else { return self.not_found(parts, body, request_id).await };
        let entry = found.value;
        if entry.is_page {
            return self.page(&parts, &request_id);
        }
        let ranges = found.params.iter().map(|(_, value)| range_in(path, value)).collect();
        let path_match = PathMatch { ranges };
        let is_head = parts.method == Method::HEAD && entry.find(&Method::HEAD).is_none();
        let method = if is_head { &Method::GET } else { &parts.method };
        match entry.find(method) {
            Some(operation) => self.run(operation, parts, body, path_match, request_id).await,
            None if parts.method == Method::OPTIONS => options(&entry.allow()),
            None => {
                let details = builtin::METHOD_NOT_ALLOWED.details().header(ALLOW, entry.allow());
                let detail = format!("this path has {}", entry.allow());
                self.problem(details.detail(detail), &parts, &request_id)
            }
        }
    }

    /// Runs an operation, and says in the log and in the numbers how that went.
    async fn run(
        &self,
        operation: &RoutedOperation,
        parts: Parts,
        body: Body,
        path_match: PathMatch,
        request_id: RequestId,
    ) -> Response {
        let (start, id, recorder) = (Instant::now(), request_id.clone(), &operation.recorder);
        let is_logged = tracing::enabled!(target: "kovar::request", tracing::Level::INFO);
        let trace = if is_logged { TraceContext::of(&parts.headers) } else { None };
        let response = operation.run.clone().call(parts, body, path_match, request_id).await;
        let (status, duration) = (response.status(), start.elapsed());
        recorder.record(status, duration);
        if status.is_server_error() {
            self.metrics.failed(recorder, status, &id);
        }
        tracing::info!(
            target: "kovar::request",
            method = operation.method.as_str(),
            route = recorder.route(),
            operation = recorder.id(),
            status = status.as_u16(),
            microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
            request_id = id.as_str(),
            trace_id = trace.as_ref().map(TraceContext::trace_id),
            "answered"
        );
        response
    }

    fn page(&self, parts: &Parts, request_id: &RequestId) -> Response {
        let page = self.pages.as_ref().and_then(|pages| pages.respond(&parts.method, parts.uri.path(), &parts.headers));
        match page {
            Some(page) if page.status() != StatusCode::METHOD_NOT_ALLOWED => page,
            Some(_) if parts.method == Method::OPTIONS => options("GET, HEAD, OPTIONS"),
            Some(_) => {
                let details = builtin::METHOD_NOT_ALLOWED.details().header(ALLOW, "GET, HEAD, OPTIONS");
                self.problem(details.detail("this path has GET, HEAD, OPTIONS"), parts, request_id)
            }
            None => self.problem(no_operation(), parts, request_id),
        }
    }

    /// Asks the routers of axum for what no operation has.
    async fn not_found(&self, mut parts: Parts, body: Body, request_id: RequestId) -> Response {
        // RFC 9110 §9.3.7: `*` is the server as a whole.
        if parts.method == Method::OPTIONS && parts.uri.path() == "*" {
            return options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
        let Some(mounted) = &self.mounted else { return self.problem(no_operation(), &parts, &request_id) };
        parts.extensions.insert(request_id.clone());
        let (uri, asked) = (parts.uri.clone(), Request::from_parts(parts, body));
        let details = match AssertUnwindSafe(mounted.clone().oneshot(asked)).catch_unwind().await {
            Ok(Ok(response)) if response.extensions().get::<NotMounted>().is_none() => return response,
            Ok(_) => no_operation(),
            Err(panic) => panicked("a mounted router", &*panic),
        };
        problem_response(details, self.error_format, &uri, &request_id)
    }

    fn problem(&self, details: ProblemDetails, parts: &Parts, request_id: &RequestId) -> Response {
        problem_response(details, self.error_format, &parts.uri, request_id)
    }
}

/// Marks the answer of mounted routers to a path that none of them has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotMounted;

impl PathEntry {
    fn find(&self, method: &Method) -> Option<&RoutedOperation> {
        self.endpoints.iter().find(|operation| operation.method == method)
    }

    /// The methods of the path (RFC 9110 §10.2.1).
    fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.endpoints.iter().map(|operation| operation.method.as_str()).collect();
        if methods.contains(&"GET") && !methods.contains(&"HEAD") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        methods.dedup();
        methods.join(", ")
    }
}

fn options(allow: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Ok(allow) = HeaderValue::try_from(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

fn no_operation() -> ProblemDetails {
    builtin::NOT_FOUND.details().detail("no operation has this path")
}

impl Run {
    async fn call(self, parts: Parts, body: Body, path: PathMatch, request_id: RequestId) -> Response {
        match self {
            Run::Bare(endpoint) => run(RequestContext::new(parts, body, path, endpoint, request_id)).await,
            Run::Layered(service) => {
                let mut request = Request::from_parts(parts, body);
                request.extensions_mut().insert(Routed(path));
                request.extensions_mut().insert(request_id);
                service.oneshot(request).await.unwrap_or_else(|never| match never {})
            }
        }
    }
}

/// What the router found out, on its way through layers.
#[derive(Clone, Debug)]
struct Routed(PathMatch);

/// The innermost service of a layered operation.
#[derive(Clone)]
pub(crate) struct EndpointService(pub(crate) Arc<Endpoint>);

impl Service<Request<Body>> for EndpointService {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let endpoint = Arc::clone(&self.0);
        let (mut parts, body) = request.into_parts();
        let path = parts.extensions.remove::<Routed>().map(|Routed(path)| path).unwrap_or_default();
        let request_id = RequestId::of(&parts.headers, &parts.extensions);
        Box::pin(async move { Ok(run(RequestContext::new(parts, body, path, endpoint, request_id)).await) })
    }
}

/// Runs an operation up to its deadline and through panics.
async fn run(context: RequestContext) -> Response {
    if !accept::is_acceptable(context.headers(), &context.endpoint().produces) {
        return context.problem(builtin::NOT_ACCEPTABLE.details().with("available", &context.endpoint().produces));
    }
    let (uri, request_id) = (context.uri().clone(), context.request_id().clone());
    let settings = context.endpoint().settings;
    let handler = Arc::clone(&context.endpoint().handler);
    let tasks = settings.is_detached.then(|| context.endpoint().tasks.clone());
    let running = AssertUnwindSafe(handler.call(context)).catch_unwind();
    let running = with_deadline(running, settings.deadline);
    let ended = match tasks {
        None => running.await,
        Some(tasks) => tasks.run(running).await.flatten(),
    };
    let details = match ended {
        Some(Ok(response)) => return response,
        Some(Err(panic)) => panicked("the handler", &*panic),
        None => builtin::UNAVAILABLE.details().detail("the operation did not finish before its deadline"),
    };
    problem_response(details, settings.error_format, &uri, &request_id)
}

/// The 500 for a panic; the log has its message.
pub(crate) fn panicked(who: &str, panic: &(dyn Any + Send)) -> ProblemDetails {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    builtin::INTERNAL.details().log(format!("{who} panicked: {text}"))
}

/// RFC 9110 §9.3.2: HEAD answers with the header of GET, and no content.
pub(crate) fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = http_body::Body::size_hint(&body).exact()
        && !parts.headers.contains_key(CONTENT_LENGTH)
        && parts.status != StatusCode::NO_CONTENT
    {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

/// Where a slice of a string stands in it.
fn range_in(whole: &str, part: &str) -> std::ops::Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

impl HeadLimits {
    fn refuse(&self, parts: &Parts) -> Option<ProblemDetails> {
        let target = parts.uri.path().len() + parts.uri.query().map_or(0, |query| query.len() + 1);
        if self.target_bytes.is_some_and(|limit| target > limit) {
            return Some(builtin::TARGET_TOO_LONG.details());
        }
        let size = || parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
        let is_too_large = self.fields.is_some_and(|limit| parts.headers.len() > limit)
            || self.head_bytes.is_some_and(|limit| target + size() > limit);
        is_too_large.then(|| builtin::FIELDS_TOO_LARGE.details())
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Router")
    }
}
