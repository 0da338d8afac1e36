//! One request and its response over a fresh connection, with a limit on the time of the whole.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// No honest answer here is longer.
const RESPONSE_LIMIT_BYTES: usize = 4 << 20;

/// A loopback port that nobody has. Between here and a server's bind another could take it; on a CI machine none does.
///
/// # Errors
/// When there is none.
pub(crate) fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map_err(|error| format!("Could not find a free port: {error}"))
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The app closed the connection without an answer.
    HungUp,
    TookTooLong(Duration),
    Unreadable(String),
}

/// Sends `request` and reads the response to its end.
///
/// # Errors
/// When there is no complete response within `limit`.
pub(crate) fn exchange(address: SocketAddr, request: &[u8], limit: Duration) -> Result<Response, Failure> {
    let started = Instant::now();
    let stream = TcpStream::connect_timeout(&address, limit).map_err(|error| unable(&error))?;
    let reader = stream.try_clone().map_err(|error| unable(&error))?;
    let bytes = std::thread::scope(|scope| {
        // Beside the reading: a server may answer, and stop reading, while a long request is still being written.
        scope.spawn(|| send(&stream, request, limit));
        receive(reader, started, limit)
    })?;
    Response::parse(&bytes, started.elapsed())
}

/// An error here is no failure: what counts is the answer.
fn send(mut stream: &TcpStream, request: &[u8], limit: Duration) {
    let _ = stream.set_write_timeout(Some(limit));
    let _ = stream.write_all(request);
}

fn receive(mut stream: TcpStream, started: Instant, limit: Duration) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while !is_complete(&bytes) {
        let left = limit.checked_sub(started.elapsed()).filter(|left| !left.is_zero());
        stream.set_read_timeout(Some(left.ok_or(Failure::TookTooLong(limit))?)).map_err(|error| unable(&error))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => bytes.extend(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Err(Failure::TookTooLong(limit));
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unable(&error)),
        }
        if bytes.len() > RESPONSE_LIMIT_BYTES {
            return Err(Failure::Unreadable(format!("more than {RESPONSE_LIMIT_BYTES} bytes")));
        }
    }
    // Frees the sender, which may still wait for a server that reads no more.
    let _ = stream.shutdown(std::net::Shutdown::Both);
    if bytes.is_empty() { Err(Failure::HungUp) } else { Ok(bytes) }
}

fn unable(error: &std::io::Error) -> Failure {
    Failure::Unreadable(error.to_string())
}

/// Whether the response has all of its body, as far as its head tells; without a length it ends with the connection.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let Some((head, body)) = split(bytes) else {
        return false;
    };
    match field(&head, "content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => body.len() >= length,
        None => field(&head, "transfer-encoding").is_some() && body.ends_with(b"0\r\n\r\n"),
    }
}

impl Response {
    /// Reads a whole HTTP/1.1 response.
    ///
    /// # Errors
    /// When it is not one.
    pub(crate) fn parse(bytes: &[u8], took: Duration) -> Result<Self, Failure> {
        let broken = || Failure::Unreadable(String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned());
        let (head, body) = split(bytes).ok_or_else(broken)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
        let chunked = field(&head, "transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let body = if chunked { without_chunks(body).ok_or_else(broken)? } else { body.to_owned() };
        Ok(Self { status, head, body, took })
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        field(&self.head, name)
    }

    /// The media type without its parameters, in lower case; empty when there is none.
    pub(crate) fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_lowercase()
    }
}

impl fmt::Display for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(500).collect();
        write!(formatter, "{} after {:?} with `{}`: {shown}", self.status, self.took, self.media_type())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HungUp => write!(formatter, "it hung up without an answer"),
            Self::TookTooLong(limit) => write!(formatter, "no complete answer within {limit:?}"),
            Self::Unreadable(what) => write!(formatter, "no readable answer: {what}"),
        }
    }
}

fn split(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[end + 4..]))
}

fn field<'head>(head: &'head str, name: &str) -> Option<&'head str> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn without_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let start = line + 2;
        body.extend(rest.get(start..start.checked_add(size)?)?);
        rest = rest.get(start + size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use super::{Failure, Response, exchange, is_complete};

    fn parsed(text: &str) -> Response {
        Response::parse(text.as_bytes(), Duration::ZERO).expect("it is a response")
    }

    #[test]
    fn a_response_is_read() {
        let response =
            parsed("HTTP/1.1 404 Not Found\r\nContent-Type: Application/Problem+JSON; charset=utf-8\r\n\r\n{}");
        assert_eq!(
            (response.status, response.media_type().as_str(), response.body.as_slice()),
            (404, "application/problem+json", &b"{}"[..])
        );
    }

    #[test]
    fn chunks_are_joined() {
        let response = parsed("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n");
        assert_eq!(response.body, b"abcd");
        let broken = Response::parse(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
            Duration::ZERO,
        );
        assert!(matches!(broken, Err(Failure::Unreadable(_))));
    }

    #[test]
    fn completeness_follows_the_head() {
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na"));
        assert!(is_complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab"));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\n\r\nab"));
    }

    /// A server that reads a little, answers with `answer` and hangs up.
    fn against(answer: &'static [u8]) -> Result<Response, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody connects");
            let _ = stream.read(&mut [0; 64]);
            let _ = stream.write_all(answer);
            stream
        });
        let outcome = exchange(address, b"GET / HTTP/1.1\r\n\r\n", Duration::from_millis(300));
        drop(server.join());
        outcome
    }

    #[test]
    fn silence_is_a_failure() {
        assert!(matches!(against(b""), Err(Failure::TookTooLong(_) | Failure::HungUp)));
    }

    #[test]
    fn an_answer_is_enough() {
        let response = against(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n").expect("it answered");
        assert_eq!(response.status, 204);
    }
}
