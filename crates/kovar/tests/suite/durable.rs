//! Topics whose history is in the app's database.
//!
//! The database is a file of SQLite. Where `KOVAR_TEST_DATABASES` is the beginning of a URL, as
//! `postgres://localhost/test_`, empty databases are there under the numbers from 0.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use kovar::data::Dialect;
use kovar::prelude::*;
use kovar::testing::{TestClient, TestStream};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

static NUMBERS: Topics<i64> = Topics::new("numbers").durable_history(40, Duration::from_secs(3600));

/// Be told of numbers.
#[channel("/live/numbers/{key}")]
async fn numbers(Path(key): Path<String>, live: Dep<Live>, mut socket: Socket<i64, i64>) -> Result<(), InternalError> {
    socket.subscribe(&live.topic(&NUMBERS, key)).await?;
    while socket.receive().await.is_some() {}
    Ok(())
}

/// A database, and what nodes have it.
struct Place {
    url: String,
    _folder: tempfile::TempDir,
}

struct Node {
    client: TestClient,
    live: Live,
    db: Db,
}

/// Somebody who is told of the numbers of a key.
struct Listener {
    stream: TestStream,
    /// What it was told when it came.
    subscribed: Value,
}

impl Place {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("KOVAR_TEST_DATABASES") {
            Ok(databases) => format!("{databases}{}", COUNT.fetch_add(1, Relaxed)),
            Err(_) => format!("sqlite://{}/durable.db", folder.path().display()),
        };
        Self { url, _folder: folder }
    }

    async fn node(&self) -> Node {
        let (db, live) = (Db::open(&self.url).await.unwrap(), Live::new().durable());
        let app = App::new("Numbers", "1.0.0").live(live.clone()).provide(db.clone()).mount(operations![numbers]);
        Node { client: TestClient::new(app).await.unwrap(), live, db }
    }
}

impl Node {
    fn topic(&self, key: &str) -> kovar::live::Topic<i64> {
        self.live.topic(&NUMBERS, key)
    }

    async fn listen(&self, key: &str, at: Option<(&str, u64)>) -> Listener {
        let positions = at.map(|(epoch, offset)| json!({ format!("numbers/{key}"): [epoch, offset] }).to_string());
        let query = positions.map(|positions| format!("?at={}", URL_SAFE_NO_PAD.encode(positions))).unwrap_or_default();
        let path: String = key.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let request = self.client.get(&format!("/live/numbers/{path}{query}")).header("accept", "text/event-stream");
        let mut listener = Listener { stream: request.stream().await, subscribed: Value::Null };
        assert_eq!(listener.stream.status(), 200);
        listener.subscribed = loop {
            let frame = listener.frame().await;
            if frame.get("topic").is_some() {
                break frame;
            }
        };
        listener
    }

    async fn count(&self, key: &str) -> i64 {
        let name = format!("numbers/{key}");
        self.db.one(sql!("select count(*) from _kovar_live_messages where topic = {name}")).await.unwrap()
    }
}

impl Listener {
    async fn frame(&mut self) -> Value {
        let event = timeout(Duration::from_secs(10), self.stream.event()).await.expect("nothing comes");
        event.expect("it has ended").json()
    }

    /// The next message, with its offset.
    async fn next(&mut self) -> (u64, i64) {
        loop {
            let frame = self.frame().await;
            assert!(frame.get("recovered").is_none(), "{frame}");
            if let Some(data) = frame.get("data") {
                return (frame["offset"].as_u64().unwrap(), data.as_i64().unwrap());
            }
        }
    }

    fn epoch(&self) -> String {
        self.subscribed["epoch"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn what_was_published_is_there_after_a_restart() {
    let place = Place::new();
    let node = place.node().await;
    let listener = node.listen("a", None).await;
    let epoch = listener.epoch();
    for number in [10, 20, 30] {
        node.topic("a").publish(&number).await.unwrap();
    }
    drop((listener, node));
    let node = place.node().await;
    let mut listener = node.listen("a", Some((&epoch, 1))).await;
    assert_eq!(listener.subscribed["recovered"], json!(true));
    assert_eq!([listener.next().await, listener.next().await], [(2, 20), (3, 30)]);
    assert_eq!(node.topic("a").publish(&40).await.unwrap().offset, 4);
    assert_eq!(listener.next().await, (4, 40));
}

#[tokio::test]
async fn a_message_exists_only_if_its_transaction_commits() {
    let place = Place::new();
    let node = place.node().await;
    let mut listener = node.listen("a", None).await;
    node.db.execute(sql!("create table orders (id bigint primary key)")).await.unwrap();

    let undone = node.db.begin().await.unwrap();
    undone.execute(sql!("insert into orders values (1)")).await.unwrap();
    assert_eq!(node.topic("a").publish(&1).in_tx(&undone).await.unwrap().offset, 1);
    undone.rollback().await.unwrap();

    let tx = node.db.begin().await.unwrap();
    tx.execute(sql!("insert into orders values (2)")).await.unwrap();
    let attempt = tx.attempt(async {
        node.topic("a").publish(&-1).in_tx(&tx).await.unwrap();
        tx.execute(sql!("insert into orders values (2)")).await
    });
    assert!(attempt.await.is_err());
    node.topic("a").publish(&2).in_tx(&tx).await.unwrap();
    node.topic("b").publish(&20).in_tx(&tx).await.unwrap();
    assert!(timeout(Duration::from_millis(100), listener.frame()).await.is_err(), "it is told before the commit");
    tx.commit().await.unwrap();
    assert_eq!(listener.next().await, (1, 2));
    node.topic("a").publish(&3).await.unwrap();
    assert_eq!(listener.next().await, (2, 3));
    assert_eq!(node.count("b").await, 1);
}

#[tokio::test]
async fn messages_of_many_transactions_come_in_the_order_of_their_commits() {
    let place = Place::new();
    let (one, other) = (place.node().await, place.node().await);
    let (mut here, mut there) = (one.listen("a", None).await, other.listen("a", None).await);
    let publish = async |node: &Node, writer: i64| {
        for number in 0..12 {
            let tx = node.db.begin().await.unwrap();
            node.topic("a").publish(&(writer * 100 + number)).in_tx(&tx).await.unwrap();
            if number % 4 == 3 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
        }
    };
    let nodes = [&one, &other, &one, &other];
    join_all(nodes.iter().zip(0..).map(|(node, writer)| publish(node, writer))).await;
    let mut log = Vec::new();
    for offset in 1..=36 {
        let (place, number) = here.next().await;
        assert_eq!((place, there.next().await), (offset, (offset, number)));
        log.push(number);
    }
    for writer in 0..4 {
        let own = log.iter().filter(|number| **number / 100 == writer);
        assert!(own.is_sorted(), "{log:?}");
    }
}

#[tokio::test]
async fn nodes_tell_each_other() {
    let place = Place::new();
    let (one, other) = (place.node().await, place.node().await);
    let mut listener = other.listen("ä b", None).await;
    // Where there are notifications, nobody waits until somebody looks.
    let is_postgres = one.db.dialect() == Dialect::Postgres;
    let limit = Duration::from_secs(if is_postgres { 2 } else { 3 });
    sleep(Duration::from_millis(if is_postgres { 500 } else { 0 })).await;
    for (number, offset) in [(7, 1), (8, 2), (9, 3)] {
        one.topic("ä b").publish(&number).await.unwrap();
        assert_eq!(timeout(limit, listener.next()).await.unwrap(), (offset, number));
    }
    // A node that has published and not listened is told of what others have.
    let mut late = one.listen("ä b", Some((&listener.epoch(), 1))).await;
    assert_eq!([late.next().await, late.next().await], [(2, 8), (3, 9)]);
}

#[tokio::test]
async fn a_history_has_an_end_and_says_so() {
    let place = Place::new();
    let node = place.node().await;
    let epoch = node.listen("a", None).await.epoch();
    for number in 0..100 {
        node.topic("a").publish(&number).await.unwrap();
    }
    timeout(Duration::from_secs(10), async {
        while node.count("a").await > 45 {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert!(node.count("a").await >= 40);
    let late = node.listen("a", Some((&epoch, 10))).await;
    assert_eq!(late.subscribed["recovered"], json!(false));
    let in_time = node.listen("a", Some((&epoch, 60))).await;
    assert_eq!(in_time.subscribed["recovered"], json!(true));
    // What is kept of another life is nothing to go on from.
    let other = node.listen("a", Some(("another", 60))).await;
    assert_eq!(other.subscribed["recovered"], json!(false));
}

#[tokio::test]
async fn many_messages_of_one_request_are_nobodys_mistake() {
    let place = Place::new();
    let node = place.node().await;
    let mut tally = kovar::data::Tally::default();
    let tx = node.db.begin().await.unwrap();
    for number in 0..10 {
        let mut publish = Box::pin(node.topic("a").publish(&number).in_tx(&tx));
        std::future::poll_fn(|context| tally.enter(|| publish.as_mut().poll(context))).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(tally.repeated().count(), 0);
}

#[tokio::test]
#[should_panic(expected = "the history of `numbers/a` is durable: its hub needs `durable()`, and a started app")]
async fn a_hub_that_is_not_durable_says_so() {
    let _ = Live::new().topic(&NUMBERS, "a");
}

#[tokio::test]
#[should_panic(expected = "the topic's history is not durable")]
async fn a_topic_that_is_not_durable_cannot_be_part_of_a_transaction() {
    static PASSING: Topics<i64> = Topics::new("passing").history(3, Duration::from_secs(1));
    let node = Place::new().node().await;
    let tx = node.db.begin().await.unwrap();
    let _ = node.live.topic(&PASSING, 1).publish(&1).in_tx(&tx).await;
}
