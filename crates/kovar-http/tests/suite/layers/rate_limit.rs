use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use kovar_http::app::App;
use kovar_http::layers::{ClientAddress, Cors, RateLimit};
use kovar_http::operation::Operation;
use kovar_http::respond::NoContent;
use tower::ServiceExt as _;

use crate::suite::support::{app, client, refused};

async fn nothing() -> NoContent {
    NoContent
}

fn limited(limit: RateLimit) -> App {
    app([Operation::get("/", nothing)]).rate_limit(limit)
}

fn by_key(requests: u32, period: Duration) -> App {
    limited(RateLimit::per(requests, period).by(|parts| Some(parts.headers.get("x-key")?.to_str().ok()?.to_owned())))
}

#[tokio::test]
async fn past_the_limit_a_429_says_when_to_come_again() {
    let client = client(by_key(3, Duration::from_secs(60))).await;
    let ask = || client.get("/").header("x-key", "a");
    for left in [2, 1, 0] {
        let answer = ask().send().await;
        assert_eq!(answer.status(), 204);
        let said = answer.header("ratelimit").unwrap();
        assert!(said.starts_with(&format!("\"default\";r={left};t=")), "{said}");
        assert_eq!(answer.header("ratelimit-policy"), Some("\"default\";q=3;w=60"));
    }
    let answer = ask().send().await;
    let problem = answer.problem();
    assert_eq!((problem.status, problem.kind.as_str()), (429, "/problems/too-many-requests"));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((15..=20).contains(&wait), "one of three comes back every 20 s, not {wait}");
    assert_eq!(client.get("/").header("x-key", "b").send().await.status(), 204, "others have their own");
    for _ in 0..10 {
        assert_eq!(client.get("/").send().await.status(), 204, "who is nobody has no limit");
    }
}

#[tokio::test]
async fn requests_come_back_evenly() {
    let client = client(by_key(2, Duration::from_millis(400))).await;
    let ask = || client.get("/").header("x-key", "a").send();
    assert_eq!([ask().await.status(), ask().await.status(), ask().await.status()], [204, 204, 429]);
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!([ask().await.status(), ask().await.status()], [204, 429]);
}

#[tokio::test]
async fn callers_are_told_apart_by_their_network() {
    let service = limited(RateLimit::per_hour(1)).build().await.unwrap();
    let ask = async |address: &str| {
        let mut request = Request::builder().uri("/").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ClientAddress(address.parse::<IpAddr>().unwrap()));
        service.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    assert_eq!([ask("192.0.2.1").await, ask("192.0.2.1").await, ask("192.0.2.2").await], [204, 429, 204]);
    assert_eq!(ask("::ffff:192.0.2.1").await, 429, "the same address, over IPv6");
    assert_eq!([ask("2001:db8::1").await, ask("2001:db8::2").await], [204, 429], "one network of 64 bits");
    assert_eq!(ask("2001:db8:0:1::1").await, 204);
}

#[tokio::test]
async fn a_page_that_may_ask_can_read_the_refusal() {
    let app = by_key(1, Duration::from_secs(60)).cors(Cors::new().allow_origin("https://shop.example"));
    let client = client(app).await;
    let ask = || client.get("/").header("x-key", "a").header("origin", "https://shop.example").send();
    ask().await.assert_status(204);
    let answer = ask().await;
    answer.assert_status(429);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"));
}

#[tokio::test]
async fn it_is_in_the_document_and_a_senseless_one_stops_the_start() {
    let document = limited(RateLimit::per_second(5)).openapi().unwrap().to_string();
    assert!(document.contains("/problems/too-many-requests"));
    assert!(!app([Operation::get("/", nothing)]).openapi().unwrap().to_string().contains("too-many-requests"));
    assert!(refused(limited(RateLimit::per_second(0)).build().await).contains("at least one request"));
}
