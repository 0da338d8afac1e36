use http::Method;
use kovar_http::app::App;
use kovar_http::extract::{Json, Path};
use kovar_http::operation::Operation;
use kovar_http::problem::{ErrorFormat, InternalError};
use kovar_http::respond::NoContent;
use kovar_http::testing::{TestClient, TestRequest};
use serde_json::{Value, json};

use super::support::{ID, app, client};

async fn number(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

async fn sum(Json(numbers): Json<Vec<u32>>) -> Json<u32> {
    Json(numbers.iter().sum())
}

async fn failing() -> Result<NoContent, InternalError> {
    Err(InternalError::new(std::io::Error::other("the password is hunter2")))
}

fn operations() -> App {
    app([
        Operation::get("/numbers/{id}", number).arguments(ID),
        Operation::post("/sums", sum).body_limit(Some(100)),
        Operation::get("/failing", failing),
        Operation::get("/slow", std::future::pending::<NoContent>).deadline(Some(std::time::Duration::ZERO)),
    ])
}

/// A request for each problem of the framework that can be had without a guard: what is asked, and its type.
fn provoking(client: &TestClient) -> Vec<(TestRequest, u16, &'static str)> {
    let long = format!("/numbers/{}", "1".repeat(9000));
    let fields = (0..101).fold(client.get("/failing"), |request, index| request.header(format!("x-{index}"), "1"));
    vec![
        (client.get("/numbers/%FF"), 400, "malformed-request"),
        (client.post("/sums").body("[1,", "application/json"), 400, "malformed-request"),
        (client.get("/nowhere"), 404, "not-found"),
        (client.request(Method::PUT, "/sums"), 405, "method-not-allowed"),
        (client.get("/numbers/1").header("accept", "text/html"), 406, "not-acceptable"),
        (client.post("/sums").body(" ".repeat(101), "application/json"), 413, "content-too-large"),
        (client.get(&long), 414, "uri-too-long"),
        (client.post("/sums").body("1", "text/plain"), 415, "unsupported-media-type"),
        (client.post("/sums").json(&json!(["a"])), 422, "validation"),
        (fields, 431, "header-fields-too-large"),
        (client.get("/failing").header("x-long", "x".repeat(17 * 1024)), 431, "header-fields-too-large"),
        (client.get("/failing"), 500, "internal"),
        (client.get("/slow"), 503, "unavailable"),
    ]
}

#[tokio::test]
async fn all_problems_have_one_shape() {
    let client = client(operations()).await;
    for (request, status, kind) in provoking(&client) {
        let name = format!("{request:?}").chars().take(120).collect::<String>();
        let response = request.send().await;
        let problem = response.problem();
        assert_eq!((problem.status, problem.kind), (status, format!("/problems/{kind}")), "{name}");
        assert_eq!(Some(problem.request_id.as_str()), response.header("x-request-id"), "{name}");
        assert!(!problem.title.is_empty() && problem.instance.starts_with('/'), "{name}");
        assert!(problem.instance.len() <= 1024, "{name}");
        assert_eq!(problem.errors.is_empty(), status != 422, "{name}");
    }
}

#[tokio::test]
async fn the_format_of_fastapi_has_a_detail() {
    let client = client(operations().error_format(ErrorFormat::FastApi)).await;
    for (request, status, _) in provoking(&client) {
        let name = format!("{request:?}").chars().take(120).collect::<String>();
        let response = request.send().await;
        assert_eq!((response.status(), response.header("content-type")), (status, Some("application/json")), "{name}");
        assert!(response.header("x-request-id").is_some(), "{name}");
        let body: Value = response.json();
        assert_eq!(body["detail"].is_array(), status == 422, "{name}: {body}");
        assert_eq!(body.as_object().unwrap().len(), 1, "{name}: {body}");
    }
}

#[tokio::test]
async fn fastapis_issues_are_fastapis() {
    let client = client(operations().error_format(ErrorFormat::FastApi)).await;
    let body: Value = client.get("/numbers/x").send().await.assert_status(422).json();
    let issue = &body["detail"][0];
    assert_eq!((&issue["type"], &issue["loc"]), (&json!("int_parsing"), &json!(["path", "id"])));
    assert_eq!(issue["input"], "x");
}

#[tokio::test]
async fn an_internal_error_tells_the_client_nothing() {
    let response = client(operations()).await.get("/failing").send().await;
    assert_eq!(response.problem().detail, None);
    assert!(!response.text().contains("hunter2"));
}
