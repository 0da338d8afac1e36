use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::{Crowd, Heard, Newcomer, What};
use crate::bench::live::dialect::{Dialect, Role};
use crate::bench::live::frames::{PONG, TEXT, masked, plain};
use crate::bench::live::message::Message;

const LISTENER: Role = Role::Listener { topic: 0, is_kept: false };
const SUBSCRIBED: &[u8] = br#"{"subscribed":"t0"}"#;
const LIMIT: Duration = Duration::from_secs(20);

/// A server that answers one client's opening with a 101 and then does as it is told.
fn server(does: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("it asks");
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").expect("it listens");
        does(stream);
    });
    address
}

fn message(number: u64) -> Vec<u8> {
    plain(Message { number, sent_ns: 1 }.json().as_bytes())
}

/// What a listener hears of a server that sends these bytes in parts of so many.
fn heard(bytes: Vec<u8>, part: usize) -> Result<Vec<u64>, String> {
    let address = server(move |mut stream| {
        for part in bytes.chunks(part) {
            stream.write_all(part).expect("it listens");
            stream.flush().expect("it listens");
        }
        // Until the client is gone.
        let _ = stream.read(&mut [0; 64]);
    });
    let mut crowd = Crowd::new(address, Dialect::Plain)?;
    let mut heard = Vec::new();
    crowd.admit([Newcomer::new(LISTENER)], 1, LIMIT, &mut heard)?;
    while numbers(&heard).len() < 3 {
        crowd.hear(LIMIT, &mut heard)?;
    }
    assert!(matches!(heard[0].what, What::Ready { .. }));
    Ok(numbers(&heard))
}

fn numbers(heard: &[Heard]) -> Vec<u64> {
    let number = |heard: &Heard| match heard.what {
        What::Message(message) => Some(message.number),
        What::Ready { .. } => None,
    };
    heard.iter().filter_map(number).collect()
}

#[test]
fn frames_are_heard_however_they_come() {
    let bytes = [plain(SUBSCRIBED), message(1), message(2), message(3)].concat();
    for part in [1, 7, 50, 1000] {
        assert_eq!(heard(bytes.clone(), part), Ok(vec![1, 2, 3]), "in parts of {part}");
    }
}

#[test]
fn what_is_lost_or_twice_or_closed_ends_it() {
    let close = vec![0x88, 2, 0x0f, 0xa1];
    for (frames, told) in [
        ([message(1), message(3), message(4)], "message 3 came after message 1"),
        ([message(1), message(1), message(2)], "message 1 came after message 1"),
        ([message(1), message(2), close], "closed it with 4001"),
    ] {
        let problem = heard([plain(SUBSCRIBED), frames.concat()].concat(), 1000).expect_err(told);
        assert!(problem.contains(told), "{problem}");
    }
}

#[test]
fn a_ping_is_answered_and_what_is_said_arrives() {
    let address = server(|mut stream| {
        stream.write_all(&[0x89, 1, b'x']).expect("it listens");
        // In whichever order they come.
        let (pong, hello) = (masked(PONG, b"x"), masked(TEXT, b"hello"));
        let mut said = vec![0; pong.len() + hello.len()];
        stream.read_exact(&mut said).expect("it answers and speaks");
        assert!([[&*pong, &hello].concat(), [&*hello, &pong].concat()].contains(&said), "{said:?}");
        stream.write_all(&message(1)).expect("it listens");
        let _ = stream.read(&mut [0; 64]);
    });
    let mut crowd = Crowd::new(address, Dialect::Plain).expect("there is room");
    let mut heard = Vec::new();
    crowd.admit([Newcomer::new(Role::Echo)], 1, LIMIT, &mut heard).expect("it is let in");
    crowd.send(0, &masked(TEXT, b"hello")).expect("it is there");
    while numbers(&heard).is_empty() {
        crowd.hear(LIMIT, &mut heard).expect("it is there");
    }
    assert!(crowd.first_message().contains("Ada Lovelace"));
}

#[test]
fn who_is_refused_is_told_why() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.write_all(b"HTTP/1.1 503 Busy\r\n\r\n").expect("it listens");
        let _ = stream.read(&mut [0; 4096]);
    });
    let mut crowd = Crowd::new(address, Dialect::Plain).expect("there is room");
    let problem = crowd.admit([Newcomer::new(LISTENER)], 1, LIMIT, &mut Vec::new()).expect_err("it is refused");
    assert!(problem.contains("HTTP/1.1 503 Busy"), "{problem}");
}

#[test]
fn who_is_never_ready_is_not_waited_for() {
    let address = server(|mut stream| drop(stream.read(&mut [0; 64])));
    let mut crowd = Crowd::new(address, Dialect::Plain).expect("there is room");
    let limit = Duration::from_millis(200);
    let problem = crowd.admit([Newcomer::new(LISTENER)], 1, limit, &mut Vec::new()).expect_err("it is never ready");
    assert!(problem.contains("1 of 1 connections are not ready"), "{problem}");
}
