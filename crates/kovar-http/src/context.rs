//! One request on its way through an operation.

use std::any::Any;
#[cfg(feature = "data")]
use std::any::TypeId;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri};
use kovar_contract::text::Pairs;
use sha2::Digest as _;
use tracing::field::display;

use crate::dependency::Values;
use crate::endpoint::Endpoint;
use crate::problem::{ErrorFormat, ProblemDetails};
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::security::{Caller, Found, Scheme};
use crate::trace::TraceContext;

/// A value behind its type.
pub(crate) type AnyArc = Arc<dyn Any + Send + Sync>;

/// One request on its way through an operation: what extractors read from.
pub struct RequestContext {
    parts: Parts,
    body: Mutex<Option<Body>>,
    path: PathMatch,
    endpoint: Arc<Endpoint>,
    /// Request-scoped values, one slot for each provider of the endpoint's plan.
    pub(crate) slots: Vec<OnceLock<AnyArc>>,
    /// Who the caller is, by scheme, so that no credential is checked twice.
    principals: Mutex<Vec<Found>>,
    request_id: RequestId,
    /// Where it is in its trace, once somebody asked.
    trace: OnceLock<TraceContext>,
    /// How often the operation may still run again.
    #[cfg(feature = "data")]
    tries_left: u32,
    /// Of an idempotent operation, once its body is read.
    body_digest: OnceLock<[u8; 32]>,
}

/// Where the path's parameters stand in the path.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathMatch {
    pub(crate) ranges: Vec<std::ops::Range<usize>>,
}

impl RequestContext {
    pub(crate) fn new(
        parts: Parts,
        body: Body,
        path: PathMatch,
        endpoint: Arc<Endpoint>,
        request_id: RequestId,
    ) -> Self {
        let slots = (0..endpoint.plan.slot_count()).map(|_| OnceLock::new()).collect();
        let (body, principals) = (Mutex::new(Some(body)), Mutex::default());
        let (trace, body_digest) = (OnceLock::new(), OnceLock::new());
        Self {
            #[cfg(feature = "data")]
            tries_left: 0,
            parts,
            body,
            path,
            endpoint,
            slots,
            principals,
            request_id,
            trace,
            body_digest,
        }
    }

    /// The same request once more, with its body, for an operation that may run so often again.
    #[cfg(feature = "data")]
    pub(crate) fn again(&self, body: Body, tries_left: u32) -> Self {
        let (parts, path) = (self.parts.clone(), self.path.clone());
        let again = Self::new(parts, body, path, Arc::clone(&self.endpoint), self.request_id.clone());
        Self { tries_left, ..again }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The target as it was sent.
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// All of the request but its body.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The id under which the log and problems speak of the request.
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// Where the request is in its trace: in the client's, or in one that begins with it.
    pub fn trace(&self) -> &TraceContext {
        self.trace.get_or_init(|| match self.parts.extensions.get::<TraceContext>() {
            Some(known) => known.clone(),
            None => {
                TraceContext::received(&self.parts.headers).unwrap_or_else(|| TraceContext::begin(&self.request_id))
            }
        })
    }

    /// Where the request is in its trace, if anybody has asked: then the log should say it, too.
    pub(crate) fn asked_trace(&self) -> Option<&TraceContext> {
        self.trace.get()
    }

    /// Where the request is in its trace, if anybody has asked or its client has said.
    pub(crate) fn known_trace(&self) -> Option<&TraceContext> {
        self.trace.get().or_else(|| self.parts.extensions.get())
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The app's values.
    pub(crate) fn values(&self) -> &Values {
        &self.endpoint.plan.values
    }

    /// The body, once.
    pub(crate) fn take_body(&self) -> Option<Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes what the body was, for whoever asks whether it is another's.
    pub(crate) fn body_is_read(&self, body: &[u8]) {
        if self.endpoint.is_idempotent() {
            let _ = self.body_digest.set(sha2::Sha256::digest(body).into());
        }
    }

    /// What the body was; of one that nobody read, nothing.
    #[cfg(feature = "data")]
    pub(crate) fn body_digest(&self) -> &[u8] {
        self.body_digest.get().map(<[u8; 32]>::as_slice).unwrap_or_default()
    }

    /// A value that was made for this request.
    #[cfg(feature = "data")]
    pub(crate) fn value_of_request<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.endpoint.plan.value(TypeId::of::<T>(), &self.slots)?;
        value.downcast().ok()
    }

    /// The path of the operation as it is declared: `/rooms/{room}`.
    pub fn route(&self) -> &Arc<str> {
        &self.endpoint.route
    }

    /// Who the request is from, as the first scheme says that knew. `None` if none has looked yet, or its caller shows
    /// nothing.
    pub fn caller(&self) -> Option<Caller> {
        self.principals().iter().find_map(|found| found.caller(self))
    }

    pub(crate) fn principal<S: Scheme>(&self) -> Option<Arc<S::Principal>> {
        self.principals().iter().find_map(Found::principal_of::<S>)
    }

    pub(crate) fn found(&self, principal: Found) {
        self.principals().push(principal);
    }

    fn principals(&self) -> MutexGuard<'_, Vec<Found>> {
        self.principals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of a path parameter by name, percent-decoded.
    pub(crate) fn path_parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let index = self.endpoint.path_parameters.iter().position(|known| known == name)?;
        // A layer may have put another path into the request.
        let raw = self.parts.uri.path().get(self.path.ranges.get(index)?.clone())?;
        percent_encoding::percent_decode_str(raw).decode_utf8().ok()
    }

    /// All path parameters, percent-decoded.
    pub(crate) fn path_pairs(&self) -> Pairs<'_> {
        let names = self.endpoint.path_parameters.iter();
        names.filter_map(|name| Some((Cow::Borrowed(name.as_str()), self.path_parameter(name)?))).collect()
    }

    /// The limit of bodies that the operation has set itself.
    pub fn own_body_limit(&self) -> Option<usize> {
        self.endpoint.own_body_limit_bytes
    }

    /// A parameter of the query, by its name; the first, if there are several.
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        self.query_pairs().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The pairs of the query.
    pub(crate) fn query_pairs(&self) -> Pairs<'_> {
        form_urlencoded::parse(self.parts.uri.query().unwrap_or_default().as_bytes()).collect()
    }

    /// The response for a problem; what the log should say is logged.
    pub fn problem(&self, mut details: ProblemDetails) -> Response {
        #[cfg(feature = "data")]
        if self.tries_left > 0 && details.is_conflict() {
            return self.conflict(details);
        }
        log_cause(&mut details, &self.parts.uri, &self.request_id, self.known_trace());
        problem_response(details, self.endpoint.settings.error_format, &self.parts.uri, &self.request_id)
    }
}

/// Of a response that is not to be sent, unless the operation cannot run again.
#[cfg(feature = "data")]
#[derive(Clone, Copy)]
pub(crate) struct RunAgain;

#[cfg(feature = "data")]
impl RunAgain {
    pub(crate) fn is_for(response: &Response) -> bool {
        response.extensions().get::<Self>().is_some()
    }
}

#[cfg(feature = "data")]
impl RequestContext {
    #[cold]
    fn conflict(&self, mut details: ProblemDetails) -> Response {
        if let Some(cause) = details.take_log() {
            tracing::debug!(request_id = %self.request_id, %cause, "the operation runs again");
        }
        let format = self.endpoint.settings.error_format;
        let mut response = problem_response(details, format, &self.parts.uri, &self.request_id);
        response.extensions_mut().insert(RunAgain);
        response
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// The response for a problem of a request that no app sees: its server refused it. What the log
/// should say is logged under the request's id.
pub fn refused(details: ProblemDetails, format: ErrorFormat, parts: Option<&Parts>) -> Response {
    let (uri, request_id) = match parts {
        Some(parts) => (parts.uri.clone(), RequestId::of(&parts.headers, &parts.extensions)),
        None => (Uri::default(), RequestId::of(&HeaderMap::new(), &Extensions::new())),
    };
    let mut response = problem_response(details, format, &uri, &request_id);
    response.headers_mut().insert(X_REQUEST_ID, request_id.header_value());
    response
}

/// How much of its path a request that is refused for its length gets back.
const MOST_INSTANCE_BYTES: usize = 1024;

/// The response for a problem; what the log should say is logged under the request's id.
pub(crate) fn problem_response(
    mut details: ProblemDetails,
    format: ErrorFormat,
    uri: &Uri,
    request_id: &RequestId,
) -> Response {
    log_cause(&mut details, uri, request_id, None);
    let path = uri.path();
    details.into_response(format, &path[..path.floor_char_boundary(MOST_INSTANCE_BYTES)], request_id.as_str())
}

/// Logs, once, what the log should say of a problem.
fn log_cause(details: &mut ProblemDetails, uri: &Uri, request_id: &RequestId, trace: Option<&TraceContext>) {
    let Some(cause) = details.take_log() else { return };
    let (status, kind, path) = (details.status().as_u16(), details.kind(), uri.path());
    let cause = crate::problem::Chain(&*cause);
    let trace_id = trace.map(|trace| display(trace.trace_id()));
    let span_id = trace.map(|trace| display(trace.span_id()));
    if status >= 500 {
        tracing::error!(%request_id, trace_id, span_id, status, kind, path, %cause, "request failed");
    } else {
        tracing::info!(%request_id, trace_id, span_id, status, kind, path, %cause, "request refused");
    }
}
