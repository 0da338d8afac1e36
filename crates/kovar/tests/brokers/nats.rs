//! What is NATS's own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::broker::{Broker, Kind, await_port};
use crate::nodes::{heard, insist};
use crate::support::Running;

/// A server that ends with the test.
struct Server(Child, u16);

impl Server {
    fn start(words: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut nats = Command::new("nats-server");
        nats.args(["-p", &port.to_string(), "-a", "127.0.0.1"]).args(words);
        Self(await_port(nats.stdout(Stdio::null()).stderr(Stdio::null()), port), port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// What a node logs of its broker, for a while in which somebody tries to say something.
async fn complaints(url: &str) -> Vec<String> {
    let (node, log) = Running::start_with_log(url);
    let reading = std::thread::spawn(move || log.collect::<Vec<String>>());
    let mut ada = node.open("/live/rooms/lamps?name=Ada").await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        ada.say("hello", 1).await;
        let answer = ada.frame_with("re").await;
        assert_eq!(answer["problem"]["status"], json!(503), "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(node);
    let log = reading.join().unwrap();
    log.into_iter().filter(|line| line.contains("NATS") || line.to_lowercase().contains("async_nats")).collect()
}

#[tokio::test]
async fn a_server_without_jetstream_is_named_once() {
    let server = Server::start(&[]);
    let said = complaints(&format!("nats://127.0.0.1:{}", server.1)).await;
    assert!(said.len() == 1 && said[0].contains("JetStream"), "{said:#?}");
}

#[tokio::test]
async fn wrong_credentials_are_named_once_and_without_the_password() {
    let server = Server::start(&["--user", "kovar", "--pass", "right"]);
    let said = complaints(&format!("nats://kovar:wrong-secret@127.0.0.1:{}", server.1)).await;
    assert!(said.len() == 1 && said[0].contains("authorization"), "{said:#?}");
    assert!(!said[0].contains("wrong-secret"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_once() {
    let said = complaints("nats://kovar:secret@127.0.0.1:9").await;
    assert!(said.len() == 1 && said[0].contains("cannot be reached") && !said[0].contains("secret"), "{said:#?}");
}

#[tokio::test]
async fn a_message_that_nats_does_not_take_is_refused_and_the_next_is_taken() {
    let broker = Broker::start(Kind::Nats);
    let node = broker.node();
    let mut ada = node.open("/live/rooms/lamps?name=Ada").await;
    ada.say(&"x".repeat(1_100_000), 1).await;
    let answer = ada.frame_with("re").await;
    assert_eq!(answer["problem"]["status"], json!(422), "{answer}");
    assert!(answer["problem"]["detail"].as_str().unwrap().contains("1048576"), "{answer}");
    insist(&mut ada, "short").await;
    assert_eq!(heard(&mut ada).await, (1, "short".to_owned()));
}

#[tokio::test]
async fn any_room_is_a_subject() {
    let broker = Broker::start(Kind::Nats);
    let (one, other) = (broker.node(), broker.node());
    for room in ["a.b", "a%20b", "*", "%3E", "%C3%BC", &"x".repeat(200)] {
        let mut ada = one.open(&format!("/live/rooms/{room}?name=Ada")).await;
        let mut bob = other.open(&format!("/live/rooms/{room}?name=Bob")).await;
        ada.frame_with("epoch").await;
        bob.frame_with("epoch").await;
        insist(&mut ada, room).await;
        assert_eq!(heard(&mut bob).await, (1, room.to_owned()));
    }
}
