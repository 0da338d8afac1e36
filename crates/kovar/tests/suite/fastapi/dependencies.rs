//! Rows 60 to 67: dependencies.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use kovar::Outcome;
use kovar::http::problem::InternalError;
use kovar::http::testing::TestClient;
use kovar::prelude::*;

use super::{app, client, document};

/// What happened, in order.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<Vec<String>>>);

impl Trace {
    fn add(&self, what: impl Into<String>) {
        self.0.lock().expect("nobody panicked").push(what.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panicked"))
    }
}

#[schema(input)]
struct Paging {
    #[field(ge = 1, le = 100, default = 10)]
    limit: u32,
}

struct Limit(u32);
struct Session {
    limit: Dep<Limit>,
}
struct Report(Dep<Session>);

async fn limit(trace: Dep<Trace>, Query(paging): Query<Paging>) -> Result<Limit, InternalError> {
    trace.add("limit");
    Ok(Limit(paging.limit))
}

async fn session(trace: Dep<Trace>, limit: Dep<Limit>) -> Result<Session, InternalError> {
    trace.add("session");
    Ok(Session { limit })
}

async fn report(session: Dep<Session>) -> Result<Report, InternalError> {
    Ok(Report(session))
}

#[get("/reports")]
async fn reports(report: Dep<Report>, limit: Dep<Limit>, trace: Dep<Trace>) -> Json<u32> {
    trace.add("handler");
    Json(report.0.limit.0 + limit.0)
}

fn finishing(trace: &Trace) -> App {
    let (of_session, of_limit) = (trace.clone(), trace.clone());
    let end = |trace: Trace, name: &'static str| {
        move |outcome: Outcome| {
            trace.add(format!("{name} {outcome:?}"));
            std::future::ready(Ok::<(), InternalError>(()))
        }
    };
    let (end_session, end_limit) = (end(of_session, "session"), end(of_limit, "limit"));
    app(operations![reports])
        .provide(trace.clone())
        .provider(Provider::per_request(limit).finish(move |_: Arc<Limit>, outcome| end_limit(outcome)))
        .provider(Provider::per_request(session).finish(move |_: Arc<Session>, outcome| end_session(outcome)))
        .provider(Provider::per_request(report))
}

#[tokio::test]
async fn what_a_dependency_takes_is_documented_and_checked() {
    let described = document(&finishing(&Trace::default()));
    let parameter = &described["paths"]["/reports"]["get"]["parameters"][0];
    assert_eq!((&parameter["name"], &parameter["in"]), (&"limit".into(), &"query".into()));
    let client = client(finishing(&Trace::default())).await;
    assert_eq!(client.get("/reports?limit=0").send().await.problem().issues(), ["query.limit: greater_than_equal"]);
}

#[tokio::test]
async fn each_value_is_made_once_a_request_and_finishes_before_the_answer() {
    let trace = Trace::default();
    let client = client(finishing(&trace)).await;
    assert_eq!(client.get("/reports?limit=4").send().await.json::<u32>(), 8);
    assert_eq!(trace.taken(), ["limit", "session", "handler", "session Success", "limit Success"]);
}

#[tokio::test]
async fn a_value_that_cannot_finish_takes_the_place_of_a_success() {
    struct Transaction;
    let begin = async || Ok::<_, InternalError>(Transaction);
    let commit = |_: Arc<Transaction>, _: Outcome| async { Err(InternalError::new("the commit failed")) };
    #[post("/orders")]
    async fn create(_transaction: Dep<Transaction>) -> Created<u32> {
        Created(1)
    }
    let app = app(operations![create]).provider(Provider::per_request(begin).finish(commit));
    let problem = client(app).await.post("/orders").send().await.problem();
    assert_eq!(problem.status, 500, "no client sees a 201 for a commit that failed");
}

#[tokio::test]
async fn a_group_asks_for_all_of_its_operations() {
    #[schema(input)]
    struct Token {
        #[field(pattern = "^letmein$")]
        x_token: String,
    }
    #[get("/inside")]
    async fn inside() -> Json<u32> {
        Json(1)
    }
    let app = app([]).group(Group::new("/private").require::<Header<Token>>().mount(operations![inside]));
    let described = document(&app);
    assert_eq!(described["paths"]["/private/inside"]["get"]["parameters"][0]["name"], "x-token");
    let client = client(app).await;
    client.get("/private/inside").header("x-token", "letmein").send().await.assert_status(200);
    assert_eq!(client.get("/private/inside").send().await.problem().issues(), ["header.x-token: missing"]);
}

#[tokio::test]
async fn a_provider_may_carry_what_it_was_made_with() {
    struct Prefix(String);
    #[schema]
    struct Names {
        x_name: Option<String>,
    }
    let provider = |prefix: &'static str| {
        Provider::per_request(move |Header(names): Header<Names>| async move {
            Ok::<_, InternalError>(Prefix(format!("{prefix} {}", names.x_name.unwrap_or_default())))
        })
    };
    #[get("/hello")]
    async fn hello(prefix: Dep<Prefix>) -> Json<String> {
        Json(prefix.0.clone())
    }
    let client = client(app(operations![hello]).provider(provider("Salve"))).await;
    let answer = client.get("/hello").header("x-name", "x").send().await;
    assert_eq!(answer.json::<String>(), "Salve x");
}

#[tokio::test]
async fn a_test_overrides_any_value() {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let fake = Provider::per_request(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Ok::<_, InternalError>(Limit(1)) }
    });
    let builder = TestClient::builder(finishing(&Trace::default())).override_provider(fake);
    let client = builder.build().await.expect("the app starts");
    assert_eq!(client.get("/reports?limit=50").send().await.json::<u32>(), 2);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn values_of_the_app_are_made_once() {
    struct Model(u32);
    let (made, count) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counted = Arc::clone(&made);
    drop(count);
    let load = move || {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        async move { Ok::<_, kovar::Error>(Model(number)) }
    };
    #[get("/model")]
    async fn model(model: Dep<Model>) -> Json<u32> {
        Json(model.0)
    }
    let client = client(app(operations![model]).provider(Provider::app(load))).await;
    for _ in 0..3 {
        assert_eq!(client.get("/model").send().await.json::<u32>(), 0);
    }
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_missing_value_stops_the_start_and_names_who_asks() {
    let error =
        app(operations![reports]).provider(Provider::per_request(report)).build().await.expect_err("it is missing");
    let text = error.to_string();
    assert!(text.contains("GET /reports") && text.contains("Report") && text.contains("Session"), "{text}");
}
