use std::time::Duration;

use http::{HeaderName, Method};
use kovar_http::app::App;
use kovar_http::layers::Cors;
use kovar_http::operation::Operation;
use kovar_http::respond::{NoContent, Text};
use kovar_http::testing::{TestRequest, TestResponse};

use crate::suite::support::{app, client, refused};

const SHOP: &str = "https://shop.example";

async fn text() -> Text<&'static str> {
    Text("hello")
}

async fn own_options() -> NoContent {
    NoContent
}

fn with(cors: Cors) -> App {
    app([Operation::get("/", text), Operation::new(Method::OPTIONS, "/own", own_options)]).cors(cors)
}

fn preflight(request: TestRequest, origin: &str) -> TestRequest {
    request.header("origin", origin).header("access-control-request-method", "PUT")
}

/// The fields of CORS, sorted.
fn fields(response: &TestResponse) -> Vec<&str> {
    let names = response.headers().keys().map(HeaderName::as_str);
    let mut names: Vec<_> = names.filter(|name| name.starts_with("access-control")).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn an_allowed_origin_may_read() {
    let client = client(with(Cors::new().allow_origin(SHOP).allow_origin("http://localhost:5173"))).await;
    for origin in [SHOP, "http://localhost:5173"] {
        let response = client.get("/").header("origin", origin).send().await;
        assert_eq!(response.assert_status(200).header("access-control-allow-origin"), Some(origin));
        assert_eq!(response.header("vary"), Some("origin"));
        assert_eq!(fields(&response), ["access-control-allow-origin", "access-control-expose-headers"]);
        let exposed = response.header("access-control-expose-headers").unwrap();
        assert_eq!(exposed, "etag, link, location, retry-after, x-request-id");
    }
}

#[tokio::test]
async fn an_unknown_origin_gets_no_field_of_cors() {
    let client = client(with(Cors::new().allow_origin(SHOP).allow_credentials())).await;
    let origins = [
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://SHOP.example",
        "https://shop.example/",
        "null",
        "",
        "*",
    ];
    for origin in origins {
        let response = client.get("/").header("origin", origin).send().await;
        assert_eq!((response.status(), fields(&response).len()), (200, 0), "{origin}");
        assert_eq!(response.header("vary"), Some("origin"), "{origin}");
        let response = preflight(client.request(Method::OPTIONS, "/"), origin).send().await;
        assert_eq!((response.status(), fields(&response).len()), (204, 0), "{origin}");
        assert_eq!(response.header("vary"), Some("origin"), "{origin}");
    }
    let response = client.get("/").header("origin", b"https://shop.example\xFF").send().await;
    assert_eq!(fields(&response).len(), 0);
}

#[tokio::test]
async fn a_request_without_an_origin_varies_too() {
    let response = client(with(Cors::new().allow_origin(SHOP))).await.get("/").send().await;
    assert_eq!((fields(&response).len(), response.header("vary")), (0, Some("origin")));
}

#[tokio::test]
async fn a_preflight_is_answered_before_routing() {
    let cors = Cors::new().allow_origin(SHOP).allow_credentials().max_age(Duration::from_secs(60));
    let client = client(with(cors)).await;
    for path in ["/", "/nowhere", "/own"] {
        let response = preflight(client.request(Method::OPTIONS, path), SHOP).send().await;
        assert_eq!(response.status(), 204, "{path}");
        assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
        assert_eq!(response.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(response.header("access-control-allow-methods"), Some("GET, HEAD, POST, PUT, PATCH, DELETE"));
        assert!(response.header("access-control-allow-headers").unwrap().contains("content-type"));
        assert_eq!(response.header("access-control-max-age"), Some("60"));
        assert!(response.header("x-request-id").is_some());
        assert_eq!(response.header("allow"), None);
    }
}

#[tokio::test]
async fn options_that_is_no_preflight_is_the_apps() {
    let client = client(with(Cors::new().allow_origin(SHOP))).await;
    let response = client.request(Method::OPTIONS, "/").header("origin", SHOP).send().await;
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
    let response = client.request(Method::OPTIONS, "/").send().await;
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn any_origin_is_a_star_without_credentials() {
    let client = client(with(Cors::new().allow_any_origin())).await;
    let response = client.get("/").header("origin", "null").send().await;
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!((response.header("vary"), response.header("access-control-allow-credentials")), (None, None));
}

#[tokio::test]
async fn lists_are_the_apps() {
    let cors = Cors::new()
        .allow_origin(SHOP)
        .allow_methods([Method::GET])
        .allow_headers([HeaderName::from_static("x-token")])
        .expose_headers([]);
    let client = client(with(cors)).await;
    let response = preflight(client.request(Method::OPTIONS, "/"), SHOP).send().await;
    assert_eq!(response.header("access-control-allow-methods"), Some("GET"));
    assert_eq!(response.header("access-control-allow-headers"), Some("x-token"));
    let response = client.get("/").header("origin", SHOP).send().await;
    assert_eq!(response.header("access-control-expose-headers"), None);
}

#[tokio::test]
async fn an_allowed_page_can_read_problems() {
    let response =
        client(with(Cors::new().allow_origin(SHOP))).await.get("/nowhere").header("origin", SHOP).send().await;
    assert_eq!(response.problem().status, 404);
    assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
}

#[tokio::test]
async fn what_cannot_be_meant_stops_the_start() {
    let check = async |cors: Cors, expected: &str| {
        let message = refused(with(cors).build().await);
        assert!(message.contains(expected), "{message}");
    };
    check(Cors::new().allow_any_origin().allow_credentials(), "CORS allows any origin and credentials").await;
    check(Cors::new(), "CORS allows no origin").await;
    for origin in
        ["*", "null", "shop.example", "https://shop.example/", "https://*.shop.example", "https://Shop.example"]
    {
        check(Cors::new().allow_origin(origin), &format!("CORS has the origin `{origin}`, which no browser sends"))
            .await;
    }
}
