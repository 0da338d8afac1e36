//! Who keeps the spans of requests.

use http::StatusCode;
use http::request::Parts;
use tracing::Span;

use super::TraceContext;

/// Keeps a span for each request to an operation, such as for an exporter.
pub trait Tracer: Send + Sync + 'static {
    /// Begins the span of a request for the operation of a route. The trace is the client's, if it sent one; its
    /// span's id and whether it is recorded are for the tracer to say. `None` if it keeps no span.
    fn begin(&self, request: &Parts, route: &str, received: Option<&TraceContext>) -> Option<RequestSpan>;

    /// The operation has answered. The span of a request that is dropped before ends without this.
    fn end(&self, span: &Span, status: StatusCode);
}

/// The span of a request, which is entered while its operation runs.
#[derive(Clone, Debug)]
pub struct RequestSpan {
    /// What is entered.
    pub span: Span,
    /// Where it is in its trace.
    pub context: TraceContext,
}
