//! Each limit, provoked.

use std::io::Write as _;
use std::time::Duration;

use kovar_serve::{Limits, Runtime};

use super::support::{TestServer, lifetime, short, wait_until};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

fn within(duration: Duration, least: u64, most: u64) {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap();
    assert!((least..=most).contains(&milliseconds), "{milliseconds} ms is not within {least} and {most}");
}

#[test]
fn a_connection_that_never_speaks_is_closed() {
    let server = TestServer::start();
    within(lifetime(&mut server.connect()), 450, 900);
    wait_until("it is forgotten", || server.open() == 0);
}

/// RFC 9110 §15.5.9.
#[test]
fn a_head_that_does_not_arrive_is_a_408() {
    let server = TestServer::start();
    let mut client = server.send("GET / HTTP/1.1\r\nhost:");
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    assert!(client.closes_within(Duration::from_secs(1)));
}

#[test]
fn a_head_that_drips_is_not_waited_for_longer() {
    let server = TestServer::start();
    let mut client = server.connect();
    let start = std::time::Instant::now();
    let mut stream = client.stream.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        for byte in GET.bytes().cycle() {
            if byte == b'\n' {
                continue;
            }
            if stream.write_all(&[byte]).is_err() || start.elapsed() > Duration::from_secs(5) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(client.answer().status, 408);
    within(start.elapsed(), 450, 1000);
    assert!(client.closes_within(Duration::from_secs(3)));
    dripping.join().unwrap();
}

/// Its clock is that of the last tick, which is as old as what has stuck.
#[test]
fn the_time_in_which_a_worker_was_stuck_is_not_held_against_clients() {
    let server = TestServer::of(short(), Runtime::PerCore, 1);
    let mut client = server.connect();
    let mut blocking = server.send("GET /block/1500 HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("the worker is stuck", || server.stats()[0].silent_for() > Duration::from_millis(200));
    let keep = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    client.send(keep);
    assert_eq!(client.answer().status, 200);
    assert!(!client.closes_within(Duration::from_millis(400)), "it was idle for less than it may");
    client.send(keep);
    assert_eq!(client.answer().status, 200);
    assert_eq!(blocking.answer().body, "blocked");
}

#[test]
fn a_second_head_has_its_own_time() {
    let server = TestServer::start();
    let mut client = server.connect();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(300));
        client.send(GET);
        assert_eq!(client.answer().status, 200, "idle for less than it may be");
    }
    client.send("GET");
    assert_eq!(client.answer().status, 408);
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let server = TestServer::start();
    let mut client = server.send(GET);
    assert_eq!(client.answer().status, 200);
    let start = std::time::Instant::now();
    assert!(client.try_answer().is_none());
    within(start.elapsed(), 850, 1400);
}

#[test]
fn a_body_that_stops_fails_to_be_read() {
    let server = TestServer::start();
    let start = std::time::Instant::now();
    let answer = server.ask("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx");
    assert_eq!(answer.status, 408, "{answer:?}");
    within(start.elapsed(), 450, 900);
}

#[test]
fn a_body_that_drips_fails_to_be_read() {
    let server = TestServer::start();
    let mut client = server.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n");
    let mut stream = client.stream.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        for _ in 0..100 {
            if stream.write_all(b"x").is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let start = std::time::Instant::now();
    assert_eq!(client.answer().status, 408);
    within(start.elapsed(), 450, 1000);
    drop(client);
    dripping.join().unwrap();
}

#[test]
fn a_client_that_takes_nothing_is_closed() {
    let server = TestServer::start();
    let client = server.send("GET /big HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it is being answered", || server.in_flight() == 1);
    let start = std::time::Instant::now();
    wait_until("it is given up", || server.open() == 0);
    within(start.elapsed(), 600, 1500);
    drop(client);
}

#[test]
fn a_client_that_reads_slowly_is_served() {
    let server = TestServer::start();
    let mut client = server.send("GET /big HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let mut seen = 0;
    for _ in 0..8 {
        std::thread::sleep(Duration::from_millis(250));
        let mut bytes = vec![0; 4 << 20];
        std::io::Read::read_exact(&mut client.stream, &mut bytes).unwrap();
        seen += bytes.len();
    }
    let rest = std::io::copy(&mut client.stream, &mut std::io::sink()).unwrap();
    assert!(seen as u64 + rest > 64 << 20);
}

/// RFC 9110 §15.6.4.
#[test]
fn past_the_limit_of_requests_a_503_comes_at_once() {
    let server = TestServer::with(Limits { in_flight: Some(2), ..short() });
    let slow = "GET /sleep/600 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let mut busy = [server.send(slow), server.send(slow)];
    wait_until("two are in flight", || server.in_flight() == 2);
    let start = std::time::Instant::now();
    let mut refused = server.send(GET);
    assert_eq!(refused.answer().status, 503);
    within(start.elapsed(), 0, 200);
    for client in &mut busy {
        assert_eq!(client.answer().status, 200);
    }
    refused.send(GET);
    assert_eq!(refused.answer().status, 200, "the connection lives on");
}

#[test]
fn a_body_that_is_waited_for_does_not_count_against_the_limit_of_requests() {
    let server = TestServer::with(Limits { in_flight: Some(1), ..short() });
    let post = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nx";
    let mut slow = [server.send(post), server.send(post), server.send(post)];
    wait_until("all are waited for", || server.stats()[0].requests() == 3 && server.in_flight() == 0);
    assert_eq!(server.ask(GET).status, 200);
    for client in &mut slow {
        client.send("y");
        assert_eq!(client.answer().body, "xy");
    }
    let mut busy = server.send("GET /sleep/400 HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it counts", || server.in_flight() == 1);
    assert_eq!(server.ask(GET).status, 503, "what was waited for is over");
    assert_eq!(busy.answer().status, 200);
}

/// What has come of a body takes memory, so that must be bounded.
#[test]
fn a_body_of_which_much_has_come_counts_against_the_limit_of_requests() {
    let server = TestServer::with(Limits { in_flight: Some(1), ..short() });
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 20001\r\n\r\n";
    let mut slow = server.send(format!("{head}{}", "x".repeat(20_000)));
    wait_until("much has come", || server.stats()[0].requests() == 1 && server.in_flight() == 1);
    wait_until("it counts", || server.ask(GET).status == 503);
    slow.send("y");
    assert_eq!(slow.answer().body.len(), 20_001);
    wait_until("its place is free", || server.ask(GET).status == 200);
}

#[test]
fn past_the_limit_of_connections_others_wait() {
    let server = TestServer::with(Limits { connections: Some(2), ..short() });
    let mut open = [server.send(GET), server.send(GET)];
    for client in &mut open {
        assert_eq!(client.answer().status, 200);
    }
    let mut third = server.send(GET);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.open(), 2);
    drop(open);
    assert_eq!(third.answer().status, 200);
}

#[test]
fn streams_do_not_count_against_the_limit_of_requests() {
    let server = TestServer::with(Limits { in_flight: Some(1), ..short() });
    let mut streaming = server.send("GET /events HTTP/1.1\r\nhost: a\r\n\r\n");
    streaming.read_until(b"data: 0").unwrap();
    assert_eq!(server.ask(GET).status, 200);
}

#[test]
fn a_limit_can_be_off() {
    let limits = Limits { head_timeout: None, keep_alive_timeout: None, ..short() };
    let server = TestServer::with(limits);
    let mut client = server.send("GET / HT");
    std::thread::sleep(Duration::from_millis(1200));
    client.send("TP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    std::thread::sleep(Duration::from_millis(1200));
    client.send(GET);
    assert_eq!(client.answer().status, 200);
}
