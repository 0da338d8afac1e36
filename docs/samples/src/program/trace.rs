// ANCHOR: trace
use kovar::http::trace::{TRACEPARENT, TRACESTATE, TraceContext};
use kovar::prelude::*;

/// A request to another service, as a span of the trace that this one is part of.
fn ask_stock(item: u32, trace: &TraceContext) -> axum::http::request::Builder {
    let request = axum::http::Request::get(format!("http://stock.internal/items/{item}"));
    let request = request.header(TRACEPARENT, trace.traceparent());
    match trace.tracestate() {
        Some(state) => request.header(TRACESTATE, state),
        None => request,
    }
}

#[get("/items/{item}")]
pub async fn item(Path(item): Path<u32>, trace: TraceContext) -> Text {
    let request = ask_stock(item, &trace);
    Text(format!("{:?}", request.headers_ref()))
}
// ANCHOR_END: trace
