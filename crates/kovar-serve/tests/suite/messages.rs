//! Messages whose framing two readers could see differently, from RFC 9110 and RFC 9112.

use std::time::Duration;

use super::support::TestServer;

/// What becomes of bytes that are no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// A 400, then closed.
    Refused,
    /// Answered, then closed: nothing that follows is read as a request.
    Closed,
    /// Answered as one request.
    Answered(u16),
}

use Expected::{Answered, Closed, Refused};

/// Sends bytes and a request after them, which must not be answered unless the first is.
fn check(name: &str, bytes: &str, expected: Expected) {
    let server = TestServer::start();
    let mut client = server.send(bytes);
    client.close_half();
    let first = client.try_answer();
    match expected {
        Refused => {
            let status = first.map(|answer| answer.status);
            assert!(matches!(status, Some(400 | 431 | 414 | 501) | None), "{name}: {status:?}");
            assert!(client.closes_within(Duration::from_secs(3)), "{name}: still open");
        }
        Closed => {
            assert!(first.is_some(), "{name}: no answer");
            assert!(client.try_answer().is_none(), "{name}: two answers");
        }
        Answered(status) => assert_eq!(first.map(|answer| answer.status), Some(status), "{name}"),
    }
}

fn post(fields: &str, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: a\r\n{fields}\r\n{body}")
}

const SMUGGLED: &str = "GET /sleep/1 HTTP/1.1\r\nhost: a\r\n\r\n";

/// RFC 9112 §6.3, rule 3 and 5; §6.1.
#[test]
fn lengths_that_disagree() {
    let both = post("content-length: 4\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n");
    check("length and coding: closed after", &format!("{both}{SMUGGLED}"), Closed);
    let both = post("transfer-encoding: chunked\r\ncontent-length: 4\r\n", "0\r\n\r\n");
    check("coding and length: closed after", &format!("{both}{SMUGGLED}"), Closed);
    for (name, fields) in [
        ("two lengths", "content-length: 4\r\ncontent-length: 5\r\n"),
        ("a list of lengths", "content-length: 4, 5\r\n"),
        ("a sign", "content-length: +4\r\n"),
        ("negative", "content-length: -4\r\n"),
        ("hexadecimal", "content-length: 0x4\r\n"),
        ("an underscore", "content-length: 1_0\r\n"),
        ("a fraction", "content-length: 4.0\r\n"),
        ("empty", "content-length:\r\n"),
        ("too large", "content-length: 99999999999999999999\r\n"),
        ("space inside", "content-length: 4 4\r\n"),
        ("space before the colon", "content-length : 4\r\n"),
        ("not last", "transfer-encoding: chunked, identity\r\n"),
        ("unknown", "transfer-encoding: xchunked\r\n"),
        ("a line end in a value", "transfer-encoding:\r\n chunked\r\n"),
        ("a vertical tab", "transfer-encoding: \u{b}chunked\r\n"),
        ("quoted", "transfer-encoding: \"chunked\"\r\n"),
        ("with a space before its colon", "transfer-encoding : chunked\r\n"),
    ] {
        check(name, &format!("{}{SMUGGLED}", post(fields, "abcd")), Refused);
    }
}

/// RFC 9112 §6.1: of HTTP/1.0 such framing is faulty.
#[test]
fn codings_of_the_first_version() {
    let head = "POST /echo HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    check("chunked in 1.0", &format!("{head}{SMUGGLED}"), Refused);
}

/// RFC 9112 §7.1.
#[test]
fn chunks() {
    let chunked = |body: &str| post("transfer-encoding: chunked\r\n", body);
    check("well-formed", &chunked("4\r\nabcd\r\n0\r\n\r\n"), Answered(200));
    check("with an extension", &chunked("4;a=b\r\nabcd\r\n0\r\n\r\n"), Answered(200));
    check("with trailers", &chunked("4\r\nabcd\r\n0\r\nx: y\r\n\r\n"), Answered(200));
    for (name, body) in [
        ("a prefix", "0x4\r\nabcd\r\n0\r\n\r\n"),
        ("a sign", "+4\r\nabcd\r\n0\r\n\r\n"),
        ("negative", "-4\r\nabcd\r\n0\r\n\r\n"),
        ("an underscore", "1_0\r\nabcd\r\n0\r\n\r\n"),
        ("no size", "\r\nabcd\r\n0\r\n\r\n"),
        ("too large", "FFFFFFFFFFFFFFFFF\r\nabcd\r\n0\r\n\r\n"),
        ("ended by a line feed", "4\nabcd\r\n0\r\n\r\n"),
        ("data longer than its size", "4\r\nabcdefgh\r\n0\r\n\r\n"),
        ("data not ended", "4\r\nabcd0\r\n\r\n"),
        ("a carriage return in an extension", "4;a\rb\r\nabcd\r\n0\r\n\r\n"),
        ("a line feed in an extension", "4;a\nb\r\nabcd\r\n0\r\n\r\n"),
    ] {
        let server = TestServer::start();
        let mut client = server.send(format!("{}{SMUGGLED}", chunked(body)));
        let first = client.try_answer();
        assert!(first.as_ref().is_none_or(|answer| answer.status >= 400), "{name}: {first:?}");
        assert!(client.try_answer().is_none(), "{name}: two answers");
    }
}

/// RFC 9112 §2.2, §5, §5.1, §5.2; RFC 9110 §5.5.
#[test]
fn lines_and_fields() {
    for (name, head) in [
        ("folded", "GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n b\r\n\r\n"),
        ("folded first", "GET / HTTP/1.1\r\n host: a\r\n\r\n"),
        ("space before the colon", "GET / HTTP/1.1\r\nhost: a\r\nx : a\r\n\r\n"),
        ("no colon", "GET / HTTP/1.1\r\nhost: a\r\nx\r\n\r\n"),
        ("no name", "GET / HTTP/1.1\r\nhost: a\r\n: x\r\n\r\n"),
        ("a null", "GET / HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n"),
        ("a bare carriage return", "GET / HTTP/1.1\r\nhost: a\r\nx: a\rb\r\n\r\n"),
        ("a null in the target", "GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("a space in the target", "GET /a b HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("no target", "GET  HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("no version", "GET /\r\nhost: a\r\n\r\n"),
        ("an unknown version", "GET / HTTP/1.9\r\nhost: a\r\n\r\n"),
        ("a version in lower case", "GET / http/1.1\r\nhost: a\r\n\r\n"),
        ("version 2", "GET / HTTP/2.0\r\nhost: a\r\n\r\n"),
        ("no method", " / HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("a method with a slash", "GE/T / HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}"),
    ] {
        check(name, head, Refused);
    }
    let many: String = (0..300).map(|index| format!("x-{index}: 1\r\n")).collect();
    check("300 fields", &format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n"), Refused);
    let long = "a".repeat(70_000);
    check("a long target", &format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"), Refused);
    let long = "a".repeat(200_000);
    check("a long field", &format!("GET / HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n"), Refused);
}

/// RFC 9110 §9.3.2, §8.6; RFC 9112 §2.2.
#[test]
fn what_is_allowed() {
    check("an empty line before", "\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", Answered(200));
    check("no space after the colon", "GET / HTTP/1.1\r\nhost:a\r\n\r\n", Answered(200));
    check("spaces around a value", "GET / HTTP/1.1\r\nhost: \t a \t\r\n\r\n", Answered(200));
    check("an absolute target", "GET http://a/ HTTP/1.1\r\nhost: a\r\n\r\n", Answered(200));
    check("an unknown method", "BREW / HTTP/1.1\r\nhost: a\r\n\r\n", Answered(405));
    check("a body on GET", "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc", Answered(200));
    check("the first version", "GET / HTTP/1.0\r\n\r\n", Answered(200));
}

/// What GET is sent as a body is no request of its own.
#[test]
fn an_unread_body_is_never_a_request() {
    let server = TestServer::start();
    let body = SMUGGLED;
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut client = server.send(format!("{head}{body}GET /host HTTP/1.1\r\nhost: end\r\n\r\n"));
    assert_eq!(client.answer().body, "hello");
    if let Some(second) = client.try_answer() {
        assert_eq!(second.body, "end", "the body was taken for a request");
    }
}
