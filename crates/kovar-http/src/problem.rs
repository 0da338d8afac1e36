//! Problems: errors that are declared, documented, and sent as RFC 9457.
//!
//! What the client reads and what the log says are two messages. A status that is no error cannot
//! be declared: the macro refuses it, and [`ProblemDetails::new`] takes an [`ErrorStatus`].

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use kovar_contract::json::{Object, SyntaxErrorKind};
use kovar_contract::shape::Field;
use kovar_contract::{Catalog, Issue, Unreadable};

/// The media type of problems (RFC 9457 §6.1).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// How problems are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorFormat {
    /// `application/problem+json` of RFC 9457.
    #[default]
    Problem,
    /// FastAPI's `{"detail": …}`, for teams whose clients read that.
    FastApi,
}

/// A status of 400 to 599.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorStatus(u16);

impl ErrorStatus {
    /// The status; at compile time when it is a constant.
    ///
    /// # Panics
    ///
    /// When the status is no error.
    pub const fn new(status: u16) -> Self {
        assert!(400 <= status && status <= 599, "a problem's status is between 400 and 599");
        Self(status)
    }

    /// The status, if it is an error.
    pub(crate) fn of(status: StatusCode) -> Option<Self> {
        (status.is_client_error() || status.is_server_error()).then_some(Self(status.as_u16()))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The status of the http crate.
    pub fn code(self) -> StatusCode {
        StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// An error type whose problems a contract declares. `#[problem]` writes it for enums.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a declared problem",
    label = "an operation's error must be declared",
    note = "put `#[problem]` on an enum, with `#[status(404)]` or such on each variant"
)]
pub trait Problem: Send + Sized + 'static {
    /// What may be sent: one declaration for each variant.
    fn declare(catalog: &mut Catalog) -> Vec<ProblemDeclaration>;

    /// What is sent now.
    fn into_details(self) -> ProblemDetails;
}

/// One problem that an operation may answer with.
#[derive(Clone, Debug)]
pub struct ProblemDeclaration {
    /// The name of its schema in documents.
    pub name: String,
    /// The status.
    pub status: ErrorStatus,
    /// The `type`: an absolute path, as RFC 9457 §3.1.1 advises where there is no host.
    pub kind: Cow<'static, str>,
    /// The `title`, the same each time.
    pub title: Cow<'static, str>,
    /// More about it, for documents.
    pub description: Option<Cow<'static, str>>,
    /// The members beyond RFC 9457's.
    pub extensions: Vec<Field>,
}

/// A problem as it is sent, and what the log says about it.
#[derive(Debug)]
pub struct ProblemDetails {
    status: ErrorStatus,
    kind: Cow<'static, str>,
    title: Cow<'static, str>,
    detail: Option<Cow<'static, str>>,
    extensions: Object<'static>,
    issues: Vec<Issue>,
    headers: HeaderMap,
    log: Option<Box<dyn Error + Send + Sync>>,
}

impl ProblemDetails {
    /// A problem of a type, a path such as `/problems/not-found`.
    pub fn new(status: ErrorStatus, kind: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            kind: kind.into(),
            title: title.into(),
            detail: None,
            extensions: Object::new(),
            issues: Vec::new(),
            headers: HeaderMap::new(),
            log: None,
        }
    }

    /// What happened this time, for the client.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member beyond RFC 9457's; what serde cannot serialise is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl serde::Serialize) -> Self {
        if let Ok(value) = kovar_contract::json::to_value(&value) {
            self.extensions.push(name, value);
        }
        self
    }

    /// Adds a header field; an invalid value is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.append(name, value);
        }
        self
    }

    /// What the log says; the client never sees it.
    #[must_use]
    pub fn log(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.log = Some(cause.into());
        self
    }

    /// The answer to JSON that cannot be read: a 400 where it is none, with line and column, and a 422 with all that is
    /// wrong where it breaks the contract.
    pub fn unreadable(json: &[u8], why: Unreadable) -> Self {
        match why {
            Unreadable::Issues(issues) => Self::validation(issues),
            Unreadable::Syntax(error) => {
                let detail = match error.kind() {
                    SyntaxErrorKind::UnexpectedEnd if json.is_empty() => {
                        "the body is empty; JSON is expected".to_owned()
                    }
                    _ => format!("the body is not JSON: {error}"),
                };
                let details = builtin::MALFORMED.details().detail(detail);
                details.with("line", error.line()).with("column", error.column())
            }
        }
    }

    /// The problem as JSON, where there is no request that it answers.
    pub fn to_json(&self) -> String {
        self.body(None).to_string()
    }

    /// The 422 of input that breaks the contract.
    pub(crate) fn validation(issues: Vec<Issue>) -> Self {
        let count = issues.len();
        let detail =
            if count == 1 { "1 issue in the request".to_owned() } else { format!("{count} issues in the request") };
        Self { issues, ..builtin::VALIDATION.details() }.detail(detail)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status.code()
    }

    /// The `type`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether it is of a transaction that ran into another.
    #[cfg(feature = "data")]
    pub(crate) fn is_conflict(&self) -> bool {
        let cause = self.log.as_deref().and_then(|cause| cause.downcast_ref::<kovar_data::Error>());
        cause.is_some_and(kovar_data::Error::is_conflict)
    }

    /// What the log says.
    pub fn take_log(&mut self) -> Option<Box<dyn Error + Send + Sync>> {
        self.log.take()
    }

    /// The response, in the app's format.
    pub(crate) fn into_response(self, format: ErrorFormat, instance: &str, request_id: &str) -> Response {
        let status = self.status.code();
        let (media_type, body) = match format {
            ErrorFormat::Problem => (PROBLEM_JSON, self.body(Some((instance, request_id)))),
            ErrorFormat::FastApi => ("application/json", self.fastapi_body()),
        };
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    /// The members of RFC 9457 §3.1, then `request_id`, `errors` and the problem's own.
    fn body(&self, request: Option<(&str, &str)>) -> Object<'static> {
        let mut body = Object::new()
            .with("type", self.kind.clone())
            .with("title", self.title.clone())
            .with("status", self.status.get())
            .with_some("detail", self.detail.clone());
        if let Some((instance, request_id)) = request {
            body.push("instance", instance.to_owned());
            body.push("request_id", request_id.to_owned());
        }
        if !self.issues.is_empty() {
            body.push("errors", self.issues.iter().map(Issue::to_json).collect::<Vec<_>>());
        }
        for (name, value) in self.extensions.iter() {
            body.set(name.to_owned(), value.clone());
        }
        body
    }

    fn fastapi_body(&self) -> Object<'static> {
        if self.issues.is_empty() {
            return Object::new().with("detail", self.detail.clone().unwrap_or_else(|| self.title.clone()));
        }
        Object::new().with("detail", self.issues.iter().map(Issue::to_fastapi_json).collect::<Vec<_>>())
    }
}

/// Any error that an operation did not declare: a 500 to the client, the whole chain to the log.
///
/// Each `#[problem]` enum has room for one, so that `?` works on the errors of libraries.
#[derive(Debug)]
pub struct InternalError(Box<dyn Error + Send + Sync>);

impl InternalError {
    /// Wraps an error.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// The 500, or the 503 where the cause says that it passes.
    pub fn into_details(self) -> ProblemDetails {
        #[cfg(feature = "data")]
        if self.0.downcast_ref::<kovar_data::Error>().is_some_and(kovar_data::Error::is_passing) {
            return builtin::UNAVAILABLE.details().header(http::header::RETRY_AFTER, "1").log(self.0);
        }
        builtin::INTERNAL.details().log(self.0)
    }
}

/// A handler that can only fail for reasons it did not declare.
impl Problem for InternalError {
    fn declare(_: &mut Catalog) -> Vec<ProblemDeclaration> {
        Vec::new()
    }

    fn into_details(self) -> ProblemDetails {
        self.into_details()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for InternalError {
    fn from(cause: E) -> Self {
        Self(Box::new(cause))
    }
}

/// So that a function that makes a value can make it for a request or for the app.
impl From<InternalError> for Box<dyn Error + Send + Sync> {
    fn from(error: InternalError) -> Self {
        error.0
    }
}

/// An error and its causes in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

pub mod builtin;

pub use crate::context::refused;
