//! Clients that do as they should not: each on a connection of its own, again and again.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use super::{RunsUntilClosed, Shop};
use crate::exchange::Response;
use crate::stress::client::{get, post};

pub(super) const ALL: &[RunsUntilClosed] = &[sends_half_a_head, closes_its_half, goes_away, goes_away, does_not_read];

const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// Between two faults, so that the rest is heard, too.
const PAUSE: Duration = Duration::from_millis(20);

/// A head that stops is answered with a 408, and the connection closed.
fn sends_half_a_head(shop: &Shop) {
    while shop.is_open() {
        match last_words(shop, b"GET /numbers/1 HTTP/1.1\r\nhost:", false) {
            Ok(answer) if answer.status == 408 => {}
            Ok(answer) => shop.failed("half a head", &answer.to_string()),
            Err(why) => shop.failed("half a head", &why),
        }
    }
}

/// A client that closes its half after a whole request is answered (RFC 9112 §9.6).
fn closes_its_half(shop: &Shop) {
    while shop.is_open() {
        match last_words(shop, &get("/unhurried/7"), true) {
            Ok(answer) => {
                shop.answered("unhurried", answer.status);
                if answer.status != 200 || answer.body != br#"{"number":7}"# {
                    shop.failed("a client that has closed its half", &answer.to_string());
                }
            }
            Err(why) => shop.failed("a client that has closed its half", &why),
        }
        thread::sleep(PAUSE);
    }
}

/// Gone in a head, in a body, and before the answer.
fn goes_away(shop: &Shop) {
    let request = post("/abandoned", r#"{"name":"Tea","stock":1}"#);
    for cut in [10, request.len() - 5, request.len()].into_iter().cycle().take_while(|_| shop.is_open()) {
        if let Err(why) = begin(shop, &request[..cut]) {
            shop.failed("a client that goes away", &why);
        }
        thread::sleep(PAUSE);
    }
}

/// An answer that nobody takes; after a while the client is gone.
fn does_not_read(shop: &Shop) {
    while shop.is_open() {
        let all: Result<Vec<_>, _> = (0..5).map(|_| begin(shop, &get("/unread").repeat(20))).collect();
        if let Err(why) = all {
            shop.failed("a client that does not read", &why);
        }
        thread::sleep(Duration::from_secs(1));
    }
}

fn begin(shop: &Shop, bytes: &[u8]) -> Result<TcpStream, String> {
    let begun = TcpStream::connect_timeout(&shop.address, ANSWER_LIMIT).and_then(|mut stream| {
        stream.write_all(bytes)?;
        Ok(stream)
    });
    begun.map_err(|error| format!("not begun: {error}"))
}

/// What comes until the server closes.
fn last_words(shop: &Shop, bytes: &[u8], closes_half: bool) -> Result<Response, String> {
    let mut stream = begin(shop, bytes)?;
    let mut answer = Vec::new();
    let half = if closes_half { stream.shutdown(Shutdown::Write) } else { Ok(()) };
    let read =
        half.and_then(|()| stream.set_read_timeout(Some(ANSWER_LIMIT))).and_then(|()| stream.read_to_end(&mut answer));
    read.map_err(|error| format!("{error} after {} bytes", answer.len()))?;
    Response::parse(&answer, Duration::ZERO).map_err(|failure| failure.to_string())
}
