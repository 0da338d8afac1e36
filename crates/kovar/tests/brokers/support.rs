//! A running node, and clients of it.

use std::io::BufRead as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running node, which ends with the test.
pub(crate) struct Running {
    child: Child,
    address: SocketAddr,
}

/// A channel as a stream of events.
pub(crate) struct Events(Lines<BufReader<TcpStream>>);

pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Running {
    pub(crate) fn start(url: &str) -> Self {
        let (running, log) = Self::start_with_log(url);
        // Nobody reads what it prints.
        std::thread::spawn(move || log.for_each(drop));
        running
    }

    /// Starts a node, and gives what it logs.
    pub(crate) fn start_with_log(url: &str) -> (Self, impl Iterator<Item = String> + use<>) {
        let mut child = Command::new(rooms())
            .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "2"])
            .env("KOVAR_LIVE", url)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`cargo xtask test --only brokers` builds the example `rooms`");
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().unwrap().starts_with("Listening at")).unwrap().unwrap();
        let address = line.split("http://").nth(1).unwrap().trim().parse().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let log = std::io::BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        (Self { child, address }, log)
    }

    pub(crate) async fn open(&self, path: &str) -> Client {
        Client(connect_async(format!("ws://{}{path}", self.address)).await.unwrap().0)
    }

    /// Opens a channel as a stream of events.
    pub(crate) async fn events(&self, path: &str) -> Events {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        Events(BufReader::new(stream).lines())
    }

    /// Sends a request, and gives the status and the body of its answer.
    pub(crate) async fn ask(&self, request: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let fields = format!("host: a\r\naccept: application/json\r\nconnection: close\r\ncontent-length: {length}");
        stream.write_all(format!("{request} HTTP/1.1\r\n{fields}\r\n\r\n{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PATIENCE * 4, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }
}

/// The program of the example `rooms`, which stands beside the tests.
fn rooms() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(2).unwrap().join("examples/rooms")
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Events {
    /// The next frame that has a member.
    pub(crate) async fn frame_with(&mut self, member: &str) -> Value {
        loop {
            let line = timeout(PATIENCE, self.0.next_line()).await.unwrap().unwrap().unwrap();
            let Some(frame) = line.strip_prefix("data: ") else { continue };
            let frame: Value = serde_json::from_str(frame).unwrap();
            if frame.get(member).is_some() {
                return frame;
            }
        }
    }
}

impl Client {
    /// The next frame that has a member.
    pub(crate) async fn frame_with(&mut self, member: &str) -> Value {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap();
            let Message::Text(text) = message else { panic!("{message:?}") };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame.get(member).is_some() {
                return frame;
            }
        }
    }

    pub(crate) async fn say(&mut self, text: &str, id: u64) {
        let frame = json!({ "data": { "type": "say", "text": text }, "id": id }).to_string();
        self.0.send(Message::text(frame)).await.unwrap();
    }

    pub(crate) async fn close(mut self) {
        self.0.close(None).await.unwrap();
    }
}

/// Where a client says that it was.
pub(crate) fn at(topic: &str, epoch: &str, offset: u64) -> String {
    URL_SAFE_NO_PAD.encode(json!({ topic: [epoch, offset] }).to_string())
}
