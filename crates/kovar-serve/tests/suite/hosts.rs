//! RFC 9112 §3.2: a request has exactly one valid host.

use super::support::TestServer;

fn check(head: &str, expected: u16) {
    let server = TestServer::start();
    let mut client = server.send(format!("GET /host {head}\r\n\r\n"));
    let answer = client.answer();
    assert_eq!(answer.status, expected, "{head:?}: {answer:?}");
    if expected == 400 {
        assert_eq!(answer.header("connection"), Some("close"), "{head:?}");
        assert!(client.closes_within(std::time::Duration::from_secs(1)), "{head:?}");
    }
}

#[test]
fn there_is_exactly_one_host() {
    check("HTTP/1.1\r\nhost: a", 200);
    check("HTTP/1.1\r\nhost: a:8000", 200);
    check("HTTP/1.1\r\nhost: [::1]:8000", 200);
    check("HTTP/1.1", 400);
    check("HTTP/1.1\r\nhost: a\r\nhost: b", 400);
    check("HTTP/1.1\r\nhost: a\r\nHost: a", 400);
    check("HTTP/1.1\r\nhost:", 400);
    check("HTTP/1.1\r\nhost: a b", 400);
    check("HTTP/1.1\r\nhost: a/b", 400);
    check("HTTP/1.1\r\nhost: user@a", 400);
    check("HTTP/1.1\r\nhost: a:b", 400);
    check("HTTP/1.1\r\nhost: a,b:1:2", 400);
    check("HTTP/1.0\r\nhost: a\r\nhost: b", 400);
}

/// RFC 9112 §3.2.2.
#[test]
fn the_host_of_the_target_wins() {
    let server = TestServer::start();
    let answer = server.ask("GET http://b:81/host HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!((answer.status, answer.body.as_str()), (200, "b:81"));
    let answer = server.ask("GET http://user@b/host HTTP/1.1\r\nhost: b\r\n\r\n");
    assert_eq!(answer.status, 400);
}

#[test]
fn the_first_version_needs_no_host() {
    let server = TestServer::start();
    assert_eq!(server.ask("GET / HTTP/1.0\r\n\r\n").body, "hello");
}
