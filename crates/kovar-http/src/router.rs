//! Finds the operation of a request and runs it.
//!
//! One look-up finds the path; static segments come before parameters. What no operation has
//! (a path, a method) is answered here, in the same shape as everything else, so that axum's
//! router is not asked; routers that are mounted are asked for what is not found.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT, ALLOW, CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use tower::{Service, ServiceExt as _};

use crate::context::{PathMatch, RequestContext, problem_response};
use crate::deadline::with_deadline;
use crate::documents::pages::Pages;
use crate::endpoint::Endpoint;
use crate::group::{BoxCheck, BoxService};
use crate::problem::{ErrorFormat, ProblemDetails, builtin};
use crate::request_id::{RequestId, X_REQUEST_ID};

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
    pub(crate) error_format: ErrorFormat,
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
    pub(crate) endpoints: Vec<(Method, Run)>,
}

/// How an operation is run.
#[derive(Clone)]
pub(crate) enum Run {
    /// As it is.
    Bare(Arc<Endpoint>, Arc<[BoxCheck]>),
    /// Inside layers, the innermost of which is [`EndpointService`].
    Layered(BoxService),
}

impl Router {
    async fn answer(self, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let request_id = RequestId::of(&parts.headers);
        let id = request_id.header_value();
        let mut response = self.0.route(parts, body, request_id).await;
        response.headers_mut().insert(X_REQUEST_ID, id);
        response
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
    async fn route(&self, mut parts: Parts, body: Body, request_id: RequestId) -> Response {
        if let Some(details) = self.limits.refuse(&parts) {
            return self.problem(details, &parts, &request_id);
        }
        let path = parts.uri.path();
        let Ok(found) = self.paths.at(path) else { return self.not_found(parts, body, request_id).await };
        let entry = found.value;
        let ranges = found.params.iter().map(|(_, value)| range_in(path, value)).collect();
        let path_match = PathMatch { ranges };
        let is_head = parts.method == Method::HEAD && entry.find(&Method::HEAD).is_none();
        let method = if is_head { &Method::GET } else { &parts.method };
        match entry.find(method) {
            Some(run) => {
                let run = run.clone();
                let response = run.call(&mut parts, body, path_match, request_id).await;
                if is_head { without_body(response) } else { response }
            }
            None if parts.method == Method::OPTIONS => entry.options(),
            None => {
                let details = builtin::METHOD_NOT_ALLOWED.details().header(ALLOW, entry.allow());
                let detail = format!("this path has {}", entry.allow());
                self.problem(details.detail(detail), &parts, &request_id)
            }
        }
    }

    async fn not_found(&self, parts: Parts, body: Body, request_id: RequestId) -> Response {
        let page = self.pages.as_ref().and_then(|pages| pages.respond(&parts.method, parts.uri.path(), &parts.headers));
        if let Some(page) = page {
            if page.status() == StatusCode::METHOD_NOT_ALLOWED {
                let details = builtin::METHOD_NOT_ALLOWED.details().header(ALLOW, "GET, HEAD");
                return self.problem(details, &parts, &request_id);
            }
            return page;
        }
        let Some(mounted) = &self.mounted else {
            return self.problem(
                builtin::NOT_FOUND.details().detail("no operation has this path"),
                &parts,
                &request_id,
            );
        };
        let (uri, asked) = (parts.uri.clone(), Request::from_parts(parts, body));
        let response = mounted.clone().oneshot(asked).await.unwrap_or_else(|never| match never {});
        if response.extensions().get::<NotMounted>().is_some() {
            let details = builtin::NOT_FOUND.details().detail("no operation has this path");
            return problem_response(details, self.error_format, &uri, &request_id);
        }
        response
    }

    fn problem(&self, details: ProblemDetails, parts: &Parts, request_id: &RequestId) -> Response {
        problem_response(details, self.error_format, &parts.uri, request_id)
    }
}

/// Marks the answer of mounted routers to a path that none of them has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotMounted;

impl PathEntry {
    fn find(&self, method: &Method) -> Option<&Run> {
        self.endpoints.iter().find(|(known, _)| known == method).map(|(_, run)| run)
    }

    /// The methods of the path (RFC 9110 §10.2.1).
    fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.endpoints.iter().map(|(method, _)| method.as_str()).collect();
        if methods.contains(&"GET") && !methods.contains(&"HEAD") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        methods.dedup();
        methods.join(", ")
    }

    fn options(&self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        if let Ok(allow) = HeaderValue::try_from(self.allow()) {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

impl Run {
    async fn call(self, parts: &mut Parts, body: Body, path: PathMatch, request_id: RequestId) -> Response {
        let parts = std::mem::replace(parts, Request::new(()).into_parts().0);
        match self {
            Run::Bare(endpoint, checks) => {
                run(RequestContext::new(parts, body, path, endpoint, request_id), &checks).await
            }
            Run::Layered(service) => {
                let mut request = Request::from_parts(parts, body);
                request.extensions_mut().insert(Routed { path, request_id });
                service.oneshot(request).await.unwrap_or_else(|never| match never {})
            }
        }
    }
}

/// What the router found out, on its way through layers.
#[derive(Clone, Debug)]
struct Routed {
    path: PathMatch,
    request_id: RequestId,
}

/// The innermost service of a layered operation.
#[derive(Clone)]
pub(crate) struct EndpointService {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) checks: Arc<[BoxCheck]>,
}

impl Service<Request<Body>> for EndpointService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { endpoint, checks } = self.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let routed = parts.extensions.remove::<Routed>();
            let routed = routed
                .unwrap_or_else(|| Routed { path: PathMatch::default(), request_id: RequestId::of(&parts.headers) });
            Ok(run(RequestContext::new(parts, body, routed.path, endpoint, routed.request_id), &checks).await)
        })
    }
}

/// Runs an operation: guards of its groups, then the handler, up to its deadline and through panics.
async fn run(context: RequestContext, checks: &[BoxCheck]) -> Response {
    if !accepts(&context) {
        return context.problem(builtin::NOT_ACCEPTABLE.details().with("available", &context.endpoint().produces));
    }
    for check in checks {
        if let Err(rejection) = check(&context).await {
            return crate::handler::refuse(rejection, &context);
        }
    }
    let (uri, request_id) = (context.uri().clone(), context.request_id().clone());
    let settings = context.endpoint().settings;
    let handler = Arc::clone(&context.endpoint().handler);
    let running = std::panic::AssertUnwindSafe(handler.call(context)).catch_unwind();
    let details = match with_deadline(running, settings.deadline).await {
        Some(Ok(response)) => return response,
        Some(Err(panic)) => {
            builtin::INTERNAL.details().log(format!("the handler panicked: {}", panic_message(&*panic)))
        }
        None => builtin::UNAVAILABLE.details().detail("the operation did not finish before its deadline"),
    };
    problem_response(details, settings.error_format, &uri, &request_id)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Whether the client takes one of the media types that the operation answers in (RFC 9110 §12.5.1).
fn accepts(context: &RequestContext) -> bool {
    let produces = &context.endpoint().produces;
    let Some(accept) = context.headers().get(ACCEPT) else { return true };
    if produces.is_empty() || accept.as_bytes() == b"*/*" {
        return true;
    }
    let fields = context.headers().get_all(ACCEPT).iter().filter_map(|field| field.to_str().ok());
    let mut ranges =
        fields.flat_map(|field| field.split(',')).map(str::trim).filter(|range| !range.is_empty()).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    ranges.any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media_range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_refused = parts.any(|part| part.replace(' ', "").trim_end_matches(['0', '.']) == "q=");
        !is_refused && produces.iter().any(|media_type| is_in_range(media_type, &media_range))
    })
}

fn is_in_range(media_type: &str, range: &str) -> bool {
    match range.strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => media_type.split('/').next() == Some(kind),
        None => media_type == range,
    }
}

/// RFC 9110 §9.3.2: HEAD answers with the header of GET, and no content.
fn without_body(response: Response) -> Response {
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
