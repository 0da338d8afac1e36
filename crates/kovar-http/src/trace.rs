//! The trace that a request is part of, as [W3C's Trace Context](https://www.w3.org/TR/trace-context/) says it.
//!
//! Each request is a span of a trace: of its client's, or of one that begins with it. Ids are made
//! only where somebody asks for them, so that a request without a trace costs nothing more.

mod ids;
mod state;
#[cfg(test)]
mod tests;
mod tracer;

use http::{HeaderMap, HeaderName, HeaderValue};

pub use self::ids::{SpanId, TraceId};
pub use self::tracer::{RequestSpan, Tracer};
use crate::request_id::RequestId;

/// The header field that says which trace and which span of it a request belongs to.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The header field in which the systems on a trace's way keep what they need.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// §3.2.2.5.1: whoever sent this may have recorded it.
const SAMPLED: u8 = 0b01;

/// Those flags that are passed on: `sampled`, and `random` of level 2, which speaks of the trace's id.
const PASSED_ON: u8 = 0b11;

/// The span that a request is, and the trace that it is part of.
///
/// As an argument of an operation or of a provider, it is what requests to other services pass on.
/// The trace is the client's if the request has a valid `traceparent`, and else a new one.
///
/// # Example
///
/// ```
/// use kovar_http::respond::Text;
/// use kovar_http::trace::{TRACEPARENT, TRACESTATE, TraceContext};
///
/// async fn forward(trace: TraceContext) -> Text {
///     let mut outgoing = http::Request::get("http://stock.example/items");
///     outgoing = outgoing.header(TRACEPARENT, trace.traceparent());
///     if let Some(state) = trace.tracestate() {
///         outgoing = outgoing.header(TRACESTATE, state);
///     }
///     // … sends it.
///     # drop(outgoing);
///     Text(trace.trace_id().to_string())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: TraceId,
    span_id: SpanId,
    parent_id: Option<SpanId>,
    flags: u8,
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// A span of the trace that a header names; `None` if it names none, or in a way that means
    /// nothing (§3.2.2: then a trace begins anew).
    pub(crate) fn received(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let (Some(value), None) = (values.next()?.to_str().ok(), values.next()) else { return None };
        let mut trace = Self::parse(value)?;
        trace.state = state::read(headers.get_all(TRACESTATE));
        Some(trace)
    }

    /// A span of a trace that begins here. Where the request's id can be the trace's, it is.
    pub(crate) fn begin(request_id: &RequestId) -> Self {
        Self::root(TraceId::parse(request_id.as_str()).unwrap_or_else(TraceId::random), SpanId::random(), false)
    }

    /// The first span of a trace, with ids that somebody else made.
    pub fn root(trace_id: TraceId, span_id: SpanId, is_sampled: bool) -> Self {
        Self { trace_id, span_id, parent_id: None, flags: if is_sampled { SAMPLED } else { 0 }, state: None }
    }

    /// The same place in the trace, as the span that somebody else keeps.
    #[must_use]
    pub fn kept_as(mut self, span_id: SpanId, is_sampled: bool) -> Self {
        self.span_id = span_id;
        self.flags = if is_sampled { self.flags | SAMPLED } else { self.flags & !SAMPLED };
        self
    }

    fn parse(value: &str) -> Option<Self> {
        let mut parts = value.splitn(5, '-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (version, flags) = (ids::byte(version)?, ids::byte(flags)?);
        // §4.1: of later versions the first four parts are read as of this one.
        let flags = match (version, parts.next()) {
            (0, None) => flags & PASSED_ON,
            (0, Some(_)) | (0xFF, _) => return None,
            _ => flags & SAMPLED,
        };
        let (trace_id, parent_id) = (TraceId::parse(trace)?, SpanId::parse(span)?);
        Some(Self { trace_id, span_id: SpanId::random(), parent_id: Some(parent_id), flags, state: None })
    }

    /// The id of the trace.
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The id of the span that this request is.
    pub fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// The id of the client's span; `None` if the trace begins with this request.
    pub fn parent_id(&self) -> Option<SpanId> {
        self.parent_id
    }

    /// Whether the trace is recorded: what the client says, or an exporter's sampler.
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// The value of the field [`TRACEPARENT`] for requests that this one causes.
    pub fn traceparent(&self) -> HeaderValue {
        let text = format!("00-{}-{}-{:02x}", self.trace_id, self.span_id, self.flags);
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    /// The value of the field [`TRACESTATE`] for requests that this one causes: the client's, if it is valid, cut to
    /// at most 512 characters as §3.3.1.5 says. `None` if there is none.
    pub fn tracestate(&self) -> Option<&HeaderValue> {
        self.state.as_ref()
    }
}
