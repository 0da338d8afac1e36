//! A running program, and clients of it.

use std::io::BufRead as _;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

const PATIENCE: Duration = Duration::from_secs(10);

/// A running program with a folder of its own, which ends with the test.
pub(crate) struct Running {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// A channel as a stream of events.
pub(crate) struct Events(Lines<BufReader<TcpStream>>);

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

    /// The next message of a kind, with its place.
    pub(crate) async fn heard(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame_with("data").await;
            if frame["data"]["type"] == json!(kind) {
                return frame;
            }
        }
    }
}

pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Running {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one on any port. Where its variables do not say otherwise, its database is in its folder.
    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), environment)
    }

    pub(crate) fn start_at(address: SocketAddr, environment: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment: Vec<_> = environment.iter().map(owned).collect();
        let (child, address) = spawn(&folder, address, &environment);
        Self { child, address, folder, environment }
    }

    /// Kills it: `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts another in the place of one that was killed.
    pub(crate) fn start_again(&mut self) {
        (self.child, self.address) = spawn(&self.folder, self.address, &self.environment);
    }

    pub(crate) fn kill_and_start(&mut self) {
        self.kill();
        self.start_again();
    }

    pub(crate) async fn open(&self, path: &str) -> Client {
        self.try_open(path, &[]).await.unwrap()
    }

    /// Opens a channel with header fields; the status, if it cannot be.
    pub(crate) async fn try_open(&self, path: &str, fields: &[(&'static str, &str)]) -> Result<Client, u16> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        for (name, value) in fields {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        // There may be ten thousand of them.
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
        match connect_async_with_config(request, Some(config), true).await {
            Ok((stream, _)) => Ok(Client(stream)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a channel as a stream of events.
    pub(crate) async fn events(&self, path: &str) -> Events {
        events(self.address, path).await
    }

    /// Sends a request, and gives the status and the body of its answer.
    pub(crate) async fn ask(&self, request: &str, body: &str) -> (u16, String) {
        let (status, _, body) = ask(self.address, request, body).await;
        (status, body)
    }

    /// What a `GET` is answered with.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(&format!("GET {path}"), "").await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }
}

/// Opens a channel as a stream of events.
pub(crate) async fn events(address: SocketAddr, path: &str) -> Events {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    Events(BufReader::new(stream).lines())
}

/// Sends a request, and gives the status, the head and the body of its answer.
pub(crate) async fn ask(address: SocketAddr, request: &str, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let fields = format!("host: a\r\naccept: application/json\r\nconnection: close\r\ncontent-length: {length}");
    stream.write_all(format!("{request} HTTP/1.1\r\n{fields}\r\n\r\n{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE * 4, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), body.to_owned())
}

/// A new process, and where it listens.
fn spawn(folder: &TempDir, address: SocketAddr, environment: &[(String, String)]) -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chat"))
        .args(["--listen", &address.to_string(), "--admin", "127.0.0.1:0", "--workers", "2"])
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env_remove("KOVAR_LIVE")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.find(|line| line.as_ref().unwrap().starts_with("Listening at")).unwrap().unwrap();
    let address = line.split("http://").nth(1).unwrap().trim().parse().unwrap();
    // Nobody reads what else it prints.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address)
}

impl Drop for Running {
    fn drop(&mut self) {
        // With all that have taken over from it.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

impl Client {
    pub(crate) async fn send(&mut self, frame: &str) {
        self.0.send(Message::text(frame)).await.unwrap();
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &'static [u8]) {
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The next frame, for which it is waited so long.
    pub(crate) async fn frame_for(&mut self, patience: Duration) -> Value {
        serde_json::from_str(&self.text_for(patience).await).unwrap()
    }

    /// The same, as it comes.
    pub(crate) async fn text_for(&mut self, patience: Duration) -> Utf8Bytes {
        loop {
            match timeout(patience, self.0.next()).await.unwrap().unwrap().unwrap() {
                Message::Text(text) => return text,
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next frame that has a member.
    pub(crate) async fn frame_with(&mut self, member: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if frame.get(member).is_some() {
                return frame;
            }
        }
    }

    /// The next message of a kind, with its place.
    pub(crate) async fn heard(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame_with("data").await;
            if frame["data"]["type"] == json!(kind) {
                return frame;
            }
        }
    }

    pub(crate) async fn message(&mut self) -> Message {
        timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap()
    }

    /// The code with which the server closes.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.unwrap().code.into();
            }
        }
    }

    pub(crate) async fn close(mut self) {
        self.0.close(None).await.unwrap();
    }
}

pub(crate) async fn say(client: &mut Client, text: &str, id: u64) {
    client.send(&json!({ "data": { "type": "say", "text": text }, "id": id }).to_string()).await;
}

/// Where a client says that it was.
pub(crate) fn at(topic: &str, epoch: &str, offset: u64) -> String {
    base64(&json!({ topic: [epoch, offset] }).to_string())
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |bits: u32| char::from(LETTERS[(bits & 63) as usize]);
    let group = |bytes: &[u8]| {
        let bits = bytes.iter().enumerate().fold(0, |bits, (index, byte)| bits | u32::from(*byte) << (16 - 8 * index));
        (0..=bytes.len()).map(|index| letter(bits >> (18 - 6 * index))).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}
