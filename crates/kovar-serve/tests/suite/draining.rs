//! The end of a server.

use std::time::Duration;

use kovar_serve::Limits;

use super::support::{TestServer, short, wait_until};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[test]
fn what_is_in_flight_is_finished_and_then_closed() {
    let server = TestServer::start();
    let mut client = server.send("GET /sleep/700 HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it is in flight", || server.in_flight() == 1);
    server.begin_drain();
    let answer = client.answer();
    assert_eq!((answer.status, answer.body.as_str()), (200, "slept"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(client.closes_within(Duration::from_secs(1)));
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn an_idle_connection_is_closed_and_a_new_one_refused() {
    let server = TestServer::start();
    let mut client = server.send(GET);
    assert_eq!(client.answer().status, 200);
    server.begin_drain();
    assert!(client.closes_within(Duration::from_secs(2)));
    wait_until("nobody listens", || std::net::TcpStream::connect(server.address).is_err());
    assert!(server.join() < Duration::from_secs(2));
}

/// A request that is under way when the drain begins must not be lost.
#[test]
fn a_connection_in_use_is_answered_once_more() {
    let server = TestServer::start();
    let mut client = server.send(GET);
    assert_eq!(client.answer().status, 200);
    server.begin_drain();
    std::thread::sleep(Duration::from_millis(300));
    client.send(GET);
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
}

#[test]
fn events_end_between_two_of_them() {
    let server = TestServer::start();
    let mut client = server.send("GET /events HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it has begun", || server.open() == 1);
    std::thread::sleep(Duration::from_millis(200));
    server.begin_drain();
    let answer = client.answer();
    assert!(answer.body.ends_with("\n\n") && answer.body.starts_with("data: 0\n\n"), "{answer:?}");
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn what_does_not_end_is_cut_off() {
    let server = TestServer::with(Limits { drain_timeout: Some(Duration::from_millis(500)), ..short() });
    let mut client = server.send("GET /sleep/60000 HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it is in flight", || server.in_flight() == 1);
    server.begin_drain();
    assert!(server.join() < Duration::from_secs(2));
    assert!(client.try_answer().is_none());
}
