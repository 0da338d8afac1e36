//! Two servers that are one chat, by way of Redis. `cargo xtask test --only brokers` runs it.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod client;
mod loss;
mod nginx;
mod reload;
#[path = "../suite/support.rs"]
#[expect(dead_code, reason = "what the other tests use is not all used here")]
mod support;

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Client, Running, at, say};
use tempfile::TempDir;

/// An address that nobody has.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A Redis of its own, which keeps what it has in its folder.
struct Redis {
    port: u16,
    folder: TempDir,
    child: Child,
}

impl Redis {
    fn start() -> Self {
        let port = free_address().port();
        let folder = TempDir::new().unwrap();
        let child = Self::run(port, &folder);
        Self { port, folder, child }
    }

    fn run(port: u16, folder: &TempDir) -> Child {
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"])
            .args(["--appendfsync", "always", "--dir", folder.path().to_str().unwrap()])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed: cargo xtask test --only brokers sees to it");
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        child
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn node(&self) -> Running {
        self.node_at(([127, 0, 0, 1], 0).into())
    }

    /// Nodes are one chat: they have the database in common, too.
    fn node_at(&self, address: SocketAddr) -> Running {
        let database = format!("sqlite://{}", self.folder.path().join("chat.db").display());
        Running::start_at(address, &[("KOVAR_LIVE", &self.url()), ("DATABASE_URL", &database)])
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        self.child = Self::run(self.port, &self.folder);
    }

    fn command(&self, words: &[&str]) {
        let port = self.port.to_string();
        let done = Command::new("redis-cli").args(["-p", &port]).args(words).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

async fn join(node: &Running, name: &str) -> (Client, Value) {
    let mut client = node.open(&format!("/live/rooms/lamps?name={name}")).await;
    let joined = client.frame_with("epoch").await;
    (client, joined)
}

/// Says something until it is taken.
async fn insist(client: &mut Client, text: &str) {
    loop {
        say(client, text, 9).await;
        let answer = client.frame_with("re").await;
        if answer.get("problem").is_none() {
            return;
        }
        assert_eq!(answer["problem"]["status"], json!(503), "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn heard(client: &mut Client) -> (u64, String) {
    let frame = client.heard("said").await;
    (frame["offset"].as_u64().unwrap(), frame["data"]["text"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_said_on_one_node_is_heard_on_the_other_in_one_order() {
    let redis = Redis::start();
    let (one, other) = (redis.node(), redis.node());
    let (mut ada, joined) = join(&one, "Ada").await;
    let (mut bob, joined_other) = join(&other, "Bob").await;
    assert_eq!(joined["epoch"], joined_other["epoch"]);
    for n in 0..50 {
        let (speaker, text) = if n % 2 == 0 { (&mut ada, "a") } else { (&mut bob, "b") };
        say(speaker, &format!("{text}{n}"), n).await;
    }
    let (mut by_ada, mut by_bob) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        by_ada.push(heard(&mut ada).await);
        by_bob.push(heard(&mut bob).await);
    }
    assert_eq!(by_ada, by_bob);
    assert!(by_ada.iter().map(|(offset, _)| *offset).eq(1..=50));
}

#[tokio::test]
async fn who_comes_back_to_another_node_gets_what_was_missed() {
    let redis = Redis::start();
    let (one, other) = (redis.node(), redis.node());
    let (mut ada, _) = join(&one, "Ada").await;
    let (bob, joined) = join(&one, "Bob").await;
    bob.close().await;
    for n in 1..=2_500 {
        say(&mut ada, &format!("m{n}"), n).await;
        ada.frame_with("re").await;
        // No client may say more than a thousand in a second.
        if n % 500 == 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    let epoch = joined["epoch"].as_str().unwrap();
    let come_back = async |node: &Running, offset| {
        let path = format!("/live/rooms/lamps?name=Bob&at={}", at("rooms/lamps", epoch, offset));
        let mut bob = node.open(&path).await;
        (bob.frame_with("recovered").await["recovered"].clone(), bob)
    };
    // The room keeps a thousand.
    for node in [&other, &one] {
        let (recovered, mut bob) = come_back(node, 1_500).await;
        assert_eq!(recovered, json!(true));
        for n in 1_501..=2_500 {
            assert_eq!(heard(&mut bob).await, (n, format!("m{n}")));
        }
        assert_eq!(come_back(node, 1_499).await.0, json!(false));
    }
}

/// What is said is in the database: Redis only carries it.
#[tokio::test]
async fn what_is_said_while_redis_is_away_is_taken_and_heard_by_all() {
    let mut redis = Redis::start();
    let (one, other) = (redis.node(), redis.node());
    let ((mut ada, _), (mut bob, _)) = (join(&one, "Ada").await, join(&one, "Bob").await);
    let (mut eve, _) = join(&other, "Eve").await;
    insist(&mut ada, "before").await;
    redis.kill();
    for n in 2..=4 {
        say(&mut ada, &format!("meanwhile {n}"), n).await;
        assert_eq!(ada.frame_with("re").await, json!({ "re": n }));
    }
    redis.start_again();
    insist(&mut ada, "after").await;
    let expected = ["before", "meanwhile 2", "meanwhile 3", "meanwhile 4", "after"];
    for client in [&mut bob, &mut eve] {
        for (text, offset) in expected.into_iter().zip(1..) {
            assert_eq!(heard(client).await, (offset, text.to_owned()));
        }
    }
}

#[tokio::test]
async fn a_node_that_was_not_told_catches_up() {
    let redis = Redis::start();
    let (one, other) = (redis.node(), redis.node());
    let (mut ada, _) = join(&one, "Ada").await;
    let (mut bob, _) = join(&other, "Bob").await;
    for n in 1..=200 {
        if n % 20 == 0 {
            redis.command(&["client", "kill", "type", "pubsub"]);
        }
        insist(&mut ada, &format!("m{n}")).await;
    }
    for n in 1..=200 {
        assert_eq!(heard(&mut bob).await, (n, format!("m{n}")));
    }
}
