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
