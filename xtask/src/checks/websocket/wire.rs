//! A socket on which WebSocket is spoken, frame by frame.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::frame::{self, Received};
use crate::exchange::Response;

/// How long the opening, and anything that is written, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The key of RFC 6455 §1.3, and what answers it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// How much is read at a time.
const CHUNK: usize = 256 * 1024;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    /// What has come, from `start` on not looked at.
    came: Vec<u8>,
    start: usize,
    chunk: Box<[u8]>,
}

/// What comes when one waits.
#[derive(Debug)]
pub(super) enum Came {
    Frame(Received),
    Nothing,
    /// The server has hung up.
    End,
}

enum Filled {
    Some,
    Nothing,
    End,
}

impl Wire {
    /// Opens a channel, and returns which extensions the server takes of those that are offered.
    ///
    /// # Errors
    /// When the server does not answer as RFC 6455 §4.2.2 says.
    pub(super) fn open(address: SocketAddr, path: &str, offer: &str) -> Result<(Self, Option<String>), String> {
        let mut wire = Self::connect(address).map_err(|error| format!("No connection: {error}"))?;
        let extensions =
            if offer.is_empty() { String::new() } else { format!("Sec-WebSocket-Extensions: {offer}\r\n") };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{extensions}\r\n"
        );
        wire.send(request.as_bytes()).map_err(|error| format!("No handshake was sent: {error}"))?;
        let answer = wire.head()?;
        let is = |name: &str, value: &str| answer.header(name).is_some_and(|field| field.eq_ignore_ascii_case(value));
        let is_met = is("upgrade", "websocket") && is("connection", "upgrade");
        if answer.status != 101 || !is_met || answer.header("sec-websocket-accept") != Some(ACCEPT) {
            return Err(format!("The handshake was not met: {answer}"));
        }
        let agreed = answer.header("sec-websocket-extensions").map(str::to_owned);
        Ok((wire, agreed))
    }

    fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        // What is written in pieces shall come in pieces.
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, came: Vec::new(), start: 0, chunk: vec![0; CHUNK].into() })
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// The next frame, if one comes in time.
    ///
    /// # Errors
    /// When what comes is no frame of a server.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Came, String> {
        loop {
            if let Some((frame, length)) = frame::read(&self.came[self.start..])? {
                self.start += length;
                return Ok(Came::Frame(frame));
            }
            match self.fill(deadline) {
                Filled::Some => {}
                Filled::Nothing => return Ok(Came::Nothing),
                Filled::End => return Ok(Came::End),
            }
        }
    }

    /// The head of the answer to the handshake. Frames may come right behind it.
    fn head(&mut self) -> Result<Response, String> {
        let (started, deadline) = (Instant::now(), Instant::now() + PATIENCE);
        loop {
            let end = self.came.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD);
            if let Some(end) = end {
                self.start = end + END_OF_HEAD.len();
                let head = Response::parse(&self.came[..self.start], started.elapsed());
                return head.map_err(|failure| failure.to_string());
            }
            match self.fill(deadline) {
                Filled::Some => {}
                Filled::Nothing => return Err(format!("The handshake had no answer within {PATIENCE:?}.")),
                Filled::End => return Err("It hung up instead of answering the handshake.".to_owned()),
            }
        }
    }

    fn fill(&mut self, deadline: Instant) -> Filled {
        self.came.drain(..self.start);
        self.start = 0;
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || self.stream.set_read_timeout(Some(left)).is_err() {
            return Filled::Nothing;
        }
        match self.stream.read(&mut self.chunk) {
            Ok(0) => Filled::End,
            Ok(count) => {
                self.came.extend_from_slice(&self.chunk[..count]);
                Filled::Some
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Filled::Nothing,
            Err(error) if error.kind() == ErrorKind::Interrupted => Filled::Some,
            // A server that hangs up while something is on the way to it resets the connection.
            Err(_) => Filled::End,
        }
    }
}
