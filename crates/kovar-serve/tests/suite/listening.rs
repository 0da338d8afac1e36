//! Where servers listen, and how connections are spread.

use std::io::{Read as _, Write as _};
use std::num::NonZeroUsize;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use kovar_serve::{Address, Limits, Runtime, Server};

use super::support::{Client, TestServer, short, wait_until};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const KEEP: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[test]
fn a_unix_socket_is_served_and_a_left_over_replaced() {
    let path = std::env::temp_dir().join(format!("kovar-serve-{}.sock", std::process::id()));
    let address = Address::Unix(path.clone());
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let router = Router::new().route("/", get(async || "hello"));
    let server = Server::bind(std::slice::from_ref(&address), Runtime::PerCore, NonZeroUsize::new(2).unwrap()).unwrap();
    assert_eq!(server.addresses(), std::slice::from_ref(&address));
    let running = server.serve(router).unwrap();
    for _ in 0..4 {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.write_all(GET.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("hello"), "{answer}");
    }
    let error = Server::bind(&[address], Runtime::PerCore, NonZeroUsize::MIN).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse, "one that is listened at stays");
    running.drain();
    running.join();
    std::fs::remove_file(path).unwrap();
}

/// Those that a worker has, by what it counts while each is opened.
fn opened_by_worker(server: &TestServer, count: usize) -> [Vec<Client>; 2] {
    let mut clients = [Vec::new(), Vec::new()];
    for _ in 0..count {
        let before = server.stats()[0].open();
        let mut client = server.send(KEEP);
        assert_eq!(client.answer().status, 200);
        clients[usize::from(server.stats()[0].open() == before)].push(client);
    }
    clients
}

#[test]
fn workers_with_clearly_more_connections_hand_over() {
    let limits = Limits { keep_alive_timeout: None, ..short() };
    let server = TestServer::of(limits, Runtime::PerCore, 2);
    let [first, second] = opened_by_worker(&server, 60);
    drop(second);
    wait_until("the second worker has none", || server.stats()[1].open() == 0);
    let handed_over = server.stats()[0].handed_over();
    // The kernel gives the first worker about half of these, and it has clearly more already.
    let _more = opened_by_worker(&server, 15);
    assert!(server.stats()[0].handed_over() > handed_over, "none was handed over");
    assert_eq!(server.stats()[0].open(), first.len(), "the first worker takes no more");
}

#[test]
fn the_shared_runtime_serves_the_same() {
    let server = TestServer::of(short(), Runtime::Shared, 2);
    let mut clients: Vec<Client> = (0..50).map(|_| server.send(KEEP)).collect();
    for client in &mut clients {
        assert_eq!(client.answer().body, "hello");
    }
    drop(clients);
    wait_until("all are closed", || server.open() == 0);
    server.begin_drain();
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn ticks_say_how_late_they_are() {
    let server = TestServer::start();
    let stats = &server.stats()[0];
    assert_eq!(server.ask(GET).status, 200);
    assert_eq!((stats.requests(), stats.accepted()), (1, 1));
    stats.take_worst_lag();
    let mut client = server.send("GET /block/600 HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("the worker is silent", || stats.silent_for() > Duration::from_millis(300));
    assert_eq!(client.answer().body, "blocked");
    wait_until("it has ticked again", || stats.silent_for() < Duration::from_millis(300));
    assert!(stats.take_worst_lag() > Duration::from_millis(300));
}
