//! What becomes of work whose client goes, or that panics.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::support::{TestServer, wait_until};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[test]
fn a_client_that_goes_takes_its_work_with_it() {
    let server = TestServer::start();
    let client = server.send("GET /sleep/60000 HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it has begun", || server.begun.load(Ordering::SeqCst) == 1);
    drop(client);
    wait_until("it was given up", || server.cancelled.load(Ordering::SeqCst) == 1);
    wait_until("nothing is left of it", || (server.open(), server.in_flight()) == (0, 0));
}

/// RFC 9112 §9.6.
#[test]
fn a_client_that_closes_its_half_is_answered() {
    let server = TestServer::start();
    for path in ["/", "/sleep/300"] {
        let mut client = server.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        client.close_half();
        assert_eq!(client.answer().status, 200, "{path}");
        assert!(client.closes_within(Duration::from_secs(1)), "{path}");
    }
    // The end may come before whoever reads the body has seen all of it.
    for body in ["content-length: 4\r\n\r\nabcd", "transfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"].repeat(50)
    {
        let mut client = server.send(format!("POST /echo HTTP/1.1\r\nhost: a\r\n{body}"));
        client.close_half();
        assert_eq!(client.answer().body, "abcd");
    }
    let client = server.send("GET /sleep/60000 HTTP/1.1\r\nhost: a\r\n\r\n");
    client.close_half();
    wait_until("long work is given up", || server.cancelled.load(Ordering::SeqCst) == 1);
}

#[test]
fn a_panic_is_a_500_and_the_connection_lives_on() {
    let server = TestServer::start();
    let mut client = server.send("GET /panic HTTP/1.1\r\nhost: a\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.status, answer.body.as_str()), (500, ""));
    client.send(GET);
    assert_eq!(client.answer().body, "hello");
}

#[test]
fn requests_in_one_packet_are_answered_in_their_order() {
    let server = TestServer::start();
    let slow = "GET /sleep/200 HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = server.send([slow, GET, slow, GET].concat());
    let bodies: Vec<String> = (0..4).map(|_| client.answer().body).collect();
    assert_eq!(bodies, ["slept", "hello", "slept", "hello"]);
}

#[test]
fn a_request_knows_its_peer() {
    let server = TestServer::start();
    assert_eq!(server.ask("GET /peer HTTP/1.1\r\nhost: a\r\n\r\n").body, "Some(127.0.0.1)");
}
