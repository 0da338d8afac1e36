//! What answers look like (RFC 9110 §6, §9; RFC 9112 §6).

use super::super::support::TestServer;

fn ask(method: &str, path: &str, version: &str) -> String {
    format!("{method} {path} HTTP/{version}\r\nhost: a\r\nconnection: close\r\n\r\n")
}

/// RFC 9110 §6.6.1.
#[test]
fn each_has_a_date() {
    let server = TestServer::start();
    for path in ["/", "/nothing", "/unknown"] {
        let answer = server.ask(ask("GET", path, "1.1"));
        let date = answer.header("date").unwrap_or_default();
        assert!(date.len() == 29 && date.ends_with(" GMT"), "COMP-DATE-HEADER: {path}: {date}");
    }
    let refused = server.ask("GET / HTTP/1.1\r\nhost : a\r\n\r\n");
    assert!(refused.header("date").is_some(), "{refused:?}");
}

/// RFC 9110 §8.6, §15.3.5; RFC 9112 §6.1.
#[test]
fn what_has_no_body_says_no_length() {
    let server = TestServer::start();
    let answer = server.ask(ask("GET", "/nothing", "1.1"));
    assert_eq!(answer.status, 204);
    assert_eq!(
        (answer.header("content-length"), answer.header("transfer-encoding")),
        (None, None),
        "COMP-NO-CL-IN-204"
    );
}

/// RFC 9110 §9.3.2: the length of what GET would send, and nothing of it.
#[test]
fn head_has_no_body() {
    let server = TestServer::start();
    for (path, length) in [("/", Some("5")), ("/big", Some("67108864")), ("/unknown", None)] {
        let mut client = server.send(ask("HEAD", path, "1.1"));
        let answer = client.head();
        assert_eq!(answer.header("content-length"), length, "{path}");
        assert!(!client.read_more(), "COMP-HEAD-NO-BODY: {path}");
    }
}

/// RFC 9110 §15.5.6.
#[test]
fn a_method_that_is_not_allowed_says_which_are() {
    let server = TestServer::start();
    let answer = server.ask(ask("DELETE", "/", "1.1"));
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD")), "COMP-405-ALLOW");
}

/// RFC 9112 §6.1, §9.3: the first version knows no chunks, and ends with the answer.
#[test]
fn the_first_version_is_answered_as_it_reads() {
    let server = TestServer::start();
    let mut client = server.send("GET /events HTTP/1.0\r\n\r\n");
    let answer = client.head();
    assert_eq!((answer.header("transfer-encoding"), answer.header("content-length")), (None, None));
    assert!(client.read_until(b"data: 0\n\n").is_some());
    let answer = server.ask("GET / HTTP/1.0\r\n\r\n");
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
}

/// RFC 9112 §9.6.
#[test]
fn who_wants_the_last_answer_is_told_that_it_is() {
    let server = TestServer::start();
    assert_eq!(server.ask(ask("GET", "/", "1.1")).header("connection"), Some("close"));
    let refused = server.ask("GET / HTTP/1.1\r\nhost : a\r\n\r\n");
    assert_eq!((refused.status, refused.header("connection")), (400, Some("close")));
}
