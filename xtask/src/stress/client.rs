//! A client that does as it should: it keeps its connection as long as the server does, and reads every answer.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::exchange::{Response, is_complete};

/// How long an answer may take; past it the request counts as lost.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// A client with a connection of its own.
#[derive(Debug)]
pub(super) struct Client {
    address: SocketAddr,
    connection: Option<TcpStream>,
}

impl Client {
    pub(super) fn of(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends a request and reads its answer. There is no second try: a request that is lost is lost.
    ///
    /// # Errors
    /// When there is not exactly one whole answer.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Response, String> {
        let started = Instant::now();
        let is_new = self.connection.is_none();
        let mut connection = self.connection.take().map_or_else(|| connect(self.address), Ok)?;
        let which = if is_new { "a new connection" } else { "a connection that was used before" };
        connection.write_all(request).map_err(|error| format!("not asked on {which}: {error}"))?;
        let bytes = read_answer(&mut connection).map_err(|why| format!("{why} on {which}"))?;
        let answer = Response::parse(&bytes, started.elapsed()).map_err(|failure| failure.to_string())?;
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        if length.is_some_and(|length: usize| answer.body.len() != length) {
            return Err(format!("more came than one answer: {answer}"));
        }
        let closes = answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        self.connection = (!closes).then_some(connection);
        Ok(answer)
    }
}

/// A GET request that leaves the connection open.
pub(super) fn get(path: &str) -> Vec<u8> {
    bodiless("GET", path)
}

/// A request without a body that leaves the connection open.
pub(super) fn bodiless(method: &str, path: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").into_bytes()
}

/// A POST request that leaves the connection open.
pub(super) fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let fields = format!("content-type: application/json\r\ncontent-length: {length}");
    format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{fields}\r\n\r\n{body}").into_bytes()
}

fn connect(address: SocketAddr) -> Result<TcpStream, String> {
    let connected = TcpStream::connect_timeout(&address, ANSWER_LIMIT).and_then(|stream| {
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    });
    connected.map_err(|error| format!("not connected: {error}"))
}

fn read_answer(connection: &mut TcpStream) -> Result<Vec<u8>, String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    while !is_complete(&bytes) {
        match connection.read(&mut buffer) {
            Ok(0) => return Err(format!("closed after {} bytes of an answer", bytes.len())),
            Ok(read) => bytes.extend(&buffer[..read]),
            // A read with a time limit is not taken up again when the machine was stopped for a moment (signal(7)).
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("broken after {} bytes of an answer: {error}", bytes.len())),
        }
    }
    Ok(bytes)
}
