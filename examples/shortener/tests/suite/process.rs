//! The program as whoever operates it meets it: what it has counted when it ends, however it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kovar::data::Db;
use kovar::prelude::*;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// A running program, which ends with the test.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start(folder: &TempDir) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shortener"))
            .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "2"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().unwrap().starts_with("Listening at")).unwrap().unwrap();
        let address = line.split("http://").nth(1).unwrap().trim().parse().unwrap();
        // Nobody reads what else it prints.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Sends a request, and gives the status of its answer.
    fn ask(&self, request: &str, body: &str) -> u16 {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let fields = format!("content-type: application/json\r\ncontent-length: {}", body.len());
        let head = format!("{request} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{fields}\r\n\r\n{body}");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn end(mut self, signal: &str) -> Option<i32> {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

async fn clicks(folder: &TempDir) -> i64 {
    let db = Db::open(&format!("sqlite://{}/data/shortener.db", folder.path().display())).await.unwrap();
    db.one(sql!("select clicks from links where slug = 'abc'")).await.unwrap()
}

#[tokio::test]
async fn a_clean_end_loses_no_click() {
    let folder = TempDir::new().unwrap();
    for round in 1..=3 {
        let running = Running::start(&folder);
        if round == 1 {
            assert_eq!(running.ask("POST /api/links", r#"{"url":"https://example.com/","slug":"abc"}"#), 201);
        }
        for _ in 0..40 {
            assert_eq!(running.ask("GET /abc", ""), 307);
        }
        assert_eq!(running.end("-TERM"), Some(0));
        assert_eq!(clicks(&folder).await, 40 * round);
    }
}

#[tokio::test]
async fn a_kill_loses_at_most_a_second_of_clicks() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(&folder);
    assert_eq!(running.ask("POST /api/links", r#"{"url":"https://example.com/","slug":"abc"}"#), 201);
    for _ in 0..40 {
        assert_eq!(running.ask("GET /abc", ""), 307);
    }
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(running.ask("GET /abc", ""), 307);
    running.end("-KILL");
    let counted = clicks(&folder).await;
    assert!((40..=41).contains(&counted), "{counted}");
}
