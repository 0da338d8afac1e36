use std::net::TcpListener;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use super::collector::{hex, listen, listen_in_silence, shown};
use super::{PARENT, PROGRAM, TRACE, parent, span_of};
use crate::running::{PATIENCE, Running};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Longer than any test: so only the end of the program sends.
const NEVER: (&str, &str) = ("OTEL_BSP_SCHEDULE_DELAY", "600000");

/// At once.
const SOON: (&str, &str) = ("OTEL_BSP_SCHEDULE_DELAY", "50");

fn named<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let mut named = spans.iter().filter(|span| span.name == name);
    let found = named.next().unwrap_or_else(|| panic!("no span `{name}` in {spans:?}"));
    assert!(named.next().is_none(), "{name} twice in {spans:?}");
    found
}

#[test]
fn a_request_is_a_span_of_its_clients_trace() {
    let (address, exports) = listen();
    let endpoint = format!("http://{address}");
    let variables =
        [(ENDPOINT, &*endpoint), NEVER, ("OTEL_SERVICE_NAME", "shop"), ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=k3y")];
    let mut running = Running::start(PROGRAM, &variables);
    let fields = format!("{}tracestate: rojo=1\r\nauthorization: Bearer s3cret\r\ncookie: s3cret\r\n", parent("01"));
    let passed_on = running.get("/products/7?token=s3cret", &fields);
    let (within, answered) = (running.logged("looked at the stock"), running.logged("answered"));
    running.get("/fails", "");
    running.end();
    let export = exports.recv_timeout(PATIENCE).unwrap();
    assert!(export.head.starts_with("post /v1/traces http/1.1\r\n"), "{}", export.head);
    assert!(export.head.contains("x-key: k3y") && export.head.contains("application/x-protobuf"), "{}", export.head);
    assert!(!String::from_utf8_lossy(&export.body).contains("s3cret"));
    let resource = export.decode().resource_spans[0].resource.clone().unwrap();
    let about = shown(&resource.attributes);
    assert!(about.contains(&"service.name=shop".to_owned()) && about.contains(&"service.version=1.2.3".to_owned()));

    let spans = export.spans();
    let span = named(&spans, "GET /products/{id}");
    let span_id = hex(&span.span_id);
    assert_eq!((hex(&span.trace_id).as_str(), hex(&span.parent_span_id).as_str()), (TRACE, PARENT));
    assert_eq!((span_of(&passed_on), span.trace_state.as_str()), (span_id.as_str(), "rojo=1"));
    assert_eq!(span.kind, SpanKind::Server as i32);
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    let expected = [
        "http.request.method=GET",
        "http.response.status_code=200",
        "http.route=/products/{id}",
        "network.protocol.version=1.1",
        "server.address=shop.example",
        "server.port=8443",
        &format!("span_id={span_id}"),
        &format!("trace_id={TRACE}"),
        "url.path=/products/7",
        "url.scheme=http",
    ];
    assert_eq!(shown(&span.attributes), expected);
    assert_eq!(span.events.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["looked at the stock"]);
    let child = named(&spans, "stock");
    assert_eq!((&child.parent_span_id, &child.trace_id), (&span.span_id, &span.trace_id));

    assert_eq!((&answered["trace_id"], &answered["span_id"]), (&TRACE.into(), &span_id.as_str().into()));
    assert_eq!((&within["span"]["trace_id"], &within["span"]["span_id"]), (&TRACE.into(), &span_id.as_str().into()));
}

#[test]
fn a_trace_begins_and_fails_are_told() {
    let (address, exports) = listen();
    let mut running = Running::start(PROGRAM, &[(ENDPOINT, &format!("http://{address}")), NEVER]);
    running.get("/fails", "");
    let failed = running.logged("answered");
    running.get("/missing", "");
    running.get("/kept", "");
    running.end();
    let spans = exports.recv_timeout(PATIENCE).unwrap().spans();
    let span = named(&spans, "GET /fails");
    assert_eq!((failed["trace_id"].as_str(), span.parent_span_id.len()), (Some(hex(&span.trace_id).as_str()), 0));
    assert_eq!(span.status.as_ref().map(|status| status.code), Some(StatusCode::Error as i32));
    let attributes = shown(&span.attributes);
    assert!(attributes.contains(&"error.type=500".to_owned()), "{attributes:?}");
    let missing = named(&spans, "GET /missing");
    assert!(missing.status.as_ref().is_none_or(|status| status.code == StatusCode::Unset as i32), "not the server's");
    assert!(shown(&missing.attributes).contains(&"http.response.status_code=404".to_owned()));
    let (detached, child) = (named(&spans, "GET /kept"), named(&spans, "kept"));
    assert_eq!((&child.parent_span_id, &child.trace_id), (&detached.span_id, &detached.trace_id));
}

#[test]
fn what_is_not_sampled_is_passed_on_as_that_and_not_exported() {
    let (address, exports) = listen();
    let mut running = Running::start(PROGRAM, &[(ENDPOINT, &format!("http://{address}")), NEVER]);
    let passed_on = running.get("/products/1", &parent("00"));
    let begun = running.get("/products/2", "");
    running.end();
    assert!(passed_on.starts_with(&format!("00-{TRACE}-")) && passed_on.ends_with("-00"), "{passed_on}");
    assert!(begun.ends_with("-01"), "{begun}");
    let spans = exports.recv_timeout(PATIENCE).unwrap().spans();
    let paths: Vec<String> = spans.iter().flat_map(|span| shown(&span.attributes)).collect();
    assert!(paths.contains(&"url.path=/products/2".to_owned()), "{paths:?}");
    assert!(!paths.contains(&"url.path=/products/1".to_owned()), "{paths:?}");

    let sampler = [("OTEL_TRACES_SAMPLER", "always_off"), (ENDPOINT, &*format!("http://{address}")), NEVER];
    let mut running = Running::start(PROGRAM, &sampler);
    assert!(running.get("/products/3", "").ends_with("-00"));
    running.end();
    assert!(exports.try_recv().is_err(), "nothing is sampled");
}

#[test]
fn a_collector_that_is_away_is_told_once() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut running = Running::start(PROGRAM, &[(ENDPOINT, &format!("http://{gone}")), SOON]);
    running.get("/silent", "");
    let told = running.logged("the collector does not take traces; spans are lost");
    assert_eq!((&told["level"], &told["spans"]), (&"WARN".into(), &1.into()));
    running.get("/silent", "");
    let (took, rest) = running.end();
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!rest.iter().any(|line| line["message"] == told["message"]), "{rest:?}");
}

#[test]
fn a_collector_that_is_silent_costs_no_request_anything() {
    let silent = listen_in_silence();
    let variables = [(ENDPOINT, &*format!("http://{silent}")), SOON, ("OTEL_BSP_MAX_QUEUE_SIZE", "16")];
    let mut running = Running::start(PROGRAM, &variables);
    let start = Instant::now();
    for _ in 0..100 {
        running.get("/silent", "");
    }
    // One export that waits for an answer takes ten seconds.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    running.logged("BatchSpanProcessor dropped a Span due to queue full");
    let (took, rest) = running.end();
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(rest.iter().any(|line| line["message"].as_str().is_some_and(|text| text.contains("were not exported"))));
}
