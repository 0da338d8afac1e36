use http::Method;
use kovar_http::app::App;
use kovar_http::layers::{Cors, Csrf};
use kovar_http::operation::Operation;
use kovar_http::problem::ErrorFormat;
use kovar_http::respond::NoContent;
use serde_json::{Value, json};

use crate::suite::support::{app, client, refused};

async fn nothing() -> NoContent {
    NoContent
}

fn protected() -> App {
    app([Operation::get("/", nothing), Operation::post("/", nothing), Operation::delete("/", nothing)])
        .csrf(Csrf::new())
}

#[tokio::test]
async fn what_another_site_sends_is_refused_as_a_problem() {
    let client = client(protected()).await;
    for site in ["cross-site", "same-site", "Same-Origin", "nonsense"] {
        for method in [Method::POST, Method::DELETE, Method::PUT, Method::from_bytes(b"BREW").unwrap()] {
            let response = client.request(method.clone(), "/").header("sec-fetch-site", site).send().await;
            let problem = response.problem();
            assert_eq!(
                (problem.status, problem.kind.as_str()),
                (403, "/problems/cross-site-request"),
                "{method} {site}"
            );
            assert_eq!(Some(problem.request_id.as_str()), response.header("x-request-id"));
            assert_eq!(problem.instance, "/");
        }
    }
}

#[tokio::test]
async fn safe_methods_and_own_pages_pass() {
    let client = client(protected()).await;
    client.get("/").header("sec-fetch-site", "cross-site").send().await.assert_status(204);
    for site in ["same-origin", "none"] {
        client.post("/").header("sec-fetch-site", site).send().await.assert_status(204);
    }
    client.post("/").send().await.assert_status(204);
}

#[tokio::test]
async fn old_browsers_are_judged_by_their_origin() {
    let client = client(protected()).await;
    let post = |origin: &str| client.post("/").header("host", "api.example").header("origin", origin).send();
    post("https://api.example").await.assert_status(204);
    for origin in ["https://evil.example", "null", "https://api.example.evil.example", "https://api.example:8443"] {
        assert_eq!(post(origin).await.problem().kind, "/problems/cross-site-request", "{origin}");
    }
}

#[tokio::test]
async fn a_trusted_origin_passes_and_a_cors_origin_does_not() {
    let shop = "https://shop.example";
    let post = async |app: App| {
        let request = client(app).await.post("/").header("origin", shop).header("sec-fetch-site", "cross-site");
        request.send().await
    };
    assert_eq!(post(protected().csrf(Csrf::new().trust_origin(shop))).await.status(), 204);
    let refused = post(protected().cors(Cors::new().allow_origin(shop))).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.header("access-control-allow-origin"), Some(shop), "its page can read why");
}

#[tokio::test]
async fn an_unsafe_request_for_nothing_is_refused_alike() {
    let response = client(protected()).await.post("/nowhere").header("sec-fetch-site", "cross-site").send().await;
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn the_format_of_fastapi_is_kept() {
    let client = client(protected().error_format(ErrorFormat::FastApi)).await;
    let response = client.post("/").header("sec-fetch-site", "cross-site").send().await;
    let detail = "`Sec-Fetch-Site` says that another site's page sends this";
    assert_eq!(response.assert_status(403).json::<Value>(), json!({"detail": detail}));
}

#[tokio::test]
async fn an_origin_that_no_browser_sends_stops_the_start() {
    let message = refused(protected().csrf(Csrf::new().trust_origin("https://shop.example/")).build().await);
    assert!(message.starts_with("the protection against CSRF has the origin"), "{message}");
}
