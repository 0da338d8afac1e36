use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::json;
use tower::service_fn;

use super::events::block_length;
use super::{TestClient, TestEvent, TestMultipart, query};

/// A client of a service that answers with the body, in pieces.
fn streaming(pieces: &'static [&'static str]) -> TestClient {
    TestClient::of_service(service_fn(move |_| async move {
        let pieces = futures_util::stream::iter(pieces).map(|piece| Ok::<_, Infallible>(Bytes::from(*piece)));
        Ok(Response::new(Body::from_stream(pieces)))
    }))
}

/// A client of a service that answers with the request: its target, its header, and its body.
fn echo() -> TestClient {
    TestClient::of_service(service_fn(|request: http::Request<Body>| async {
        let (parts, body) = request.into_parts();
        let head = format!("{} {}\n{:?}\n", parts.method, parts.uri, parts.headers);
        let mut response = Response::new(Body::from_stream(
            futures_util::stream::iter([Ok(Bytes::from(head))]).chain(body.into_data_stream()),
        ));
        response.headers_mut().insert("set-cookie", "seen=yes; Path=/".parse().unwrap());
        Ok(response)
    }))
}

#[test]
fn events_are_read_as_a_browser_reads_them() {
    let check = |block: &str, expected: Option<TestEvent>| assert_eq!(TestEvent::parse(block), expected, "{block:?}");
    let event = |data: &str| TestEvent { data: data.to_owned(), ..TestEvent::default() };
    check("data: a\n\n", Some(event("a")));
    check("data:a\r\ndata:  b\r\n\r\n", Some(event("a\n b")));
    check("\u{FEFF}data\r\r", Some(event("")));
    check(": a comment\n\n", None);
    check("id: 1\nevent: x\nretry: 5s\n\n", None);
    let full = TestEvent { event: Some("x".into()), id: Some("1".into()), retry_ms: Some(5), ..event("{}") };
    check("retry: 5\nid: 1\nevent: x\ndata: {}\n\n", Some(full));
}

#[test]
fn blocks_end_with_an_empty_line() {
    assert_eq!(block_length(b"data: a\n\nx"), Some(9));
    assert_eq!(block_length(b"data: a\r\n\r\nx"), Some(11));
    assert_eq!(block_length(b"data: a\rdata: b\r\r"), Some(17));
    assert_eq!(block_length(b"data: a\n"), None);
    assert_eq!(block_length(b"data: a\r\n"), None);
}

#[tokio::test]
async fn an_event_stream_is_read_event_by_event() {
    let client = streaming(&["data: 1\n", "\n: ping\n\nda", "ta: 2\n\ndata: cut"]);
    let mut stream = client.get("/").stream().await;
    assert_eq!(stream.event().await.unwrap().json::<u32>(), 1);
    assert_eq!(stream.event().await.unwrap().json::<u32>(), 2);
    assert_eq!(stream.event().await, None);
}

#[tokio::test]
async fn json_lines_need_not_end() {
    let client = streaming(&["1\n2", "2\n\n", "3"]);
    let mut stream = client.get("/").stream().await;
    let mut numbers = Vec::new();
    while let Some(number) = stream.json_line::<u32>().await {
        numbers.push(number);
    }
    assert_eq!(numbers, [1, 22, 3]);
}

#[tokio::test]
async fn chunks_come_as_they_were_sent() {
    let mut stream = streaming(&["a", "bc", "d"]).get("/").stream().await;
    assert_eq!(stream.chunk().await.unwrap(), "a");
    assert_eq!(stream.chunk().await.unwrap(), "bc");
    assert_eq!(stream.rest().await.text(), "d");
}

#[test]
fn a_query_is_written_as_operations_read_it() {
    let encoded = query::encode(&json!({"a": 1, "b": ["x y", true], "c": null, "d": {"min": 0.5}}));
    assert_eq!(encoded, "a=1&b=x+y&b=true&d%5Bmin%5D=0.5");
    assert_eq!(query::encode(&[("a", "1"), ("a", "&")]), "a=1&a=%26");
}

#[tokio::test]
async fn a_request_is_what_was_put_together() {
    let request = echo().post("/shops/{shop}/files/{*file}?x=1").path("shop", "a/b").path("file", "c/d e");
    let request = request.query(&json!({"y": 2})).bearer("t").cookie("a", "1").cookie("b", "2");
    let response = request.json(&json!({"z": 3})).send().await;
    let text = response.text();
    assert!(text.starts_with("POST /shops/a%2Fb/files/c/d%20e?x=1&y=2\n"), "{text}");
    assert!(text.contains(r#""content-type": "application/json""#), "{text}");
    assert!(text.contains(r#""content-length": "7""#), "{text}");
    assert!(text.contains(r#""authorization": "Bearer t""#), "{text}");
    assert!(text.contains(r#""cookie": "a=1; b=2""#), "{text}");
    assert!(text.ends_with("{\"z\":3}"), "{text}");
}

#[tokio::test]
async fn parts_are_written_in_order() {
    let parts = TestMultipart::new().text("a", "1").json("b", &[2]).file("c", "c.bin", "application/x", &b"\0"[..]);
    let response = echo().post("/").multipart(parts).send().await;
    let (_, body) = response.text().split_once("\n--").unwrap();
    assert_eq!(body.matches("content-disposition: form-data; name=").count(), 3);
    assert!(body.contains("name=\"c\"; filename=\"c.bin\"\r\ncontent-type: application/x\r\n\r\n\0\r\n"), "{body:?}");
    assert!(body.ends_with("--\r\n"), "{body:?}");
}

#[tokio::test]
async fn a_client_keeps_cookies_when_asked_to() {
    let client = echo().with_cookies();
    assert!(!client.get("/").send().await.text().contains("seen"));
    assert!(client.get("/").cookie("own", "1").send().await.text().contains(r#""cookie": "seen=yes; own=1""#));
    assert!(!echo().get("/").send().await.text().contains("seen"));
}

#[tokio::test]
async fn dropping_a_request_drops_the_work() {
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let sender = std::sync::Arc::new(std::sync::Mutex::new(Some(sender)));
    let client = TestClient::of_service(service_fn(move |_| {
        let held = sender.lock().unwrap().take();
        async move {
            std::future::pending::<()>().await;
            drop(held);
            Ok(Response::default())
        }
    }));
    let sent = client.get("/").send();
    assert!(tokio::time::timeout(Duration::from_millis(10), sent).await.is_err());
    receiver.await.expect_err("what the request held is gone");
}

#[tokio::test]
#[should_panic = "the path /a has no parameter `b`"]
async fn an_unknown_parameter_is_told() {
    let _ = echo().get("/a").path("b", 1);
}

#[tokio::test]
#[should_panic = "status 201 was expected: GET /a was answered with 200 OK\nGET /a"]
async fn a_wrong_status_shows_the_response() {
    echo().get("/a").send().await.assert_status(201);
}

#[tokio::test]
#[should_panic = "the body is no `u32` (expected value at line 1 column 1): GET /a was answered with 200 OK\nGET /a"]
async fn a_wrong_body_is_shown() {
    echo().get("/a").send().await.json::<u32>();
}
