//! Operations whose transactions run into each other.
//!
//! The database is a file of SQLite, where they do not. Where `KOVAR_TEST_DATABASES` is the beginning of a URL, empty
//! databases are there under the numbers from 0, and they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures_util::future::join_all;
use kovar::http::data::transactions;
use kovar::prelude::*;
use kovar::testing::TestClient;
use tokio::time::{Duration, sleep};

type Tries = Arc<AtomicUsize>;

/// Add to the counter what it is sent.
async fn add(tx: Dep<Tx>, tries: Dep<Tries>, Json(amount): Json<i64>) -> Result<NoContent, InternalError> {
    tries.fetch_add(1, Relaxed);
    let value = tx.one(sql!(i64: "select value from counter")).await?;
    sleep(Duration::from_millis(5)).await;
    let value = value + amount;
    tx.execute(sql!("update counter set value = {value}")).await?;
    Ok(NoContent)
}

/// Add, and run again at a conflict.
#[post("/patient", retried, isolation = "serializable", deadline = None)]
async fn patient(tx: Dep<Tx>, tries: Dep<Tries>, amount: Json<i64>) -> Result<NoContent, InternalError> {
    add(tx, tries, amount).await
}

/// Add, and answer 503 at a conflict.
#[post("/impatient", isolation = "serializable", deadline = None)]
async fn impatient(tx: Dep<Tx>, tries: Dep<Tries>, amount: Json<i64>) -> Result<NoContent, InternalError> {
    add(tx, tries, amount).await
}

struct Counter {
    client: TestClient,
    db: Db,
    tries: Tries,
    _folder: tempfile::TempDir,
}

impl Counter {
    async fn open() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(10);
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("KOVAR_TEST_DATABASES") {
            Ok(databases) => format!("{databases}{}", COUNT.fetch_add(1, Relaxed)),
            Err(_) => format!("sqlite://{}/counter.db", folder.path().display()),
        };
        let db = Db::open(&url).await.unwrap();
        db.execute(sql!("create table counter (value bigint not null)")).await.unwrap();
        db.execute(sql!("insert into counter values (0)")).await.unwrap();
        let tries = Tries::default();
        let app = App::new("Counter", "1.0.0").mount(operations![patient, impatient]).provide(db.clone());
        let app = app.provider(transactions()).provide(Arc::clone(&tries));
        Self { client: TestClient::new(app).await.unwrap(), db, tries, _folder: folder }
    }

    /// How many of so many requests at once succeeded, and what the others were told.
    async fn add(&self, path: &str, count: usize) -> (usize, Vec<u16>) {
        let add = |_| self.client.post(path).json(&3).send();
        let statuses = join_all((0..count).map(add)).await.into_iter().map(|answer| answer.status());
        let (done, refused): (Vec<_>, Vec<_>) = statuses.partition(|status| *status == 204);
        (done.len(), refused)
    }

    async fn value(&self) -> i64 {
        self.db.one(sql!(i64: "select value from counter")).await.unwrap()
    }
}

#[tokio::test]
async fn what_runs_again_is_done_once() {
    let counter = Counter::open().await;
    let (done, refused) = counter.add("/patient", 3).await;
    assert_eq!((done, refused, counter.value().await), (3, vec![], 9));
    let is_postgres = counter.db.dialect() == kovar::data::Dialect::Postgres;
    assert_eq!(counter.tries.load(Relaxed) > 3, is_postgres, "{:?}", counter.tries);
}

#[tokio::test]
async fn without_the_word_a_conflict_is_told() {
    let counter = Counter::open().await;
    let (done, refused) = counter.add("/impatient", 5).await;
    let is_postgres = counter.db.dialect() == kovar::data::Dialect::Postgres;
    assert_eq!(!refused.is_empty(), is_postgres, "{refused:?}");
    assert!(done >= 1 && refused.iter().all(|status| *status == 503), "{refused:?}");
    assert_eq!((counter.value().await, counter.tries.load(Relaxed)), (3 * i64::try_from(done).unwrap(), 5));
}

#[tokio::test]
async fn tries_come_to_an_end() {
    let counter = Counter::open().await;
    let (done, refused) = counter.add("/patient", 40).await;
    assert_eq!(done + refused.len(), 40);
    assert!(refused.iter().all(|status| *status == 503), "{refused:?}");
    assert_eq!(counter.value().await, 3 * i64::try_from(done).unwrap());
    assert!(counter.tries.load(Relaxed) <= 5 * 40);
}

/// Fails as often as is said, then answers how often it was tried.
fn fail(tries: &AtomicUsize, times: usize) -> Result<Json<usize>, InternalError> {
    let tried = tries.fetch_add(1, Relaxed) + 1;
    if tried > times { Ok(Json(tried)) } else { Err(kovar::data::__private::conflict().into()) }
}

/// Take a body, and conflicts.
#[post("/body/{times}", retried, body_limit = None)]
async fn with_body(
    Path(times): Path<usize>,
    tries: Dep<Tries>,
    Json(text): Json<String>,
) -> Result<Json<usize>, InternalError> {
    assert!(text.starts_with('x'));
    fail(&tries, times)
}

/// Leave a body where it is.
#[post("/unread/{times}", retried)]
async fn unread(Path(times): Path<usize>, tries: Dep<Tries>) -> Result<Json<usize>, InternalError> {
    fail(&tries, times)
}

/// Run to the end, whoever waits for it.
#[post("/detached/{times}", retried, detached)]
async fn detached(Path(times): Path<usize>, tries: Dep<Tries>) -> Result<Json<usize>, InternalError> {
    fail(&tries, times)
}

/// Take effect once for a key.
#[post("/keyed/{times}", retried, idempotent)]
async fn keyed(Path(times): Path<usize>, tx: Dep<Tx>, tries: Dep<Tries>) -> Result<Json<usize>, InternalError> {
    tx.execute(sql!("update counter set value = value + 1")).await?;
    fail(&tries, times)
}

/// Read the counter once in each try.
#[post("/reads/{times}", retried)]
async fn reads(Path(times): Path<usize>, db: Dep<Db>, tries: Dep<Tries>) -> Result<Json<usize>, InternalError> {
    let _ = db.one(sql!(i64: "select value from counter")).await?;
    fail(&tries, times)
}

/// Tries so far, with a database in memory.
async fn by_hand() -> (TestClient, Tries, Db, kovar::http::metrics::Metrics) {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.execute(sql!("create table counter (value bigint not null)")).await.unwrap();
    db.execute(sql!("insert into counter values (0)")).await.unwrap();
    let tries = Tries::default();
    let app = App::new("By hand", "1.0.0").mount(operations![with_body, unread, detached, keyed, reads]);
    let app = app.provide(db.clone()).provider(transactions()).provide(Arc::clone(&tries));
    let metrics = app.metrics();
    (TestClient::new(app).await.unwrap(), tries, db, metrics)
}

#[tokio::test]
async fn a_body_is_read_again_unless_it_is_long() {
    let (client, tries, ..) = by_hand().await;
    let post = async |path: &str, length: usize| {
        tries.store(0, Relaxed);
        let answer = client.post(path).json(&"x".repeat(length)).send().await;
        (answer.status(), tries.load(Relaxed))
    };
    assert_eq!(post("/body/2", 100).await, (200, 3));
    assert_eq!(post("/body/4", 1_000_000).await, (200, 5));
    assert_eq!(post("/body/5", 100).await, (503, 5));
    assert_eq!(post("/body/1", 2_000_000).await, (503, 1));
    assert_eq!(post("/unread/2", 100).await, (200, 3));
    assert_eq!(post("/detached/2", 100).await, (200, 3));
}

#[tokio::test]
async fn a_key_is_claimed_again() {
    let (client, tries, db, _) = by_hand().await;
    let post = async || client.post("/keyed/3").header("idempotency-key", "a").send().await;
    let (first, second) = (post().await, post().await);
    assert_eq!((first.status(), first.text()), (200, "4"));
    assert_eq!((second.status(), second.text(), tries.load(Relaxed)), (200, "4", 4));
    assert_eq!(db.one(sql!(i64: "select value from counter")).await.unwrap(), 1);
    tries.store(0, Relaxed);
    let refused = client.post("/keyed/9").header("idempotency-key", "b").send().await;
    assert_eq!((refused.status(), tries.load(Relaxed)), (503, 5));
    assert!(refused.text().contains("unavailable"), "{}", refused.text());
}

#[tokio::test]
async fn a_try_does_not_make_a_statement_repeated() {
    let (client, _, db, metrics) = by_hand().await;
    assert_eq!(client.post("/reads/4").send().await.status(), 200);
    let cost = db.statements().into_iter().find(|cost| cost.text == "select value from counter");
    assert_eq!(cost.map(|cost| cost.runs), Some(5));
    assert!(metrics.repeated_statements().is_empty(), "{:?}", metrics.repeated_statements());
}
