//! A request as a server's span, as OpenTelemetry's conventions for HTTP want it.
//!
//! Of a request only method, route, path, host, scheme and version are told: header fields and
//! queries may hold secrets.

use http::request::Parts;
use http::{StatusCode, Version, header};
use kovar_http::trace::{RequestSpan, SpanId, TraceContext, TraceId, Tracer};
use kovar_serve::Peer;
use opentelemetry::trace::{SpanContext, Status, TraceContextExt as _, TraceFlags, TraceState};
use opentelemetry::{Context, trace};
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::traces::TARGET;

/// Makes a span of each request.
#[derive(Debug)]
pub(super) struct Requests;

impl Tracer for Requests {
    fn begin(&self, request: &Parts, route: &str, received: Option<&TraceContext>) -> Option<RequestSpan> {
        let span = tracing::info_span!(
            target: TARGET,
            "request",
            otel.kind = "server",
            otel.name = format!("{} {route}", request.method),
            trace_id = field::Empty,
            span_id = field::Empty,
        );
        let parent = received.map_or_else(Context::new, remote);
        // It fails where the log's filter leaves the span out.
        span.set_parent(parent).ok()?;
        describe(&span, request, route);
        let context = context_of(&span, received)?;
        span.record("trace_id", field::display(context.trace_id()));
        span.record("span_id", field::display(context.span_id()));
        Some(RequestSpan { span, context })
    }

    fn end(&self, span: &Span, status: StatusCode) {
        span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            span.set_attribute("error.type", status.as_str().to_owned());
            span.set_status(Status::error(""));
        }
    }
}

fn describe(span: &Span, request: &Parts, route: &str) {
    span.set_attribute("http.request.method", request.method.as_str().to_owned());
    span.set_attribute("http.route", route.to_owned());
    span.set_attribute("url.path", request.uri.path().to_owned());
    let peer = request.extensions.get::<Peer>();
    span.set_attribute("url.scheme", peer.map_or_else(|| "http".to_owned(), |peer| peer.scheme().to_string()));
    if let Some(version) = version(request.version) {
        span.set_attribute("network.protocol.version", version);
    }
    let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    if let Some(authority) = request.uri.authority().cloned().or(host) {
        span.set_attribute("server.address", authority.host().to_owned());
        if let Some(port) = authority.port_u16() {
            span.set_attribute("server.port", i64::from(port));
        }
    }
}

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

/// The client's span, as the parent of ours.
fn remote(received: &TraceContext) -> Context {
    let trace_id = trace::TraceId::from(received.trace_id().get());
    let parent_id = received.parent_id().map_or(trace::SpanId::INVALID, |id| trace::SpanId::from(id.get()));
    let flags = if received.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let state = received.tracestate().and_then(|state| state.to_str().ok()?.parse::<TraceState>().ok());
    let parent = SpanContext::new(trace_id, parent_id, flags, true, state.unwrap_or_default());
    Context::new().with_remote_span_context(parent)
}

/// Where the span is, by the ids under which it is exported.
fn context_of(span: &Span, received: Option<&TraceContext>) -> Option<TraceContext> {
    let context = span.context();
    let kept = context.span().span_context().clone();
    let trace_id = TraceId::new(u128::from_be_bytes(kept.trace_id().to_bytes()))?;
    let span_id = SpanId::new(u64::from_be_bytes(kept.span_id().to_bytes()))?;
    Some(match received {
        Some(received) => received.clone().kept_as(span_id, kept.is_sampled()),
        None => TraceContext::root(trace_id, span_id, kept.is_sampled()),
    })
}
