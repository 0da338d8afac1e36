//! Messages of HTTP/1 that two readers could see differently, from RFC 9110 and RFC 9112. Names in capitals are those
//! of `Http11Probe`.

mod answers;
mod chunks;
mod framing;
mod heads;
mod sequences;

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::support::TestServer;

/// What becomes of bytes with a request behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Refused and closed. Nothing that follows is read as a request.
    Refused(u16),
    /// Answered and closed. Nothing that follows is read as a request.
    Closed(u16),
    /// Answered as one request, and what follows as another.
    Answered(u16),
}

use Expected::{Answered, Closed, Refused};

/// What follows: a request whose handler is counted.
const FOLLOWING: &str = "GET /sleep/1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// Sends each of the cases, and says which end otherwise.
fn check<B: AsRef<[u8]>>(cases: impl IntoIterator<Item = (&'static str, B, Expected)>) {
    let server = TestServer::start();
    let wrong: Vec<String> = cases
        .into_iter()
        .filter_map(|(name, bytes, expected)| {
            let found = send(&server, bytes.as_ref());
            (found != Some(expected)).then(|| format!("{name}: {expected:?} expected, {found:?} found"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `None` when there is no answer, or one too many.
fn send(server: &TestServer, bytes: &[u8]) -> Option<Expected> {
    let begun = server.begun.load(SeqCst);
    let mut client = server.send([bytes, FOLLOWING.as_bytes()].concat());
    client.close_half();
    let first = client.try_answer()?.status;
    let second = client.try_answer().map(|answer| answer.status);
    let is_closed = client.closes_within(Duration::from_secs(3));
    match (second, server.begun.load(SeqCst) - begun) {
        _ if !is_closed => None,
        (Some(200), 1) => Some(Answered(first)),
        (None, 0) if first >= 400 => Some(Refused(first)),
        (None, 0) => Some(Closed(first)),
        _ => None,
    }
}

fn get(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n")
}

fn post(fields: &str, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: a\r\n{fields}\r\n{body}")
}
