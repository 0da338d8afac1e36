//! Several requests on one connection (RFC 9112 §9.3.2), and bodies between them that nobody reads.

use std::sync::atomic::Ordering::SeqCst;

use super::super::support::TestServer;
use super::{Answered, check, get, post};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

/// RFC 9112 §9.3.2: in their order.
#[test]
fn many_at_once() {
    let server = TestServer::start();
    let requests: String = (0..200).map(|index| format!("GET /host HTTP/1.1\r\nhost: h{index}\r\n\r\n")).collect();
    let mut client = server.send(requests);
    for index in 0..200 {
        assert_eq!(client.answer().body, format!("h{index}"));
    }
}

/// RFC 9112 §9.3: what is left unread is read as what it is, or the connection ends.
#[test]
fn a_request_behind_a_body_that_nobody_reads() {
    let server = TestServer::start();
    let inner = "GET /sleep/1 HTTP/1.1\r\nhost: a\r\n\r\n";
    for copies in [1, 100, 20_000] {
        let body = inner.repeat(copies);
        for (fields, body) in [
            (format!("content-length: {}\r\n", body.len()), body.clone()),
            ("transfer-encoding: chunked\r\n".to_owned(), format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())),
        ] {
            let mut client = server.connect();
            let mut stream = client.stream.try_clone().unwrap();
            let bytes = format!("POST /ignore HTTP/1.1\r\nhost: a\r\n{fields}\r\n{body}{GET}");
            // It may be more than fits while nobody reads.
            let sending = std::thread::spawn(move || _ = std::io::Write::write_all(&mut stream, bytes.as_bytes()));
            assert_eq!(client.answer().status, 413);
            client.close_half();
            if let Some(second) = client.try_answer() {
                assert_eq!(second.body, "hello", "{copies} of {fields}: the body was taken for a request");
            }
            sending.join().unwrap();
        }
    }
    assert_eq!(server.begun.load(SeqCst), 0, "the body was taken for a request");
}

/// RFC 9110 §10.1.1.
#[test]
fn expectations() {
    let server = TestServer::start();
    let expecting = |path: &str, fields: &str, body: &str| {
        format!("POST {path} HTTP/1.1\r\nhost: a\r\nexpect: {fields}\r\n\r\n{body}")
    };
    let mut client = server.send(expecting("/echo", "100-continue\r\ncontent-length: 2", ""));
    assert_eq!(client.answer().status, 100);
    client.send(format!("hi{GET}"));
    assert_eq!((client.answer().body, client.answer().body), ("hi".to_owned(), "hello".to_owned()));

    let mut client = server.send(expecting("/ignore", "100-continue\r\ncontent-length: 2", ""));
    assert_eq!(client.answer().status, 413, "nobody reads it, so it is not asked for");
    client.send(format!("hi{GET}"));
    assert!(client.try_answer().is_none_or(|answer| answer.body == "hello"), "SMUG-EXPECT-100-CL");

    let first = "POST /echo HTTP/1.0\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nhi";
    assert_eq!(server.ask(first).status, 200, "the first version knows no 100");
    // One may be refused with a 417, or ignored.
    check([("unknown", expecting("/echo", "x\r\ncontent-length: 2", "hi"), Answered(200))]);
}

/// RFC 9110 §7.8; RFC 9113 §3.1: what is not switched to is not spoken.
#[test]
fn an_upgrade_that_nobody_takes() {
    let upgrade = |to: &str| format!("connection: upgrade\r\nupgrade: {to}\r\n");
    check([
        ("SMUG-UPGRADE-WITHOUT-101", get(&upgrade("websocket")), Answered(200)),
        ("COMP-UPGRADE-H2C", get(&format!("{}http2-settings: AAMAAABk\r\n", upgrade("h2c"))), Answered(200)),
        ("with a body", post(&format!("{}content-length: 2\r\n", upgrade("x")), "hi"), Answered(200)),
    ]);
}

/// RFC 9112 §9.6: after this answer nothing is read.
#[test]
fn a_request_after_the_last() {
    let server = TestServer::start();
    for last in ["GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"] {
        let mut client = server.send(format!("{last}GET /sleep/1 HTTP/1.1\r\nhost: a\r\n\r\n"));
        assert_eq!(client.answer().status, 200);
        assert!(client.try_answer().is_none(), "{last:?}");
    }
    assert_eq!(server.begun.load(SeqCst), 0);
    let mut kept = server.send(format!("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n{GET}"));
    assert_eq!((kept.answer().status, kept.answer().status), (200, 200), "it may ask for more (§9.3)");
}
