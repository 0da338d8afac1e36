//! Rows 72 to 86: documents, layers, testing.

use axum::http::{HeaderValue, header};
use kovar::Operation;
use kovar::http::layers::{Cors, Csrf};
use kovar::prelude::*;
use tower_http::set_header::SetResponseHeaderLayer;

use super::{app, client, document, documented};

/// Read an item.
///
/// In *full*.
#[get("/items/{item_id}", tag = "items", deprecated)]
async fn read_item(Path(item_id): Path<u32>) -> Json<u32> {
    Json(item_id)
}

#[post("/items")]
async fn write_item() -> NoContent {
    NoContent
}

#[get("/inside", hidden)]
async fn inside() -> Json<u32> {
    Json(1)
}

#[tokio::test]
#[cfg(feature = "docs-ui")]
async fn pages_come_from_the_app_alone() {
    let client = client(app(operations![read_item])).await;
    for path in ["/docs", "/redoc"] {
        let page = client.get(path).send().await;
        let text = page.assert_status(200).text();
        assert!(!text.contains("https://") && !text.contains("//cdn"), "{text}");
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{policy}");
    }
    let document = client.get("/openapi.json").send().await;
    let tag = document.assert_status(200).header("etag").expect("there is a tag").to_owned();
    client.get("/openapi.json").header("if-none-match", &tag).send().await.assert_status(304);
}

#[tokio::test]
async fn pages_can_be_switched_off() {
    let client = client(app(operations![read_item]).without_documents()).await;
    for path in ["/openapi.json", "/docs", "/redoc"] {
        client.get(path).send().await.assert_status(404);
    }
}

#[tokio::test]
#[cfg(feature = "docs-ui")]
async fn swagger_ui_takes_its_own_parameters() {
    let app = app(operations![read_item]).documents(|pages| {
        pages.swagger_parameters.insert("docExpansion".to_owned(), "none".into());
        pages.redoc_path = None;
    });
    let client = client(app).await;
    client.get("/redoc").send().await.assert_status(404);
    assert!(
        client.get("/docs").send().await.text().contains("docExpansion"),
        "{}",
        client.get("/docs").send().await.text()
    );
}

#[test]
fn operations_are_called_after_their_functions() {
    let described = documented(operations![read_item], "get", "/items/{item_id}");
    assert_eq!((&described["operationId"], &described["deprecated"]), (&"read_item".into(), &true.into()));
    assert_eq!((&described["summary"], &described["description"]), (&"Read an item".into(), &"In *full*.".into()));
    assert_eq!(described["tags"], serde_json::json!(["items"]));
    let twice =
        app([Operation::get("/a", async || NoContent).id("same"), Operation::get("/b", async || NoContent).id("same")]);
    assert!(twice.openapi().expect_err("two of one id").to_string().contains("same"));
}

#[tokio::test]
async fn a_hidden_operation_is_served_and_not_shown() {
    let app = app(operations![read_item, inside]);
    assert!(document(&app)["paths"]["/inside"].is_null());
    client(app).await.get("/inside").send().await.assert_status(200);
}

#[tokio::test]
async fn layers_wrap_the_app_and_tower_has_more() {
    let cors = Cors::new().allow_origin("https://shop.example");
    let server = SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("kovar"));
    let client = client(app(operations![read_item]).cors(cors).layer(server)).await;
    let allowed = client.get("/items/1").header("origin", "https://shop.example").send().await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://shop.example"));
    assert_eq!(allowed.header("server"), Some("kovar"));
    let other = client.get("/items/1").header("origin", "https://evil.example").send().await;
    assert_eq!(other.assert_status(200).header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_wildcard_with_credentials_is_refused_at_start() {
    let cors = Cors::new().allow_any_origin().allow_credentials();
    let error = app(operations![read_item]).cors(cors).build().await.expect_err("no browser would accept it");
    assert!(error.to_string().contains("credentials"), "{error}");
}

#[tokio::test]
async fn another_sites_page_cannot_write() {
    let client = client(app(operations![write_item]).csrf(Csrf::new())).await;
    let write = |site: &'static str| client.post("/items").header("sec-fetch-site", site).send();
    write("same-origin").await.assert_status(204);
    assert_eq!(write("cross-site").await.problem().kind, "/problems/cross-site-request");
    client.post("/items").send().await.assert_status(204);
}
