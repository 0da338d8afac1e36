//! Finds the operation of a request and runs it.
//!
//! One look-up finds the path; static segments come before parameters. What no operation has
//! (a path, a method) is answered here, in the same shape as everything else, so that axum's
//! router is not asked; routers that are mounted are asked for what is not found.

mod accept;
#[cfg(feature = "data")]
mod again;
mod answering;

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{ALLOW, CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use tower::{Service, ServiceExt as _};

pub(crate) use self::answering::Answering;
use self::answering::{Answer, Count, OperationFuture};
use crate::context::{PathMatch, RequestContext, problem_response};
use crate::documents::pages::Pages;
use crate::endpoint::Endpoint;
use crate::group::BoxService;
use crate::metrics::Recorder;
use crate::problem::{ErrorFormat, ProblemDetails, builtin};
use crate::request_id::RequestId;
use crate::trace::Tracer;

/// All operations of an app, ready to run: a tower service that cannot fail.
#[derive(Clone)]
pub(crate) struct Router(pub(crate) Arc<Table>);

/// What a router knows.
pub(crate) struct Table {
    pub(crate) paths: matchit::Router<PathEntry>,
    pub(crate) pages: Option<Pages>,
    /// Routers of axum, mounted at prefixes.
    pub(crate) mounted: Option<axum::Router>,
    pub(crate) limits: HeadLimits,
    pub(crate) error_format: ErrorFormat,
    /// Whether layers are around, which see what `HEAD` leaves out.
    pub(crate) is_layered: bool,
    /// Who keeps a span for each request.
    pub(crate) tracer: Option<Arc<dyn Tracer>>,
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
pub(crate) enum Run {
    /// As it is.
    Bare(Arc<Endpoint>),
    /// Inside layers, the innermost of which is [`EndpointService`].
    Layered(BoxService),
}

impl Service<Request<Body>> for Router {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let (parts, body) = request.into_parts();
        let request_id = RequestId::of(&parts.headers, &parts.extensions);
        self.0.route(parts, body, request_id)
    }
}

impl Table {
    fn route(self: &Arc<Self>, mut parts: Parts, body: Body, request_id: RequestId) -> Answering {
        let leaves_body_out = parts.method == Method::HEAD && !self.is_layered;
        let answer = |answer| Answering::new(answer, request_id.clone(), leaves_body_out);
        if let Some(details) = self.limits.refuse(&parts) {
            return answer(Answer::ready(self.problem(details, &parts, &request_id)));
        }
        let path = parts.uri.path();
        let Ok(found) = self.paths.at(path) else { return answer(self.not_found(parts, body, &request_id)) };
        let entry = found.value;
        if entry.is_page {
            return answer(Answer::ready(self.page(&parts, &request_id)));
        }
        let ranges = found.params.iter().map(|(_, value)| range_in(path, value)).collect();
        let path_match = PathMatch { ranges };
        let is_head = parts.method == Method::HEAD && entry.find(&Method::HEAD).is_none();
        let method = if is_head { &Method::GET } else { &parts.method };
        match entry.find(method) {
            Some(operation) => {
                let count = Count::begin(&operation.recorder, self.tracer.as_ref(), &mut parts);
                let running = count.enter(|| operation.run.call(parts, body, path_match, request_id.clone()));
                Answering::new(running, request_id, leaves_body_out).counted(count)
            }
            None if parts.method == Method::OPTIONS => answer(Answer::ready(options(&entry.allow()))),
            None => {
                let details = builtin::METHOD_NOT_ALLOWED.details().header(ALLOW, entry.allow());
                let details = details.detail(format!("this path has {}", entry.allow()));
                answer(Answer::ready(self.problem(details, &parts, &request_id)))
            }
        }
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

    fn not_found(self: &Arc<Self>, parts: Parts, body: Body, request_id: &RequestId) -> Answer {
        // RFC 9110 §9.3.7: `*` is the server as a whole.
        if parts.method == Method::OPTIONS && parts.uri.path() == "*" {
            return Answer::ready(options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        }
        match &self.mounted {
            None => Answer::ready(self.problem(no_operation(), &parts, request_id)),
            Some(mounted) => {
                let asked = ask_mounted(mounted.clone(), parts, body, request_id.clone(), self.error_format);
                Answer::Other { future: Box::pin(asked) }
            }
        }
    }

    fn problem(&self, details: ProblemDetails, parts: &Parts, request_id: &RequestId) -> Response {
        problem_response(details, self.error_format, &parts.uri, request_id)
    }
}

/// Asks the routers of axum for what no operation has.
async fn ask_mounted(
    mounted: axum::Router,
    mut parts: Parts,
    body: Body,
    request_id: RequestId,
    error_format: ErrorFormat,
) -> Response {
    parts.extensions.insert(request_id.clone());
    let (uri, asked) = (parts.uri.clone(), Request::from_parts(parts, body));
    let details = match AssertUnwindSafe(mounted.oneshot(asked)).catch_unwind().await {
        Ok(Ok(response)) if response.extensions().get::<NotMounted>().is_none() => return response,
        Ok(_) => no_operation(),
        Err(panic) => panicked("a mounted router", &*panic),
    };
    problem_response(details, error_format, &uri, &request_id)
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
    fn call(&self, parts: Parts, body: Body, path: PathMatch, request_id: RequestId) -> Answer {
        match self {
            Run::Bare(endpoint) => {
                let context = RequestContext::new(parts, body, path, Arc::clone(endpoint), request_id);
                Answer::Operation { operation: OperationFuture::new(context) }
            }
            Run::Layered(service) => {
                let mut request = Request::from_parts(parts, body);
                request.extensions_mut().insert(Routed(path));
                request.extensions_mut().insert(request_id);
                let answered = service.clone().oneshot(request);
                Answer::Other { future: Box::pin(async { answered.await.unwrap_or_else(|never| match never {}) }) }
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
        let answered = OperationFuture::new(RequestContext::new(parts, body, path, endpoint, request_id));
        Box::pin(async { Ok(answered.await) })
    }
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
