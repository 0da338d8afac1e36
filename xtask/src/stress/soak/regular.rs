//! Clients that do as they should, whatever they ask for: each request has one right answer.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use socket2::{Domain, Socket, Type};

use super::{RunsUntilClosed, Shop};
use crate::exchange::{Response, is_complete};
use crate::stress::client::{Client, get, post};

pub(super) const ALL: &[RunsUntilClosed] = &[asks, asks, asks, fails, reads_slowly];

/// Between two requests. A connection that is idle for a second may be closed by a process that ends.
const PAUSE: Duration = Duration::from_millis(2);

/// How a slow reader reads 256 KiB: in about two seconds, which is less than the server allows.
const SIP_BYTES: usize = 2 * 1024;
const SIP_PAUSE: Duration = Duration::from_millis(15);
const LARGE_BYTES: usize = 256 * 1024;

/// Requests that are answered with what was asked for, and some that are refused.
fn asks(shop: &Shop) {
    let mut client = Client::of(shop.address);
    for number in (0_u64..).take_while(|_| shop.is_open()) {
        expect(shop, &mut client, "number", 200, &get(&format!("/numbers/{number}")), |said| said["number"] == number);
        let item = format!(r#"{{"name":"Tea {number}","stock":{number}}}"#);
        expect(shop, &mut client, "create_item", 201, &post("/items", &item), |said| {
            said["stock"] == number && said["name"] == format!("Tea {number}")
        });
        let broken = format!(r#"{{"name":"","stock":-{}}}"#, number + 1);
        expect(shop, &mut client, "create_item", 422, &post("/items", &broken), is_problem);
        let path = format!("/unhurried/{number}");
        if number % 20 == 0 {
            expect(shop, &mut client, "unhurried", 200, &get(&path), |said| said["number"] == number);
        }
        thread::sleep(PAUSE);
    }
}

/// Requests that end in a panic or miss their deadline, and one in between that does not.
fn fails(shop: &Shop) {
    let mut client = Client::of(shop.address);
    for number in (0_u64..).take_while(|_| shop.is_open()) {
        expect(shop, &mut client, "panics", 500, &get("/panics"), is_problem);
        expect(shop, &mut client, "late", 503, &get("/late"), is_problem);
        expect(shop, &mut client, "number", 200, &get(&format!("/numbers/{number}")), |said| said["number"] == number);
    }
}

/// A large answer, as it comes over a thin line.
fn reads_slowly(shop: &Shop) {
    while shop.is_open() {
        let read = sip(shop)
            .map_err(|error| error.to_string())
            .and_then(|bytes| Response::parse(&bytes, Duration::ZERO).map_err(|failure| failure.to_string()));
        match read {
            Ok(answer) if answer.status == 200 && answer.body.len() == LARGE_BYTES => shop.answered("large", 200),
            Ok(answer) => shop.failed("a slow reader", &format!("{} bytes, {}", answer.body.len(), answer.status)),
            Err(why) => shop.failed("a slow reader", &why),
        }
    }
}

fn sip(shop: &Shop) -> std::io::Result<Vec<u8>> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_tcp_mss(1400)?;
    socket.set_recv_buffer_size(8 * 1024)?;
    socket.connect(&shop.address.into())?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(&get("/large"))?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; SIP_BYTES]);
    while !is_complete(&bytes) {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => bytes.extend(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        thread::sleep(SIP_PAUSE);
    }
    Ok(bytes)
}

fn expect(
    shop: &Shop,
    client: &mut Client,
    operation: &str,
    status: u16,
    request: &[u8],
    is_right: impl FnOnce(&Value) -> bool,
) {
    match client.ask(request) {
        Ok(answer) => {
            shop.answered(operation, answer.status);
            let said = serde_json::from_slice(&answer.body).unwrap_or_default();
            if answer.status != status || !is_right(&said) {
                shop.failed(operation, &answer.to_string());
            }
        }
        Err(why) => shop.failed(operation, &why),
    }
}

fn is_problem(said: &Value) -> bool {
    said["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/"))
}
