use kovar_http::app::App;
use kovar_http::layers::{Compression, Cors, Csrf, SecurityHeaders};
use kovar_http::operation::Operation;
use kovar_http::respond::Text;
use kovar_http::testing::TestResponse;

use crate::suite::support::{app, client};

const SHOP: &str = "https://shop.example";

async fn long() -> Text<String> {
    Text("z".repeat(4096))
}

fn all() -> App {
    app([Operation::get("/", long), Operation::post("/", long)])
        .csrf(Csrf::new())
        .compression(Compression::default())
        .cors(Cors::new().allow_origin(SHOP))
        .allowed_hosts(["api.example"])
        .security_headers(SecurityHeaders::default())
}

fn vary(response: &TestResponse) -> Vec<&str> {
    let mut names: Vec<_> = response.headers().get_all("vary").iter().map(|name| name.to_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn all_layers_work_at_once() {
    let request = client(all()).await.get("/").header("host", "api.example").header("origin", SHOP);
    let response = request.header("accept-encoding", "br").send().await;
    assert_eq!(response.assert_status(200).header("content-encoding"), Some("br"));
    assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(vary(&response), ["accept-encoding", "origin"]);
}

#[tokio::test]
async fn a_refused_host_learns_nothing() {
    let request = client(all()).await.get("/").header("host", "evil.example").header("origin", SHOP);
    let response = request.send().await;
    assert_eq!((response.status(), response.header("access-control-allow-origin")), (421, None));
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_request_passes_many_layers_many_times() {
    let client = client(all()).await;
    for _ in 0..100 {
        let request = client.get("/").header("host", "api.example");
        request.send().await.assert_status(200);
    }
}

#[tokio::test]
async fn the_order_of_the_calls_does_not_matter() {
    let app = app([Operation::post("/", long)]).cors(Cors::new().allow_origin(SHOP)).csrf(Csrf::new());
    let request = client(app).await.post("/").header("origin", SHOP).header("sec-fetch-site", "cross-site");
    let response = request.send().await;
    assert_eq!((response.status(), response.header("access-control-allow-origin")), (403, Some(SHOP)));
}
