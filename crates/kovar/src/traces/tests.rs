//! A program in a process of its own, asked over sockets: its log, and what it exports.

#[cfg(feature = "otlp")]
mod collector;
#[cfg(feature = "otlp")]
mod export;

use http::StatusCode;
use kovar_http::app::App;
use kovar_http::describe::Argument;
use kovar_http::extract::Path;
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::Undocumented;
use kovar_http::trace::TraceContext;

use crate::Program;
use crate::running::Running;

const PROGRAM: &str = "traces::tests::program";

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Says what it would pass on to another service.
async fn product(_: Path<u64>, trace: TraceContext) -> Undocumented<String> {
    tracing::info!(stock = 3, "looked at the stock");
    let child = tracing::info_span!("stock");
    child.in_scope(|| tracing::info!("in the storehouse"));
    Undocumented(trace.traceparent().to_str().unwrap().to_owned())
}

async fn silent() -> Undocumented<()> {
    Undocumented(())
}

async fn kept() -> Undocumented<()> {
    tracing::info_span!("kept").in_scope(|| ());
    Undocumented(())
}

async fn fails() -> Result<Undocumented<()>, InternalError> {
    Err(InternalError::from(std::io::Error::other("the storehouse burns")))
}

async fn missing() -> Undocumented<StatusCode> {
    Undocumented(StatusCode::NOT_FOUND)
}

/// The program; its settings come from the environment.
#[tokio::test]
#[ignore = "the child of the tests here"]
async fn program() {
    const ARGUMENTS: &[Argument] = &[Argument { names: &["id"], ..Argument::NONE }];
    let app = App::new("Shop", "1.2.3").mount([
        Operation::get("/products/{id}", product).arguments(ARGUMENTS).id("product"),
        Operation::get("/silent", silent).id("silent"),
        Operation::get("/kept", kept).detached().id("kept"),
        Operation::get("/fails", fails).id("fails"),
        Operation::get("/missing", missing).id("missing"),
    ]);
    Program::new(app).run_with(vec!["shop".into()]).await.unwrap();
}

fn parent(flags: &str) -> String {
    format!("traceparent: 00-{TRACE}-{PARENT}-{flags}\r\n")
}

/// The span's id in a traceparent of a known trace.
fn span_of(traceparent: &str) -> &str {
    traceparent.strip_prefix(&format!("00-{TRACE}-")).unwrap().split('-').next().unwrap()
}

#[test]
fn the_log_says_which_span_a_request_is() {
    let mut running = Running::start(PROGRAM, &[]);
    let passed_on = running.get("/products/7", &parent("01"));
    let answered = running.logged("answered");
    assert_eq!((&answered["trace_id"], &answered["span_id"]), (&TRACE.into(), &span_of(&passed_on).into()));
    assert!(passed_on.ends_with("-01"), "{passed_on}");

    // A trace that begins here is known to whoever was told of it, and so to the log.
    let passed_on = running.get("/products/7", "");
    let answered = running.logged("answered");
    let (trace_id, span_id) = (answered["trace_id"].as_str().unwrap(), answered["span_id"].as_str().unwrap());
    assert_eq!(passed_on, format!("00-{trace_id}-{span_id}-00"));

    running.get("/silent", "");
    let answered = running.logged("answered");
    assert_eq!((answered.get("trace_id"), &answered["operation"]), (None, &"silent".into()), "nobody knows it");

    running.get("/fails", &parent("00"));
    let (failed, answered) = (running.logged("request failed"), running.logged("answered"));
    assert_eq!((&failed["trace_id"], &failed["span_id"]), (&TRACE.into(), &answered["span_id"]));
    assert!(failed["cause"].as_str().unwrap().contains("burns"), "{failed}");
    running.end();
}
