use kovar_http::app::App;
use kovar_http::extract::Path;
use kovar_http::layers::SecurityHeaders;
use kovar_http::operation::Operation;
use kovar_http::respond::{NoContent, Text};
use kovar_http::testing::TestClient;
use tower::util::MapRequestLayer;

use super::support::{ID, app, client};

async fn panic(Path(id): Path<u32>) -> NoContent {
    panic!("the secret is {id}")
}

async fn fine() -> Text<&'static str> {
    Text("fine")
}

fn operations() -> App {
    app([Operation::get("/panic/{id}", panic).arguments(ID), Operation::get("/fine", fine)])
}

async fn check(client: &TestClient, path: &str) {
    let response = client.get(path).header("x-request-id", "r-1").send().await;
    let problem = response.problem();
    assert_eq!((problem.kind.as_str(), problem.request_id.as_str()), ("/problems/internal", "r-1"));
    assert_eq!(response.header("x-request-id"), Some("r-1"));
    assert!(!response.text().contains("secret"));
    assert_eq!(client.get("/fine").send().await.text(), "fine", "the next request works");
}

#[tokio::test]
async fn a_panic_of_a_handler_is_a_500() {
    check(&client(operations()).await, "/panic/7").await;
}

#[tokio::test]
async fn a_panic_of_a_mounted_router_is_a_500() {
    let handler = async || -> &'static str { panic!("a secret") };
    let router = axum::Router::new().route("/panic", axum::routing::get(handler));
    check(&client(operations().mount_router("/old", router)).await, "/old/panic").await;
}

#[tokio::test]
async fn a_panic_of_a_layer_is_a_500() {
    let layer = MapRequestLayer::new(|request: http::Request<axum::body::Body>| {
        assert!(request.uri().path() != "/layer", "a secret");
        request
    });
    check(&client(operations().layer(layer)).await, "/layer").await;
}

#[tokio::test]
async fn the_500_of_a_handler_goes_through_layers() {
    let client = client(operations().security_headers(SecurityHeaders::default())).await;
    let response = client.get("/panic/7").send().await;
    assert_eq!((response.status(), response.header("x-content-type-options")), (500, Some("nosniff")));
}
