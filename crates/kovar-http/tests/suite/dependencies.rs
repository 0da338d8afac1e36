use std::sync::{Arc, Mutex};
use std::time::Duration;

use kovar_http::app::App;
use kovar_http::dependency::{Dep, Outcome, Provider};
use kovar_http::extract::{Header, Json, Query};
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::{Created, JsonLines, NoContent, Text};
use kovar_http::testing::TestClient;
use tokio::time::Instant;

use super::support::{Value, app, arguments, client};

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Connection(Log);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.add("dropped");
    }
}

struct Audit(Dep<Connection>);

async fn connect(log: Dep<Log>) -> Result<Connection, InternalError> {
    log.add("connect");
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(Connection((*log).clone()))
}

async fn audit(connection: Dep<Connection>, log: Dep<Log>) -> Result<Audit, InternalError> {
    log.add("audit");
    Ok(Audit(connection))
}

async fn close(connection: Arc<Connection>, outcome: Outcome) -> Result<(), InternalError> {
    connection.0.add(format!("close {outcome:?}"));
    Ok(())
}

async fn close_audit(audit: Arc<Audit>, outcome: Outcome) -> Result<(), InternalError> {
    audit.0.0.add(format!("close audit {outcome:?}"));
    Ok(())
}

async fn fail_to_close(_: Arc<Connection>, _: Outcome) -> Result<(), InternalError> {
    Err(InternalError::new("the disk is full"))
}

fn with_connection(operation: Operation, log: &Log) -> App {
    app([operation]).provide(log.clone()).provider(Provider::per_request(connect).finish(close))
}

fn with_audit(operation: Operation, log: &Log) -> App {
    with_connection(operation, log).provider(Provider::per_request(audit).finish(close_audit))
}

async fn create(connection: Dep<Connection>, audit: Dep<Audit>) -> Created<bool> {
    connection.0.add("handler");
    Created(std::ptr::eq(&*connection, &*audit.0))
}

#[tokio::test(start_paused = true)]
async fn a_value_is_made_once_a_request_and_shared() {
    let log = Log::default();
    let client = client(with_audit(Operation::post("/", create), &log)).await;
    assert!(client.post("/").send().await.assert_status(201).json::<bool>());
    let expected = ["connect", "audit", "handler", "close audit Success", "close Success", "dropped"];
    assert_eq!(log.lines(), expected, "values finish last first, before the response");
    client.post("/").send().await;
    assert_eq!(log.lines().len(), 2 * expected.len());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_refused_makes_nothing() {
    async fn take(_: Dep<Connection>, Query(_): Query<u32>) -> NoContent {
        NoContent
    }
    let log = Log::default();
    let client = client(with_connection(Operation::get("/", take).arguments(arguments!["x", "page"]), &log)).await;
    client.get("/?page=x").send().await.assert_status(422);
    assert_eq!(log.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_problem_finishes_values_with_failure() {
    async fn fail(_: Dep<Connection>) -> Result<NoContent, InternalError> {
        Err(InternalError::new("no"))
    }
    let log = Log::default();
    let client = client(with_connection(Operation::get("/", fail), &log)).await;
    client.get("/").send().await.assert_status(500);
    assert_eq!(log.lines(), ["connect", "close Failure", "dropped"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_finish_takes_the_place_of_a_success() {
    async fn create(_: Dep<Connection>) -> Created<u32> {
        Created(1)
    }
    let log = Log::default();
    let app = app([Operation::post("/", create)]).provide(log.clone());
    let client = client(app.provider(Provider::per_request(connect).finish(fail_to_close))).await;
    let response = client.post("/").send().await;
    assert_eq!(response.problem().kind, "/problems/internal");
    assert!(!response.text().contains("disk"));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_made_finishes_the_others() {
    struct Broken;
    async fn broken(_: Dep<Connection>) -> Result<Broken, InternalError> {
        Err(InternalError::new("no"))
    }
    async fn take(_: Dep<Broken>) -> NoContent {
        unreachable!("its argument cannot be made")
    }
    let log = Log::default();
    let app = with_connection(Operation::get("/", take), &log).provider(Provider::per_request(broken));
    client(app).await.get("/").send().await.assert_status(500);
    assert_eq!(log.lines(), ["connect", "close Failure", "dropped"]);
}

struct First;
struct Second;
struct Both;

async fn first() -> Result<First, InternalError> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(First)
}

async fn second() -> Result<Second, InternalError> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(Second)
}

async fn both(_: Dep<First>, _: Dep<Second>) -> Result<Both, InternalError> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(Both)
}

#[tokio::test(start_paused = true)]
async fn independent_values_are_made_at_once() {
    async fn take(_: Dep<Both>, _: Dep<First>) -> NoContent {
        NoContent
    }
    let app = app([Operation::get("/", take)])
        .provider(Provider::per_request(both))
        .provider(Provider::per_request(first))
        .provider(Provider::per_request(second));
    let client = client(app).await;
    let start = Instant::now();
    client.get("/").send().await.assert_status(204);
    assert_eq!(start.elapsed().as_secs(), 4, "two at once, then the one that needs them");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_streams_holds_no_values() {
    async fn lines(connection: Dep<Connection>) -> JsonLines<u32> {
        connection.0.add("handler");
        JsonLines::new(futures_util::stream::iter([1, 2]))
    }
    let log = Log::default();
    let client = client(with_connection(Operation::get("/", lines), &log)).await;
    let mut stream = client.get("/").stream().await;
    assert_eq!(log.lines(), ["connect", "handler", "close Success", "dropped"]);
    assert_eq!(stream.json_line::<u32>().await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_drops_values_unfinished() {
    async fn wait(_: Dep<Connection>) -> NoContent {
        std::future::pending().await
    }
    let log = Log::default();
    let client = client(with_connection(Operation::get("/", wait).deadline(None), &log)).await;
    let sent = client.get("/").send();
    assert!(tokio::time::timeout(Duration::from_secs(5), sent).await.is_err());
    assert_eq!(log.lines(), ["connect", "dropped"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_drops_values_unfinished() {
    async fn panic(_: Dep<Connection>) -> NoContent {
        panic!("on purpose")
    }
    let log = Log::default();
    let client = client(with_connection(Operation::get("/", panic), &log)).await;
    client.get("/").send().await.assert_status(500);
    assert_eq!(log.lines(), ["connect", "dropped"]);
}

struct Greeting(&'static str);
struct Loud(String);

async fn greet(loud: Dep<Loud>) -> Text<String> {
    Text(loud.0.clone())
}

async fn shout(greeting: Dep<Greeting>) -> Result<Loud, InternalError> {
    Ok(Loud(greeting.0.to_uppercase()))
}

#[tokio::test]
async fn a_test_overrides_what_an_app_provides() {
    let app = || app([Operation::get("/", greet)]).provide(Greeting("hello")).provider(Provider::app(shout));
    assert_eq!(client(app()).await.get("/").send().await.text(), "HELLO");
    let overridden = TestClient::builder(app()).override_value(Greeting("bye")).build().await.unwrap();
    assert_eq!(overridden.get("/").send().await.text(), "BYE", "what is made of it follows");
    async fn whisper() -> Result<Loud, InternalError> {
        Ok(Loud("psst".to_owned()))
    }
    let provider = Provider::per_request(whisper);
    let overridden = TestClient::builder(app()).override_provider(provider).build().await.unwrap();
    assert_eq!(overridden.get("/").send().await.text(), "psst");
}

#[tokio::test]
async fn what_a_provider_takes_from_the_request_is_part_of_the_operation() {
    struct Limit(u32);
    async fn limit(Query(limit): Query<Value>) -> Result<Limit, InternalError> {
        Ok(Limit(limit.value))
    }
    async fn list(Header(_): Header<u32>, limit: Dep<Limit>) -> Json<u32> {
        Json(limit.0)
    }
    let operation = Operation::get("/", list).arguments(arguments!["x_level"]);
    let app = app([operation]).provider(Provider::per_request(limit));
    assert_eq!(app.openapi().unwrap().pointer("/paths/~1/get/parameters/1/in").unwrap().as_str(), Some("query"));
    let client = client(app).await;
    let problem = client.get("/?value=x").send().await.problem();
    assert_eq!(problem.issues(), ["header.x-level: missing", "query.value: int_parsing"]);
    assert_eq!(client.get("/?value=7").header("x-level", "1").send().await.json::<u32>(), 7);
}
