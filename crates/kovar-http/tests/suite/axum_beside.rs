use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query as AxumQuery, Request};
use axum::routing::get;
use http::request::Parts;
use kovar_http::app::App;
use kovar_http::operation::Operation;
use kovar_http::respond::{NoContent, Undocumented};
use kovar_http::testing::TestClient;

use super::support::{app, client};

async fn nothing() -> NoContent {
    NoContent
}

async fn method_and_body(method: http::Method, body: String) -> Undocumented<String> {
    Undocumented(format!("{method} {body}"))
}

/// An extractor of somebody's own, on one of axum's.
struct Numbers(Vec<(String, u32)>);

impl FromRequestParts<()> for Numbers {
    type Rejection = QueryRejection;

    async fn from_request_parts(parts: &mut Parts, state: &()) -> Result<Self, Self::Rejection> {
        AxumQuery::from_request_parts(parts, state).await.map(|AxumQuery(pairs)| Self(pairs))
    }
}

async fn first(Numbers(pairs): Numbers) -> Undocumented<String> {
    Undocumented(format!("{pairs:?}"))
}

async fn raw(request: Request) -> Undocumented<String> {
    Undocumented(request.uri().to_string())
}

async fn extension(_: axum::Extension<u32>) -> NoContent {
    NoContent
}

fn operations() -> App {
    app([
        Operation::post("/", method_and_body),
        Operation::get("/first", first),
        Operation::get("/raw", raw),
        Operation::get("/extension", extension),
    ])
}

#[tokio::test]
async fn extractors_of_axum_are_arguments() {
    let client = client(operations()).await;
    assert_eq!(client.post("/").body("hi", "text/plain").send().await.text(), "POST hi");
    assert_eq!(client.get("/first?a=1&b=2").send().await.text(), r#"[("a", 1), ("b", 2)]"#);
    assert_eq!(client.get("/raw?x=%2F").send().await.text(), "/raw?x=%2F");
}

#[tokio::test]
async fn what_they_refuse_is_a_problem() {
    let client = client(operations()).await;
    let problem = client.get("/first?a=x").send().await.problem();
    assert_eq!((problem.status, problem.kind.as_str(), problem.title.as_str()), (400, "about:blank", "Bad Request"));
    assert!(problem.detail.unwrap().contains("invalid digit"));
    let response = client.get("/extension").send().await;
    assert_eq!(response.problem().kind, "/problems/internal");
    assert!(!response.text().contains("Extension"), "{}", response.text());
}

#[tokio::test]
async fn the_body_limit_holds_for_them() {
    let client = client(operations().body_limit(Some(3))).await;
    assert_eq!(client.post("/").body("1234", "text/plain").send().await.problem().status, 413);
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("12"), Ok("34")]);
    let request = client.post("/").body(axum::body::Body::from_stream(chunks), "text/plain");
    assert_eq!(request.send().await.problem().status, 413);
}

#[tokio::test]
async fn a_router_of_axum_is_mounted_in_an_app() {
    let router = axum::Router::new()
        .route("/", get(async || "root"))
        .route("/items/{id}", get(async |axum::extract::Path(id): axum::extract::Path<String>| id));
    let client = client(app([Operation::get("/old/own", nothing)]).mount_router("/old", router)).await;
    assert_eq!(client.get("/old").send().await.text(), "root");
    assert_eq!(client.get("/old/items/7").send().await.text(), "7");
    client.get("/old/own").send().await.assert_status(204);
    assert_eq!(client.get("/old/nowhere").send().await.problem().kind, "/problems/not-found");
    assert_eq!(client.get("/nowhere").send().await.problem().kind, "/problems/not-found");
    let response = client.get("/old/items/7").header("x-request-id", "r-1").send().await;
    assert_eq!(response.header("x-request-id"), Some("r-1"));
}

#[tokio::test]
async fn routers_are_mounted_at_the_root_and_below() {
    let root = axum::Router::new().route("/a", get(async || "a"));
    let below = axum::Router::new().route("/b", get(async || "b"));
    let client = client(app([]).mount_router("/", root).mount_router("/below", below)).await;
    assert_eq!(client.get("/a").send().await.text(), "a");
    assert_eq!(client.get("/below/b").send().await.text(), "b");
    client.get("/below/a").send().await.assert_status(404);
}

#[tokio::test]
async fn an_app_is_mounted_in_a_router_of_axum() {
    let service = operations().build().await.unwrap();
    let router = axum::Router::new().route("/own", get(async || "own")).nest_service("/api", service);
    let client = TestClient::of_service(router);
    assert_eq!(client.get("/own").send().await.text(), "own");
    assert_eq!(client.get("/api/raw?x=1").send().await.status(), 200);
    let problem = client.get("/api/nowhere").send().await.problem();
    assert_eq!(problem.kind, "/problems/not-found");
}

#[tokio::test]
async fn an_app_in_an_app_shares_the_request_id() {
    let inner = operations().build().await.unwrap();
    let router = axum::Router::new().fallback_service(inner);
    let client = client(app([]).mount_router("/inner", router)).await;
    let response = client.get("/inner/nowhere").send().await;
    assert_eq!(Some(response.problem().request_id.as_str()), response.header("x-request-id"));
    assert_eq!(response.headers().get_all("x-request-id").iter().count(), 1);
}
