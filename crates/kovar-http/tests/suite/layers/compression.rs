use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use http::Method;
use kovar_http::app::App;
use kovar_http::layers::Compression;
use kovar_http::operation::Operation;
use kovar_http::respond::{EventStream, JsonLines, Text, Undocumented};
use kovar_http::testing::{TestClient, TestResponse};

use crate::suite::support::{app, client};

async fn long() -> Text<String> {
    Text("all work and no play ".repeat(100))
}

async fn short() -> Text<String> {
    Text("x".repeat(1023))
}

async fn events() -> EventStream<u32> {
    EventStream::new(futures_util::stream::iter(0..1000_u32))
}

async fn lines() -> JsonLines<u32> {
    JsonLines::new(futures_util::stream::unfold(0, |count| async move {
        if count > 0 {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        Some((count, count + 1))
    }))
}

/// A page of header fields and two kilobytes.
fn page(fields: &'static [(&'static str, &'static str)]) -> Operation {
    let name = fields[0].1.replace(['/', '"', '+', ' '], "-");
    Operation::get(format!("/{name}"), move || {
        let mut response = http::Response::new(axum::body::Body::from("y".repeat(2048)));
        for (name, value) in fields {
            response.headers_mut().insert(*name, http::HeaderValue::from_static(value));
        }
        std::future::ready(Undocumented(response))
    })
}

fn operations() -> App {
    app([
        Operation::get("/long", long),
        Operation::get("/short", short),
        Operation::get("/events", events),
        Operation::get("/lines", lines),
        page(&[("content-type", "image/png")]),
        page(&[("content-type", "image/svg+xml")]),
        page(&[("content-type", "application/zip")]),
        page(&[("content-type", "application/problem+json")]),
        page(&[("content-encoding", "deflate"), ("content-type", "text/plain"), ("etag", "\"1\"")]),
        page(&[("cache-control", "public, no-transform"), ("content-type", "text/plain")]),
        page(&[("etag", "\"strong\""), ("content-type", "text/html; charset=utf-8")]),
    ])
}

async fn compressing() -> TestClient {
    client(operations().compression(Compression::default())).await
}

async fn get(path: &str, accept: &str) -> TestResponse {
    compressing().await.get(path).header("accept-encoding", accept).send().await
}

fn encoding(response: &TestResponse) -> Option<&str> {
    response.header("content-encoding")
}

#[tokio::test]
async fn text_is_compressed_as_the_client_prefers() {
    let plain = get("/long", "").await;
    assert_eq!((encoding(&plain), plain.header("vary")), (None, Some("accept-encoding")));
    for (accept, expected) in
        [("gzip", "gzip"), ("br, gzip", "br"), ("gzip, br;q=0.1", "gzip"), ("*", "br"), ("GZIP", "gzip")]
    {
        let response = get("/long", accept).await;
        assert_eq!(encoding(&response), Some(expected), "{accept}");
        assert_eq!((response.header("vary"), response.header("content-length")), (Some("accept-encoding"), None));
        assert!(response.bytes().len() < plain.bytes().len() / 4, "{accept}");
    }
    let mut text = String::new();
    GzDecoder::new(&get("/long", "gzip").await.bytes()[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text());
}

#[tokio::test]
async fn what_gains_nothing_stays() {
    for path in ["/short", "/events", "/image-png", "/application-zip", "/public,-no-transform"] {
        let response = get(path, "gzip, br").await;
        assert_eq!((encoding(&response), response.header("vary")), (None, None), "{path}");
    }
    assert_eq!(encoding(&get("/deflate", "gzip, br").await), Some("deflate"));
    for path in ["/image-svg-xml", "/application-problem-json"] {
        assert_eq!(encoding(&get(path, "br").await), Some("br"), "{path}");
    }
}

#[tokio::test]
async fn a_client_that_refuses_everything_gets_it_plain() {
    for accept in ["identity;q=0", "*;q=0", "gzip;q=0, identity; q=0.0", "*;Q=0.000, deflate"] {
        let response = get("/long", accept).await;
        assert_eq!((response.status(), encoding(&response)), (200, None), "{accept}");
    }
    assert_eq!(encoding(&get("/long", "identity;q=0, gzip").await), Some("gzip"));
}

#[tokio::test]
async fn a_tag_is_weak_once_the_bytes_are_others() {
    assert_eq!(get("/-strong-", "gzip").await.header("etag"), Some("W/\"strong\""));
    assert_eq!(get("/-strong-", "").await.header("etag"), Some("\"strong\""));
    assert_eq!(get("/deflate", "gzip").await.header("etag"), Some("\"1\""));
}

#[tokio::test]
async fn head_says_what_get_says() {
    let client = compressing().await;
    for accept in ["gzip", ""] {
        let ask = async |method| client.request(method, "/long").header("accept-encoding", accept).send().await;
        let (get, head) = (ask(Method::GET).await, ask(Method::HEAD).await);
        assert!(head.bytes().is_empty());
        for name in ["content-encoding", "vary", "content-type"] {
            assert_eq!(head.header(name), get.header(name), "{accept} {name}");
        }
        let length = (!accept.contains("gzip")).then_some("2100");
        assert_eq!(head.header("content-length"), length, "never the length of other bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_waits_is_flushed() {
    let mut stream = compressing().await.get("/lines").header("accept-encoding", "gzip").stream().await;
    assert_eq!(stream.header("content-encoding"), Some("gzip"));
    let mut compressed = Vec::new();
    let start = tokio::time::Instant::now();
    let mut text = String::new();
    while text.is_empty() {
        compressed.extend_from_slice(&stream.chunk().await.unwrap());
        // The gzip is not at its end, which is an error after what is there.
        let _ = GzDecoder::new(&compressed[..]).read_to_string(&mut text);
    }
    assert_eq!((text.as_str(), start.elapsed()), ("0\n", Duration::ZERO));
}

#[tokio::test]
async fn the_least_size_is_the_apps() {
    let client = client(operations().compression(Compression::default().min_size_bytes(1000))).await;
    let response = client.get("/short").header("accept-encoding", "gzip").send().await;
    assert_eq!(encoding(&response), Some("gzip"));
}

#[tokio::test]
async fn the_documents_are_compressed_once() {
    let client = compressing().await;
    let response = client.get("/openapi.json").header("accept-encoding", "gzip, br").send().await;
    assert_eq!(encoding(&response), Some("gzip"), "as they are kept");
    assert_eq!(response.headers().get_all("vary").iter().count(), 1);
}
