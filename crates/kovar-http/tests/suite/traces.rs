use kovar_http::problem::InternalError;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use http::request::Parts;
use kovar_http::RequestContext;
use kovar_http::dependency::{Dep, Provider};
use kovar_http::extract::Path;
use kovar_http::operation::Operation;
use kovar_http::respond::Undocumented;
use kovar_http::trace::{RequestSpan, SpanId, TraceContext, TraceId, Tracer};
use tower::util::MapResponseLayer;
use tracing::Span;

use super::support::{ID, app, client};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CLIENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// What a request to another service would carry.
async fn passed_on(trace: TraceContext) -> Undocumented<String> {
    let state = trace.tracestate().map(|state| state.to_str().unwrap().to_owned());
    Undocumented(format!("{} {}", trace.traceparent().to_str().unwrap(), state.unwrap_or_default()))
}

#[tokio::test]
async fn a_clients_trace_is_passed_on_with_a_span_of_its_own() {
    let client = client(app([Operation::get("/", passed_on)])).await;
    let ask = || client.get("/").header("traceparent", CLIENT).header("tracestate", "rojo=1").send();
    let (one, other) = (ask().await.text().to_owned(), ask().await.text().to_owned());
    for passed_on in [&one, &other] {
        assert!(passed_on.starts_with(&format!("00-{TRACE}-")) && passed_on.ends_with("-01 rojo=1"), "{passed_on}");
    }
    assert!(one != other && !one.contains("b7ad6b7169203331"), "{one}, {other}");
}

#[tokio::test]
async fn what_is_no_trace_begins_one() {
    let client = client(app([Operation::get("/", passed_on)])).await;
    let response = client.get("/").header("traceparent", "00-0-0-0").header("tracestate", "rojo=1").send().await;
    let text = response.text();
    assert!(text.ends_with("-00 ") && !text.contains(TRACE), "{text}");
    assert_eq!(response.header("traceparent"), None, "no answer carries it");
}

struct Seen(String);

async fn seen_by_a_provider(trace: TraceContext) -> Result<Seen, InternalError> {
    Ok(Seen(trace.traceparent().to_str().unwrap().to_owned()))
}

async fn both(trace: TraceContext, seen: Dep<Seen>) -> Undocumented<String> {
    assert_eq!(trace.traceparent().to_str().unwrap(), seen.0.as_str());
    Undocumented(seen.0.clone())
}

#[tokio::test]
async fn all_of_a_request_is_one_span() {
    let layer = MapResponseLayer::new(|response: axum::response::Response| response);
    let app = app([Operation::get("/", both)]).provider(Provider::per_request(seen_by_a_provider)).layer(layer);
    let client = client(app).await;
    for parent in [None, Some(CLIENT)] {
        let request = client.get("/");
        let request = match parent {
            Some(parent) => request.header("traceparent", parent),
            None => request,
        };
        request.send().await.assert_status(200);
    }
}

const _: fn(&RequestContext) -> &TraceContext = RequestContext::trace;

/// Writes down what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Tracer for Told {
    fn begin(&self, request: &Parts, route: &str, received: Option<&TraceContext>) -> Option<RequestSpan> {
        let span_id = SpanId::new(7).unwrap();
        let context = match received {
            Some(received) => received.clone().kept_as(span_id, false),
            None => TraceContext::root(TraceId::new(9).unwrap(), span_id, true),
        };
        self.0.lock().unwrap().push(format!("{} {route}", request.uri.path()));
        Some(RequestSpan { span: Span::none(), context })
    }

    fn end(&self, _: &Span, status: StatusCode) {
        self.0.lock().unwrap().push(status.to_string());
    }
}

async fn of_path(_: Path<String>, trace: TraceContext) -> Undocumented<String> {
    passed_on(trace).await
}

async fn fails() -> Undocumented<()> {
    panic!("meant")
}

#[tokio::test]
async fn a_tracer_says_which_span_a_request_is() {
    let told = Arc::new(Told::default());
    let operations = [Operation::get("/a/{id}", of_path).arguments(ID), Operation::get("/fails", fails)];
    let client = client(app(operations).tracer(Arc::clone(&told) as Arc<dyn Tracer>)).await;
    let began = client.get("/a/1").send().await.text().to_owned();
    assert_eq!(began, "00-00000000000000000000000000000009-0000000000000007-01 ");
    let joined = client.get("/a/2").header("traceparent", CLIENT).send().await.text().to_owned();
    assert_eq!(joined, format!("00-{TRACE}-0000000000000007-00 "));
    client.get("/fails").send().await;
    let expected = ["/a/1 /a/{id}", "200 OK", "/a/2 /a/{id}", "200 OK", "/fails /fails", "500 Internal Server Error"];
    assert_eq!(*told.0.lock().unwrap(), expected);
}
