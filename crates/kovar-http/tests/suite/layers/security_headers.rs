use std::time::Duration;

use http::{HeaderName, HeaderValue};
use kovar_http::app::App;
use kovar_http::layers::SecurityHeaders;
use kovar_http::operation::Operation;
use kovar_http::respond::{NoContent, Undocumented};

use crate::suite::support::{app, client};

async fn nothing() -> NoContent {
    NoContent
}

async fn own() -> Undocumented<([(&'static str, &'static str); 1], &'static str)> {
    Undocumented(([("content-security-policy", "default-src 'self'")], "page"))
}

fn with(headers: SecurityHeaders) -> App {
    app([Operation::get("/", nothing), Operation::get("/own", own)]).security_headers(headers)
}

#[tokio::test]
async fn every_answer_has_them() {
    let client = client(with(SecurityHeaders::default())).await;
    for path in ["/", "/nowhere", "/openapi.json"] {
        let response = client.get(path).send().await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), Some(value), "{path}");
            assert_eq!(response.headers().get_all(name).iter().count(), 1, "{path}");
        }
        assert_eq!(response.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn an_answers_own_fields_stay() {
    let response = client(with(SecurityHeaders::default())).await.get("/own").send().await;
    assert_eq!(response.header("content-security-policy"), Some("default-src 'self'"));
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn fields_are_set_and_left_out() {
    let frames = HeaderName::from_static("x-frame-options");
    let headers = SecurityHeaders::default()
        .hsts(Duration::from_secs(300))
        .without(&HeaderName::from_static("referrer-policy"))
        .set(frames, HeaderValue::from_static("SAMEORIGIN"));
    let response = client(with(headers)).await.get("/").send().await;
    assert_eq!(response.header("strict-transport-security"), Some("max-age=300; includeSubDomains"));
    assert_eq!(response.header("referrer-policy"), None);
    assert_eq!(response.header("x-frame-options"), Some("SAMEORIGIN"));
}
