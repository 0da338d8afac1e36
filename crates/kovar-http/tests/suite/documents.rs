use kovar_http::app::App;
use kovar_http::extract::{Json, Path};
use kovar_http::layers::{Csrf, SecurityHeaders};
use kovar_http::operation::Operation;
use kovar_http::respond::NoContent;
use serde_json::Value;

use super::support::{ID, app, client};

async fn nothing() -> NoContent {
    NoContent
}

async fn take(Json(_): Json<Vec<u32>>) -> NoContent {
    NoContent
}

async fn by_id(Path(_): Path<u32>) -> Json<u32> {
    Json(1)
}

fn document(app: &App) -> Value {
    serde_json::from_str(&app.openapi().unwrap().to_string()).unwrap()
}

#[test]
fn webhooks_and_callbacks_are_in_the_document() {
    let called = Operation::post("/", take).id("told");
    let app = app([Operation::post("/orders", take).id("order").callback("shipped", "{$request.query.url}", called)])
        .webhook(Operation::post("stock", take).id("stock_changed").summary("The stock changed"));
    let document = document(&app);
    assert_eq!(document["webhooks"]["stock"]["post"]["summary"], "The stock changed");
    let callback = &document["paths"]["/orders"]["post"]["callbacks"]["shipped"]["{$request.query.url}"]["post"];
    assert_eq!(callback["operationId"], "told");
    assert!(callback["requestBody"].is_object() && document["paths"]["stock"].is_null());
}

#[test]
fn hidden_operations_are_not_in_the_document() {
    let app = app([Operation::get("/shown", nothing), Operation::get("/hidden", nothing).hidden()]);
    let document = document(&app);
    assert!(document["paths"]["/shown"].is_object() && document["paths"]["/hidden"].is_null());
}

#[tokio::test]
async fn hidden_operations_are_served() {
    let client = client(app([Operation::get("/hidden", nothing).hidden()])).await;
    client.get("/hidden").send().await.assert_status(204);
}

#[test]
fn every_operation_has_a_default_response_that_lists_all_problems() {
    let app = app([Operation::get("/{id}", by_id).arguments(ID)]);
    let document = document(&app);
    let responses = &document["paths"]["/{id}"]["get"]["responses"];
    assert_eq!(responses["default"]["$ref"], "#/components/responses/Problem");
    assert!(responses["422"].is_object());
    let text = document["components"]["responses"]["Problem"]["description"].as_str().unwrap();
    for status in [400, 404, 405, 406, 408, 413, 414, 415, 431, 500, 503] {
        assert!(text.contains(&format!("- {status} `/problems/")), "{status}");
    }
    assert!(!text.contains("cross-site-request") && !text.contains("misdirected-request"), "nothing sends these");
}

#[test]
fn what_layers_refuse_is_documented_where_they_are() {
    let app = app([Operation::get("/", nothing)]).csrf(Csrf::new()).allowed_hosts(["api.example"]);
    let document = document(&app);
    let text = document["components"]["responses"]["Problem"]["description"].as_str().unwrap();
    assert!(text.contains("- 403 `/problems/cross-site-request`: "), "{text}");
    assert!(text.contains("- 421 `/problems/misdirected-request`: "), "{text}");
}

#[tokio::test]
async fn documents_can_be_off() {
    let client = client(app([]).without_documents()).await;
    for path in ["/openapi.json", "/docs", "/redoc"] {
        client.get(path).send().await.assert_status(404);
    }
}

#[cfg(feature = "docs-ui")]
#[tokio::test]
async fn pages_keep_their_own_security_headers() {
    let client = client(app([]).security_headers(SecurityHeaders::default())).await;
    let page = client.get("/docs").send().await;
    assert!(page.header("content-security-policy").unwrap().contains("script-src"));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("unsafe-none"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
}

#[cfg(not(feature = "docs-ui"))]
#[tokio::test]
async fn the_document_gets_the_security_headers() {
    let client = client(app([]).security_headers(SecurityHeaders::default())).await;
    assert_eq!(client.get("/openapi.json").send().await.header("x-frame-options"), Some("DENY"));
}
