use std::collections::HashSet;

use kovar_http::RequestContext;
use kovar_http::operation::Operation;
use kovar_http::respond::Undocumented;
use tower::util::MapResponseLayer;

use super::support::{app, client};

async fn id_in_extensions(request: axum::extract::Request) -> Undocumented<String> {
    let id = request.extensions().get::<kovar_http::RequestId>();
    Undocumented(id.map(ToString::to_string).unwrap_or_default())
}

async fn nothing() -> Undocumented<()> {
    Undocumented(())
}

#[tokio::test]
async fn a_good_id_is_kept() {
    let client = client(app([Operation::get("/", nothing)])).await;
    for id in ["1", "01JH3Z5Y", "a-b_c.d:e", &"x".repeat(128)] {
        assert_eq!(client.get("/").header("x-request-id", id).send().await.header("x-request-id"), Some(id));
    }
}

#[tokio::test]
async fn a_bad_id_is_replaced() {
    let client = client(app([Operation::get("/", nothing)])).await;
    for id in [&b""[..], &[b'x'; 129], b"a b", b"a\tb", b"\"a\"", b"a\xFFb", b"<script>", b"a,b", "é".as_bytes()] {
        let response = client.get("/").header("x-request-id", id).send().await;
        let made = response.header("x-request-id").unwrap();
        assert!(made.len() == 32 && made.bytes().all(|byte| byte.is_ascii_hexdigit()), "{made}");
    }
    // No HTTP implementation lets CR or LF in; should one do so, it is not ours.
    assert!(http::HeaderValue::from_bytes(b"a\r\nset-cookie: b").is_err());
}

#[tokio::test]
async fn no_two_requests_have_one_id() {
    let client = client(app([Operation::get("/", nothing)])).await;
    let mut seen = HashSet::new();
    for _ in 0..1000 {
        let response = client.get("/").send().await;
        assert!(seen.insert(response.header("x-request-id").unwrap().to_owned()));
    }
}

#[tokio::test]
async fn all_that_looks_at_the_request_sees_one_id() {
    let router =
        axum::Router::new().route("/id", axum::routing::get(async |request| id_in_extensions(request).await.0));
    let plain = client(app([]).mount_router("/old", router.clone())).await;
    let response = plain.get("/old/id").send().await;
    assert_eq!(Some(response.text()), response.header("x-request-id"));
    let layer = MapResponseLayer::new(|response: axum::response::Response| response);
    let layered =
        client(app([Operation::get("/id", id_in_extensions)]).mount_router("/old", router).layer(layer)).await;
    for path in ["/id", "/old/id"] {
        let response = layered.get(path).send().await;
        assert_eq!(Some(response.text()), response.header("x-request-id"), "{path}");
    }
    let problem = layered.get("/nowhere").send().await;
    assert_eq!(Some(problem.problem().request_id.as_str()), problem.header("x-request-id"));
}

const _: fn(&RequestContext) -> &kovar_http::RequestId = RequestContext::request_id;
