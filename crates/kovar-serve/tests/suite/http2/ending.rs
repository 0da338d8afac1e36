//! The end of a server that has connections of HTTP/2 (RFC 9113 §6.8).

use std::time::Duration;

use super::super::support::{TestServer, wait_until};
use super::frames::*;

#[test]
fn what_is_in_flight_is_finished() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send(get(1, "/sleep/700"));
    wait_until("it is in flight", || server.in_flight() == 1);
    server.begin_drain();
    let goaway = client.find("the first word", |frame| frame.kind == GOAWAY);
    assert_eq!(goaway.error(), NO_ERROR);
    assert_eq!(goaway.payload[..4], [0x7f, 0xff, 0xff, 0xff], "what is under way is still taken");
    let ping = client.find("a ping", |frame| frame.kind == PING);
    client.send(get(3, "/"));
    assert_eq!(client.status(3), 200, "it did not know yet");
    client.send(frame(PING, ACK, 0, ping.payload));
    let goaway = client.find("the last word", |frame| frame.kind == GOAWAY);
    assert_eq!((goaway.error(), &goaway.payload[..4]), (NO_ERROR, &[0, 0, 0, 3][..]));
    client.send(get(5, "/sleep/60000"));
    assert_eq!(client.status(1), 200);
    assert_eq!(client.goodbye(), None);
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn an_idle_connection_ends() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send(get(1, "/"));
    assert_eq!(client.status(1), 200);
    server.begin_drain();
    assert_eq!(client.find("goaway", |frame| frame.kind == GOAWAY).error(), NO_ERROR);
    drop(client);
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn a_stream_of_events_ends_between_two_of_them() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send(get(1, "/events"));
    client.find("an event", |frame| frame.kind == DATA && !frame.payload.is_empty());
    server.begin_drain();
    let end = client.find("the end", |frame| frame.stream == 1 && frame.ends_stream());
    assert_eq!(end.kind, DATA, "it was not cut off");
    drop(client);
    assert!(server.join() < Duration::from_secs(2));
}
