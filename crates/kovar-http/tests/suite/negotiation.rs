use kovar_http::extract::Json;
use kovar_http::operation::Operation;
use kovar_http::respond::{NoContent, Text};
use serde_json::json;

use super::support::{app, client};

async fn number() -> Json<u32> {
    Json(7)
}

async fn text() -> Text<&'static str> {
    Text("seven")
}

async fn nothing() -> NoContent {
    NoContent
}

#[tokio::test]
async fn what_cannot_be_had_is_a_406_that_lists_what_can() {
    let client = client(app([Operation::get("/number", number), Operation::get("/text", text)])).await;
    let problem = client.get("/number").header("accept", "text/html").send().await.problem();
    assert_eq!((problem.status, &problem.extensions["available"]), (406, &json!(["application/json"])));
    for accept in ["*/*", "application/*;q=0.2", "text/html, application/json", "*/json, */*", ""] {
        client.get("/number").header("accept", accept).send().await.assert_status(200);
    }
    client.get("/number").header("accept", "application/json;q=0, */*").send().await.assert_status(406);
    client.get("/text").header("accept", "text/plain").send().await.assert_status(200);
}

#[tokio::test]
async fn several_fields_are_one_list() {
    let client = client(app([Operation::get("/number", number)])).await;
    let request = client.get("/number").header("accept", "text/html").header("accept", "application/json");
    request.send().await.assert_status(200);
}

#[tokio::test]
async fn an_operation_without_content_answers_any_accept() {
    let client = client(app([Operation::get("/nothing", nothing)])).await;
    client.get("/nothing").header("accept", "image/png").send().await.assert_status(204);
}

#[tokio::test]
async fn an_accept_that_cannot_be_read_accepts_all() {
    let client = client(app([Operation::get("/number", number)])).await;
    for accept in [&b"\xFF"[..], b",,,"] {
        client.get("/number").header("accept", accept).send().await.assert_status(200);
    }
}
