//! A request with a key takes effect once, and has one answer.
//!
//! The database is a file of SQLite. Where `KOVAR_TEST_DATABASES` is the beginning of a URL, as
//! `postgres://postgres@127.0.0.1/kovar_`, empty databases are there under the numbers from 0.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use kovar::http::data::transactions;
use kovar::http::idempotency::Idempotency;
use kovar::http::respond::Event;
use kovar::prelude::*;
use kovar::testing::{TestClient, TestResponse};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

const KEY: &str = "idempotency-key";

struct Shop {
    client: TestClient,
    db: Db,
    gate: Arc<Gate>,
    _folder: tempfile::TempDir,
}

/// Lets orders of the item `waits` through.
#[derive(Default)]
struct Gate {
    is_open: Notify,
    reached: AtomicUsize,
}

#[problem]
#[derive(Debug)]
enum OrderProblem {
    /// The card was declined.
    #[status(402)]
    Declined,
    /// The bank does not answer.
    #[status(502)]
    Broken,
}

/// Order an item.
#[post("/orders", idempotent)]
async fn order(tx: Dep<Tx>, gate: Dep<Arc<Gate>>, Json(item): Json<String>) -> Result<Created<i64>, OrderProblem> {
    let count: i64 = tx.one(sql!("select count(*) from orders")).await?;
    let id = count + 1;
    tx.execute(sql!("insert into orders (id, item) values ({id}, {item})")).await?;
    gate.reached.fetch_add(1, Ordering::Relaxed);
    match item.as_str() {
        "declined" => Err(OrderProblem::Declined),
        "broken" => Err(OrderProblem::Broken),
        "panics" => panic!("on purpose"),
        "waits" => {
            gate.is_open.notified().await;
            Ok(Created::at(format!("/orders/{id}"), id))
        }
        _ => Ok(Created::at(format!("/orders/{id}"), id)),
    }
}

/// Say something to the outside, of which no transaction knows.
#[post("/calls/{name}", idempotent)]
async fn call(Path(name): Path<String>, gate: Dep<Arc<Gate>>) -> Json<usize> {
    let count = gate.reached.fetch_add(1, Ordering::Relaxed) + 1;
    if name == "slow" {
        sleep(Duration::from_millis(400)).await;
    }
    Json(count)
}

impl Shop {
    async fn open() -> Self {
        Self::open_with(Idempotency::new()).await
    }

    async fn open_with(settings: Idempotency) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("KOVAR_TEST_DATABASES") {
            Ok(databases) => format!("{databases}{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            Err(_) => format!("sqlite://{}/shop.db", folder.path().display()),
        };
        let db = Db::open(&url).await.unwrap();
        db.execute(sql!("create table orders (id bigint primary key, item text not null)")).await.unwrap();
        let gate = Arc::new(Gate::default());
        let app = App::new("Shop", "1.0.0").mount(operations![order, call]).idempotency(settings);
        let app = app.provide(db.clone()).provider(transactions()).provide(Arc::clone(&gate));
        Self { client: TestClient::new(app).await.unwrap(), db, gate, _folder: folder }
    }

    async fn order(&self, key: &str, item: &str) -> TestResponse {
        let body = format!("\"{item}\"");
        self.client.post("/orders").header(KEY, key).body(body, "application/json").send().await
    }

    async fn call(&self, key: &str, name: &str) -> TestResponse {
        self.client.post(&format!("/calls/{name}")).header(KEY, key).send().await
    }

    async fn orders(&self) -> i64 {
        self.db.one(sql!("select count(*) from orders")).await.unwrap()
    }

    fn reached(&self) -> usize {
        self.gate.reached.load(Ordering::Relaxed)
    }
}

fn is_replayed(response: &TestResponse) -> bool {
    response.header("idempotency-replayed") == Some("true")
}

fn kind(response: TestResponse, status: u16) -> String {
    response.assert_status(status).problem().kind
}

#[tokio::test]
async fn the_second_answer_is_the_first() {
    let shop = Shop::open().await;
    let first = shop.order("\"a-1\"", "lamp").await;
    assert!(!is_replayed(&first));
    assert_eq!(first.assert_status(201).header("location"), Some("/orders/1"));
    // With and without the quotes of a structured field it is the same key.
    for key in ["\"a-1\"", "a-1", " a-1 "] {
        let again = shop.order(key, "lamp").await;
        assert!(is_replayed(&again));
        assert_eq!(again.assert_status(201).header("location"), Some("/orders/1"));
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert_eq!(again.text(), first.text());
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    }
    assert_eq!((shop.orders().await, shop.reached()), (1, 1));
    assert_eq!(shop.order("a-2", "lamp").await.assert_status(201).json::<i64>(), 2);
}

#[tokio::test]
async fn a_key_is_of_one_request() {
    let shop = Shop::open().await;
    let first = shop.order("a", "lamp").await.assert_status(201).text().to_owned();
    assert_eq!(kind(shop.order("a", "desk").await, 422), "/problems/idempotency-key-reused");
    let longer = shop.client.post("/orders?x=1").header(KEY, "a").body("\"lamp\"", "application/json").send().await;
    assert_eq!(kind(longer, 422), "/problems/idempotency-key-reused");
    let again = shop.order("a", "lamp").await;
    assert!(is_replayed(&again) && again.text() == first);
    // Of another operation, and of another caller, it is another key.
    assert!(!is_replayed(shop.call("a", "any").await.assert_status(200)));
    let other = shop.client.post("/orders").header(KEY, "a").bearer("other").body("\"desk\"", "application/json");
    assert_eq!(other.send().await.assert_status(201).json::<i64>(), 2);
}

#[tokio::test]
async fn a_key_may_be_left_out_unless_it_must_not() {
    let shop = Shop::open().await;
    for n in 1..=2 {
        let plain = shop.client.post("/orders").body("\"lamp\"", "application/json").send().await;
        assert_eq!(plain.assert_status(201).json::<i64>(), n);
    }
    let strict = Shop::open_with(Idempotency::new().required()).await;
    let missing = strict.client.post("/orders").body("\"lamp\"", "application/json").send().await;
    assert_eq!(kind(missing, 400), "/problems/idempotency-key-missing");
    let long = "a".repeat(256);
    for wrong in ["", "\"\"", "a\"b", "größe", &long] {
        assert_eq!(kind(strict.order(wrong, "lamp").await, 400), "/problems/idempotency-key-invalid", "{wrong}");
    }
    let twice = strict.client.post("/orders").header(KEY, "a").header(KEY, "b").body("\"lamp\"", "application/json");
    assert_eq!(kind(twice.send().await, 400), "/problems/idempotency-key-invalid");
    assert_eq!(strict.orders().await, 0);
}

#[tokio::test]
async fn what_is_refused_before_it_is_carried_out_leaves_the_key() {
    let shop = Shop::open().await;
    for (body, media_type, status) in
        [("7", "application/json", 422), ("{", "application/json", 400), ("a", "text/a", 415)]
    {
        let refused = shop.client.post("/orders").header(KEY, "a").body(body, media_type).send().await;
        assert_eq!(refused.status(), status);
    }
    assert!(!is_replayed(shop.order("a", "lamp").await.assert_status(201)));
}

#[tokio::test]
async fn one_that_is_being_carried_out_is_not_begun_again() {
    let shop = Shop::open().await;
    let first = shop.order("a", "waits");
    let second = async {
        while shop.reached() == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        let second = timeout(Duration::from_millis(300), shop.order("a", "waits")).await;
        shop.gate.is_open.notify_one();
        second
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.assert_status(201).json::<i64>(), 1);
    if let Ok(second) = second {
        // On SQLite, it waits for its turn.
        let wait: u64 = second.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=40).contains(&wait), "{wait}");
        assert_eq!(kind(second, 409), "/problems/idempotency-key-in-flight");
    }
    let third = shop.order("a", "waits").await;
    assert!(is_replayed(&third) && third.status() == 201);
    assert_eq!((shop.orders().await, shop.reached()), (1, 1));
}

#[tokio::test]
async fn of_many_at_once_one_is_carried_out() {
    let shop = Shop::open().await;
    let answers = join_all((0..50).map(|_| shop.order("a", "lamp"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 201 && !is_replayed(answer)).count(), 1);
    for answer in answers {
        assert!(matches!(answer.status(), 201 | 409), "{}", answer.status());
    }
    assert_eq!((shop.orders().await, shop.reached()), (1, 1));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_a_failure_is_none() {
    let shop = Shop::open().await;
    let (first, again) = (shop.order("a", "declined").await, shop.order("a", "declined").await);
    assert_eq!((first.status(), again.status()), (402, 402));
    assert!(is_replayed(&again) && first.text() == again.text());
    assert_eq!(shop.reached(), 1);
    for (n, item) in ["broken", "broken", "panics", "panics"].into_iter().enumerate() {
        let status = if item == "broken" { 502 } else { 500 };
        let failed = shop.order(item, item).await;
        assert!(failed.status() == status && !is_replayed(&failed));
        // It was let go of before long.
        sleep(Duration::from_millis(100)).await;
        assert_eq!(shop.reached(), n + 2);
    }
    assert_eq!(shop.orders().await, 0);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_the_key() {
    let shop = Shop::open().await;
    assert!(timeout(Duration::from_millis(150), shop.order("a", "waits")).await.is_err());
    sleep(Duration::from_millis(150)).await;
    assert_eq!(shop.orders().await, 0);
    shop.gate.is_open.notify_one();
    assert!(!is_replayed(shop.order("a", "waits").await.assert_status(201)));
    assert_eq!(shop.orders().await, 1);
}

#[tokio::test]
async fn whoever_lost_the_lease_has_no_answer() {
    let shop = Shop::open_with(Idempotency::new().lease(Duration::from_millis(100))).await;
    let first = shop.call("a", "slow");
    let second = async {
        sleep(Duration::from_millis(200)).await;
        shop.call("a", "slow").await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status(), 503);
    assert_eq!(second.assert_status(200).json::<usize>(), 2);
    let third = shop.call("a", "slow").await;
    assert!(is_replayed(&third) && third.json::<usize>() == 2);
}

#[tokio::test]
async fn a_key_expires() {
    let shop = Shop::open_with(Idempotency::new().keep(Duration::from_millis(100))).await;
    assert_eq!(shop.order("a", "lamp").await.assert_status(201).json::<i64>(), 1);
    sleep(Duration::from_millis(150)).await;
    // Then it may be any request's.
    let new = shop.order("a", "desk").await;
    assert!(!is_replayed(&new) && new.json::<i64>() == 2);
}

#[tokio::test]
async fn without_its_store_nothing_is_carried_out() {
    let shop = Shop::open().await;
    shop.db.close().await;
    let refused = shop.call("a", "any").await;
    assert_eq!(refused.assert_status(503).header("retry-after"), Some("1"));
    assert_eq!(shop.reached(), 0);
}

#[tokio::test]
async fn the_documents_say_so() {
    let (db, gate) = (Db::open("sqlite::memory:").await.unwrap(), Arc::new(Gate::default()));
    let app = App::new("Shop", "1.0.0").mount(operations![order, call]).provide(db).provide(gate);
    let document = app.provider(transactions()).openapi().unwrap();
    let operation = document.pointer("/paths/~1orders/post").unwrap().to_compact_string();
    for part in ["Idempotency-Key", "24 hours", "\"409\"", "IdempotencyKeyInFlight", "IdempotencyKeyReused"] {
        assert!(operation.contains(part), "{part}: {operation}");
    }
}

/// Say something for ever.
#[post("/stream", idempotent)]
async fn stream() -> EventStream<String> {
    EventStream::new(futures_util::stream::empty::<Event<String>>())
}

/// Read something.
#[get("/read", idempotent)]
async fn read() -> NoContent {
    NoContent
}

#[tokio::test]
async fn what_makes_no_sense_stops_the_start() {
    let message = async |app: App| app.build().await.err().unwrap().to_string();
    let db = Db::open("sqlite::memory:").await.unwrap();
    let app = || App::new("Shop", "1.0.0");
    assert!(message(app().mount(operations![stream]).provide(db.clone())).await.contains("a stream cannot be"));
    assert!(message(app().mount(operations![read]).provide(db)).await.contains("only reads"));
    let without = message(app().mount(operations![call]).provide(Arc::new(Gate::default()))).await;
    assert!(without.contains("`Db`"), "{without}");
}
