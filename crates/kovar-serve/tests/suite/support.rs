//! A server with short limits, and clients that say exactly what they are told.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use kovar_serve::{Address, Limits, Running, Runtime, Server, WorkerStats};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs until it is dropped.
pub(super) struct TestServer {
    pub(super) address: SocketAddr,
    running: Option<Running>,
    /// How many handlers were begun, ended, and were given up.
    pub(super) begun: Arc<AtomicUsize>,
    pub(super) cancelled: Arc<AtomicUsize>,
}

/// Limits that tests can wait for.
pub(super) fn short() -> Limits {
    Limits {
        head_timeout: Some(Duration::from_millis(500)),
        body_idle_timeout: Some(Duration::from_millis(500)),
        keep_alive_timeout: Some(Duration::from_millis(900)),
        write_stall_timeout: Some(Duration::from_millis(700)),
        handshake_timeout: Some(Duration::from_millis(500)),
        drain_timeout: Some(Duration::from_secs(3)),
        ..Limits::default()
    }
}

struct Cancelled(Arc<AtomicUsize>, bool);

impl Drop for Cancelled {
    fn drop(&mut self) {
        if !self.1 {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn router(begun: &Arc<AtomicUsize>, cancelled: &Arc<AtomicUsize>) -> Router {
    let (begun, cancelled) = (Arc::clone(begun), Arc::clone(cancelled));
    let sleep = async move |axum::extract::Path(milliseconds): axum::extract::Path<u64>| {
        begun.fetch_add(1, Ordering::SeqCst);
        let mut guard = Cancelled(Arc::clone(&cancelled), false);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        guard.1 = true;
        "slept"
    };
    let echo = async |body: Result<Bytes, axum::extract::rejection::BytesRejection>| match body {
        Ok(bytes) => bytes.into_response(),
        Err(rejection) => (axum::http::StatusCode::REQUEST_TIMEOUT, rejection.body_text()).into_response(),
    };
    let big = async || Body::from(vec![b'x'; 64 << 20]);
    let events = async || {
        let events = futures_util::stream::unfold(0, |count| async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, std::convert::Infallible>(format!("data: {count}\n\n")), count + 1))
        });
        ([("content-type", "text/event-stream")], Body::from_stream(events))
    };
    let host = async |headers: axum::http::HeaderMap| headers["host"].to_str().unwrap_or_default().to_owned();
    let peer = async |axum::Extension(peer): axum::Extension<kovar_serve::Peer>| format!("{:?}", peer.ip());
    let asker = async |axum::Extension(peer): axum::Extension<kovar_serve::Peer>| {
        let client = peer.client_ip().map_or("nobody".to_owned(), |client| client.to_string());
        format!("{client} {} {}", peer.scheme(), peer.forwarded_host().unwrap_or("-"))
    };
    let addresses = async |axum::Extension(peer): axum::Extension<kovar_serve::Peer>| {
        let ip = |address: Option<SocketAddr>| address.map_or("none".to_owned(), |address| address.ip().to_string());
        format!("{} by {}", ip(peer.address()), ip(peer.connection_address()))
    };
    // What no handler should do: the worker turns no more.
    let block = async |axum::extract::Path(milliseconds): axum::extract::Path<u64>| {
        std::thread::sleep(Duration::from_millis(milliseconds));
        "blocked"
    };
    let panic = async || -> &'static str { panic!("on purpose") };
    Router::new()
        .route("/", get(async || "hello"))
        .route("/nothing", get(async || axum::http::StatusCode::NO_CONTENT))
        .route("/host", get(host))
        .route("/peer", get(peer))
        .route("/asker", get(asker))
        .route("/addresses", get(addresses))
        .route("/echo", post(echo))
        .route("/ignore", post(async || (axum::http::StatusCode::PAYLOAD_TOO_LARGE, "no")))
        .route("/sleep/{milliseconds}", get(sleep))
        .route("/big", get(big))
        .route("/mebibyte", get(async || Body::from(vec![b'x'; 1 << 20])))
        .route("/events", get(events))
        .route("/panic", get(panic))
        .route("/block/{milliseconds}", get(block))
        .layer(axum::extract::DefaultBodyLimit::disable())
}

impl TestServer {
    pub(super) fn start() -> Self {
        Self::with(short())
    }

    pub(super) fn with(limits: Limits) -> Self {
        Self::of(limits, Runtime::PerCore, 1)
    }

    pub(super) fn of(limits: Limits, runtime: Runtime, workers: usize) -> Self {
        Self::set_up(runtime, workers, |server| server.limits(limits))
    }

    /// With short limits, and whatever is set.
    pub(super) fn set(set: impl FnOnce(Server) -> Server) -> Self {
        Self::set_up(Runtime::PerCore, 1, |server| set(server.limits(short())))
    }

    pub(super) fn set_up(runtime: Runtime, workers: usize, set: impl FnOnce(Server) -> Server) -> Self {
        let free = Address::Tcp(([127, 0, 0, 1], 0).into());
        let server = Server::bind(&[free], runtime, NonZeroUsize::new(workers).unwrap()).unwrap();
        let [Address::Tcp(address)] = server.addresses()[..] else { panic!("one address of TCP") };
        let (begun, cancelled) = (Arc::default(), Arc::default());
        let running = set(server).serve(router(&begun, &cancelled)).unwrap();
        Self { address, running: Some(running), begun, cancelled }
    }

    pub(super) fn stats(&self) -> &[Arc<WorkerStats>] {
        self.running.as_ref().unwrap().stats()
    }

    pub(super) fn connect(&self) -> Client {
        Client::new(TcpStream::connect(self.address).unwrap())
    }

    /// Sends bytes on a connection of their own.
    pub(super) fn send(&self, bytes: impl AsRef<[u8]>) -> Client {
        let mut client = self.connect();
        client.send(bytes);
        client
    }

    /// What is answered to a request that closes.
    pub(super) fn ask(&self, bytes: impl AsRef<[u8]>) -> Answer {
        self.send(bytes).answer()
    }

    pub(super) fn begin_drain(&self) {
        self.running.as_ref().unwrap().drain();
    }

    /// How long the server took to end.
    pub(super) fn join(mut self) -> Duration {
        let start = Instant::now();
        self.running.take().unwrap().join();
        start.elapsed()
    }

    pub(super) fn open(&self) -> usize {
        self.stats().iter().map(|stats| stats.open()).sum()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.stats().iter().map(|stats| stats.in_flight()).sum()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.drain();
        }
    }
}

/// One connection, or what is spoken through one.
pub(super) struct Client<S = TcpStream> {
    pub(super) stream: S,
    received: Vec<u8>,
}

/// One answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Client {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self::through(patient(stream))
    }

    pub(super) fn close_half(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Whether the server has closed, or does so within a time; what comes before is thrown away.
    pub(super) fn closes_within(&mut self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let mut bytes = [0; 65536];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.stream.set_read_timeout(Some(left)).unwrap();
            match self.stream.read(&mut bytes) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return true,
                Err(_) => return false,
            }
        }
    }
}

impl<S: Read + Write> Client<S> {
    pub(super) fn through(stream: S) -> Self {
        Self { stream, received: Vec::new() }
    }

    /// What cannot be sent any more is not sent: the server may have closed.
    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }

    /// One answer with a length, in chunks, or up to the end.
    pub(super) fn answer(&mut self) -> Answer {
        self.try_answer().expect("an answer")
    }

    /// An answer without its body.
    pub(super) fn head(&mut self) -> Answer {
        self.try_head().expect("an answer")
    }

    fn try_head(&mut self) -> Option<Answer> {
        let end = self.read_until(b"\r\n\r\n")?;
        let head = String::from_utf8(self.received.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, head, body: String::new() })
    }

    /// One answer; `None` when the connection ends before it.
    pub(super) fn try_answer(&mut self) -> Option<Answer> {
        let mut answer = self.try_head()?;
        let status = answer.status;
        if status == 100 || status == 204 || status == 304 {
            return Some(answer);
        }
        let body = match (answer.header("content-length"), answer.header("transfer-encoding")) {
            (Some(length), _) => self.read_exactly(length.parse().unwrap())?,
            (None, Some("chunked")) => self.read_chunks()?,
            _ => {
                while self.read_more() {}
                std::mem::take(&mut self.received)
            }
        };
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Some(answer)
    }

    fn read_chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = self.read_until(b"\r\n")?;
            let line: Vec<u8> = self.received.drain(..end).collect();
            let length = usize::from_str_radix(std::str::from_utf8(&line).unwrap().trim(), 16).unwrap();
            let chunk = self.read_exactly(length + 2)?;
            if length == 0 {
                return Some(body);
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }

    pub(super) fn read_exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.received.len() < length {
            if !self.read_more() {
                return None;
            }
        }
        Some(self.received.drain(..length).collect())
    }

    /// Where the delimiter ends.
    pub(super) fn read_until(&mut self, delimiter: &[u8]) -> Option<usize> {
        loop {
            let found = self.received.windows(delimiter.len()).position(|window| window == delimiter);
            if let Some(start) = found {
                return Some(start + delimiter.len());
            }
            if !self.read_more() {
                return None;
            }
        }
    }

    pub(super) fn read_more(&mut self) -> bool {
        let mut bytes = [0; 65536];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.received.extend_from_slice(&bytes[..count]);
                true
            }
            // Of TLS, an end that was not announced.
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => false,
            Err(error) => panic!("nothing came: {error}"),
        }
    }
}

/// A connection on which no test waits for ever.
pub(super) fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Waits until something holds.
pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// How long a connection stays open, up to a limit.
pub(super) fn lifetime(client: &mut Client) -> Duration {
    let start = Instant::now();
    assert!(client.closes_within(PATIENCE), "still open");
    start.elapsed()
}
