use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body as AxumBody;
use bytes::Bytes;
use futures_util::StreamExt as _;
use kovar_http::app::App;
use kovar_http::extract::{Body, Form, Json};
use kovar_http::operation::Operation;
use serde_json::json;

use super::support::{app, client};

async fn sum(Json(numbers): Json<Vec<i64>>) -> Json<i64> {
    Json(numbers.iter().sum())
}

async fn perhaps(body: Option<Json<i64>>) -> Json<Option<i64>> {
    Json(body.map(|Json(number)| number))
}

async fn length(Body(bytes): Body<Bytes>) -> Json<u64> {
    Json(bytes.len() as u64)
}

async fn text(Body(text): Body<String>) -> Json<String> {
    Json(text)
}

async fn streamed(Body(body): Body<AxumBody>) -> Json<u64> {
    let chunks = body.into_data_stream().take_while(|chunk| std::future::ready(chunk.is_ok()));
    Json(chunks.map(|chunk| chunk.map_or(0, |chunk| chunk.len() as u64)).collect::<Vec<_>>().await.iter().sum())
}

async fn form(Form(fields): Form<std::collections::BTreeMap<String, String>>) -> Json<u64> {
    Json(fields.len() as u64)
}

fn operations() -> App {
    app([
        Operation::post("/sum", sum),
        Operation::post("/perhaps", perhaps),
        Operation::post("/length", length).body_limit(Some(100)),
        Operation::post("/unlimited", length).body_limit(None),
        Operation::post("/text", text),
        Operation::post("/streamed", streamed).body_limit(Some(100)),
        Operation::post("/form", form),
    ])
}

/// A body of chunks of ten bytes, without a length; counts those that are read.
fn chunked(count: usize) -> (AxumBody, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let chunks = futures_util::stream::iter(0..count).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(Bytes::from_static(b"0123456789"))
    });
    (AxumBody::from_stream(chunks), read)
}

#[tokio::test]
async fn an_announced_length_past_the_limit_is_refused_before_reading() {
    let client = client(operations()).await;
    let (body, read) = chunked(usize::MAX);
    let request = client.post("/length").body(body, "application/octet-stream").header("content-length", "101");
    let problem = request.send().await.problem();
    assert_eq!((problem.status, read.load(Ordering::SeqCst)), (413, 0));
    assert_eq!(problem.extensions["limit_bytes"], 100);
}

#[tokio::test]
async fn a_length_that_is_not_announced_is_counted_while_reading() {
    let client = client(operations()).await;
    for path in ["/length", "/sum", "/text", "/form"] {
        let media_type = match path {
            "/sum" => "application/json",
            "/text" => "text/plain",
            "/form" => "application/x-www-form-urlencoded",
            _ => "application/octet-stream",
        };
        let (body, read) = chunked(usize::MAX);
        client.post(path).body(body, media_type).send().await.assert_status(413);
        let most = if path == "/length" { 11 } else { 1024 * 1024 / 10 + 2 };
        assert!(read.load(Ordering::SeqCst) <= most, "{path}");
    }
    let (body, _) = chunked(10);
    assert_eq!(client.post("/length").body(body, "x/y").send().await.json::<u64>(), 100, "the limit itself is fine");
}

#[tokio::test]
async fn a_length_that_lies_is_not_believed() {
    let (body, _) = chunked(11);
    let request = client(operations()).await.post("/length").body(body, "x/y").header("content-length", "5");
    request.send().await.assert_status(413);
}

#[tokio::test]
async fn a_stream_ends_at_the_limit() {
    let client = client(operations()).await;
    let (body, read) = chunked(usize::MAX);
    assert_eq!(client.post("/streamed").body(body, "x/y").send().await.json::<u64>(), 100);
    assert!(read.load(Ordering::SeqCst) <= 11);
}

#[tokio::test]
async fn a_limit_can_be_off() {
    let client = client(operations()).await;
    let response = client.post("/unlimited").body(vec![0; 3 << 20], "x/y").send().await;
    assert_eq!(response.json::<u64>(), 3 << 20);
    client.post("/sum").body(vec![b' '; (1 << 20) + 1], "application/json").send().await.assert_status(413);
}

#[tokio::test]
async fn another_media_type_is_a_415_that_names_the_right_one() {
    let client = client(operations()).await;
    for media_type in
        ["text/plain", "application/jsonx", "json", "", "application/json+x", "text/json", "multipart/json"]
    {
        let response = client.post("/sum").body("[1]", media_type).send().await;
        assert_eq!(response.problem().status, 415, "{media_type}");
        assert_eq!(response.header("accept"), Some("application/json"), "{media_type}");
    }
    for media_type in ["application/json", "Application/JSON; charset=utf-8", "application/vnd.shop+json"] {
        assert_eq!(client.post("/sum").body("[1]", media_type).send().await.status(), 200, "{media_type}");
    }
}

#[tokio::test]
async fn a_body_without_a_media_type_is_a_415() {
    let client = client(operations()).await;
    let request = http::Request::post("/sum").body(AxumBody::from("[1]")).unwrap();
    assert_eq!(client.send(request).await.status(), 415);
}

#[tokio::test]
async fn what_is_no_json_is_a_400_with_line_and_column() {
    let client = client(operations()).await;
    for (body, line, column) in
        [("[1,\n 2,\n x]", 3, 2), ("[1] 2", 1, 5), ("[NaN]", 1, 2), ("[1,]", 1, 4), ("[Infinity]", 1, 2)]
    {
        let problem = client.post("/sum").body(body, "application/json").send().await.problem();
        assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/malformed-request"), "{body}");
        let position = (&problem.extensions["line"], &problem.extensions["column"]);
        assert_eq!(position, (&json!(line), &json!(column)), "{body}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_a_400() {
    let client = client(operations()).await;
    for body in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"[\"\xFF\"]", b"\xEF\xBB\xBF[1]", b"\0", b"[1\0]"] {
        let problem = client.post("/sum").body(body, "application/json").send().await.problem();
        assert_eq!(problem.status, 400, "{}", body.escape_ascii());
    }
    client.post("/text").body(&b"\xFF"[..], "text/plain").send().await.assert_status(400);
}

#[tokio::test]
async fn hostile_json_is_refused_quickly() {
    let client = client(operations()).await;
    let deep = "[".repeat(10_000);
    for (body, status) in [
        (deep.clone(), 400),
        (deep + &"]".repeat(10_000), 400),
        ("[1e999]".to_owned(), 422),
        ("[9223372036854775808]".to_owned(), 422),
        ("[\"\\ud800\"]".to_owned(), 400),
        (format!("[{}]", "1,".repeat(200_000) + "1"), 200),
        (format!("[{}]", "\"x\",".repeat(200_000) + "1"), 422),
        (format!("[{}]", "9".repeat(100_000)), 422),
    ] {
        let response = client.post("/sum").body(body.clone(), "application/json").send().await;
        assert_eq!(response.status(), status, "{}…: {}", &body[..body.len().min(20)], response.text());
        assert!(response.bytes().len() < 200_000, "{}", response.bytes().len());
    }
}

#[tokio::test]
async fn an_empty_body_is_told() {
    let problem = client(operations()).await.post("/sum").body("", "application/json").send().await.problem();
    assert_eq!((problem.status, problem.detail.as_deref()), (400, Some("the body is empty; JSON is expected")));
}

#[tokio::test]
async fn an_optional_body_may_be_absent_and_nothing_else() {
    let client = client(operations()).await;
    assert_eq!(client.post("/perhaps").send().await.json::<Option<i64>>(), None);
    assert_eq!(client.post("/perhaps").json(&7).send().await.json::<Option<i64>>(), Some(7));
    client.post("/perhaps").json(&"x").send().await.assert_status(422);
    client.post("/perhaps").body("7", "text/plain").send().await.assert_status(415);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_400() {
    let broken = futures_util::stream::iter([Ok(Bytes::from("[1")), Err(std::io::Error::other("reset"))]);
    let request = client(operations()).await.post("/sum").body(AxumBody::from_stream(broken), "application/json");
    request.send().await.assert_status(400);
}

#[tokio::test]
async fn a_compressed_body_is_not_decompressed() {
    let client = client(operations()).await;
    let request =
        client.post("/sum").body(&b"\x1f\x8b\x08\0"[..], "application/json").header("content-encoding", "gzip");
    let status = request.send().await.status();
    assert!(matches!(status, 400 | 415), "{status}");
}

#[tokio::test]
async fn forms_are_read() {
    let client = client(operations()).await;
    assert_eq!(client.post("/form").form(&json!({"a": 1, "b": "x&y"})).send().await.json::<u64>(), 2);
    client.post("/form").json(&json!({})).send().await.assert_status(415);
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_a_408_that_closes() {
    let client = client(operations()).await;
    for path in ["/sum", "/length", "/form"] {
        let stopped = std::io::Error::new(std::io::ErrorKind::TimedOut, "no byte for 10 s");
        let chunks = [Ok(Bytes::from_static(b"[1,")), Err(stopped)];
        let body = AxumBody::from_stream(futures_util::stream::iter(chunks));
        let media_type = if path == "/form" { "application/x-www-form-urlencoded" } else { "application/json" };
        let answer = client.post(path).body(body, media_type).send().await;
        assert_eq!(answer.header("connection"), Some("close"), "{path}");
        let problem = answer.problem();
        assert_eq!((problem.status, problem.kind.as_str()), (408, "/problems/request-timeout"), "{path}");
    }
}
