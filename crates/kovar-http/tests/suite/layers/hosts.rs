use axum::body::Body;
use http::Request;
use kovar_http::app::App;
use kovar_http::operation::Operation;
use kovar_http::respond::NoContent;

use crate::suite::support::{app, client, refused};

async fn nothing() -> NoContent {
    NoContent
}

fn at<const N: usize>(hosts: [&'static str; N]) -> App {
    app([Operation::get("/", nothing)]).allowed_hosts(hosts)
}

#[tokio::test]
async fn other_hosts_are_refused_as_a_problem() {
    let client = client(at(["api.example", "*.shop.example", "localhost:8000", "[::1]"])).await;
    for host in [
        "api.example",
        "API.Example",
        "api.example:8000",
        "a.shop.example",
        "a.b.shop.example",
        "localhost:8000",
        "[::1]:9",
    ] {
        assert_eq!(client.get("/").header("host", host).send().await.status(), 204, "{host}");
    }
    for host in [
        "evil.example",
        "api.example.evil.example",
        "evilapi.example",
        "shop.example",
        ".shop.example",
        "evilshop.example",
        "localhost",
        "localhost:8001",
        "user@api.example",
        "api.example/x",
        "api.example.",
        "",
        "api.example, evil.example",
    ] {
        let response = client.get("/").header("host", host).send().await;
        let problem = response.problem();
        assert_eq!((problem.status, problem.kind.as_str()), (421, "/problems/misdirected-request"), "{host}");
        assert_eq!(Some(problem.request_id.as_str()), response.header("x-request-id"));
    }
}

#[tokio::test]
async fn each_host_that_a_request_names_is_checked() {
    let client = client(at(["api.example"])).await;
    let status = async |target: &str, hosts: &[&str]| {
        let request = hosts.iter().fold(Request::get(target), |request, host| request.header("host", *host));
        client.send(request.body(Body::empty()).unwrap()).await.status().as_u16()
    };
    assert_eq!(status("/", &["api.example"]).await, 204);
    assert_eq!(status("/", &[]).await, 421);
    assert_eq!(status("https://api.example/", &[]).await, 204, "as in HTTP/2");
    assert_eq!(status("https://api.example/", &["evil.example"]).await, 421);
    assert_eq!(status("https://evil.example/", &["api.example"]).await, 421);
    assert_eq!(status("/", &["api.example", "evil.example"]).await, 421);
}

#[tokio::test]
async fn what_is_no_host_stops_the_start() {
    for host in [
        "https://api.example",
        "api.example/",
        "",
        "*",
        "a.*.example",
        "*.",
        "user@host",
        "api.example:",
        "api.example:x",
    ] {
        let message = refused(app([]).allowed_hosts([host]).build().await);
        assert!(message.starts_with(&format!("`{host}` is no host")), "{message}");
    }
    assert!(refused(app([]).allowed_hosts([""; 0]).build().await).contains("no host is allowed"));
}
