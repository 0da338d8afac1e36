//! Notifications, and what is said of those that nobody got.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use kovar_data::{Db, Listener, Notice, Options, sql};
use tokio::time::{Instant, sleep, timeout};

use crate::proxy::{Proxy, Way};
use crate::server::{Database, empty, empty_behind_pgbouncer};

async fn next(listener: &mut Listener) -> Notice {
    timeout(Duration::from_secs(20), listener.try_next()).await.unwrap().unwrap().unwrap()
}

fn notified(channel: &str, payload: &str) -> Notice {
    Notice::Notified { channel: channel.to_owned(), payload: payload.to_owned() }
}

async fn notify(db: &Db, channel: &str, payload: &str) {
    db.execute(sql!("select pg_notify({channel}, {payload})")).await.unwrap();
}

/// The connections that listen.
async fn listening(database: &Database) -> i64 {
    let count = "select count(*) from pg_stat_activity where datname = current_database() and query like 'listen%'";
    database.client().await.query_one(count, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn what_is_sent_after_it_listens_comes_in_order() {
    let (db, _kept) = empty().await;
    notify(&db, "orders", "too early").await;
    let mut listener = db.listen(["orders", "with \"quotes\"; drop table x; --", "Größe 💡"]).await.unwrap();
    // The first time, when nobody knows whether the statement writes, and in a lane.
    for payload in ["first", "second", "third", ""] {
        notify(&db, "orders", payload).await;
    }
    notify(&db, "others", "not for it").await;
    notify(&db, "with \"quotes\"; drop table x; --", "hostile").await;
    notify(&db, "Größe 💡", &"long ".repeat(1_500)).await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("select pg_notify('orders', 'committed')")).await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("select pg_notify('orders', 'taken back')")).await.unwrap();
    tx.rollback().await.unwrap();
    notify(&db, "orders", "last").await;

    assert_eq!(next(&mut listener).await, Notice::Listening);
    for payload in ["first", "second", "third", ""] {
        assert_eq!(next(&mut listener).await, notified("orders", payload));
    }
    assert_eq!(next(&mut listener).await, notified("with \"quotes\"; drop table x; --", "hostile"));
    assert_eq!(next(&mut listener).await, notified("Größe 💡", &"long ".repeat(1_500)));
    assert_eq!(next(&mut listener).await, notified("orders", "committed"));
    assert_eq!(next(&mut listener).await, notified("orders", "last"));
}

#[tokio::test]
async fn it_has_a_connection_of_the_pool_until_it_is_dropped() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().connections(2).wait(Duration::from_millis(200))).await;
    let (one, other) = (db.listen(["a"]).await.unwrap(), db.listen(["b"]).await.unwrap());
    let start = Instant::now();
    assert!(db.listen(["c"]).await.unwrap_err().is_busy());
    assert!(db.begin().await.unwrap_err().is_busy());
    assert!(start.elapsed() < Duration::from_secs(2));
    drop(one);
    assert_eq!(db.begin().await.unwrap().one::<i32>(sql!("select 1")).await.unwrap(), 1);
    drop(other);
    let gone = async {
        while listening(&database).await > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), gone).await.unwrap();
    // A listener takes no connection that others have left open over their number.
    let held = [db.begin().await.unwrap(), db.begin().await.unwrap()];
    drop(held);
    let _listeners = [db.listen(["a"]).await.unwrap(), db.listen(["b"]).await.unwrap()];
}

#[tokio::test]
async fn a_gap_is_said() {
    let database = Database::new().await;
    let (direct, (db, proxy)) = (database.open().await, through_a_proxy(&database, Db::options()).await);
    let mut listener = db.listen(["orders"]).await.unwrap();
    assert_eq!(next(&mut listener).await, Notice::Listening);
    for round in 0..3 {
        let (before, after) = (format!("before {round}"), format!("after {round}"));
        notify(&direct, "orders", &before).await;
        assert_eq!(next(&mut listener).await, notified("orders", &before));
        proxy.set(Way::Cut);
        notify(&direct, "orders", "lost").await;
        sleep(Duration::from_millis(300)).await;
        proxy.set(Way::Open);
        assert_eq!(next(&mut listener).await, Notice::Listening);
        notify(&direct, "orders", &after).await;
        assert_eq!(next(&mut listener).await, notified("orders", &after));
    }
    // A session that the server ends.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' \
               and datname = current_database()";
    database.client().await.batch_execute(end).await.unwrap();
    assert_eq!(next(&mut listener).await, Notice::Listening);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_noticed() {
    let database = Database::new().await;
    let (direct, (db, proxy)) = (database.open().await, through_a_proxy(&database, Db::options()).await);
    let mut listener = db.listen(["orders"]).await.unwrap();
    assert_eq!(next(&mut listener).await, Notice::Listening);
    proxy.set(Way::Silent);
    notify(&direct, "orders", "lost").await;
    sleep(Duration::from_secs(11)).await;
    proxy.set(Way::Cut);
    proxy.set(Way::Open);
    assert_eq!(next(&mut listener).await, Notice::Listening);
}

#[tokio::test]
async fn its_end_has_a_reason() {
    let database = Database::new().await;
    let db = database.open().await;
    let mut listener = db.listen(["orders"]).await.unwrap();
    db.close().await;
    assert_eq!(next(&mut listener).await, Notice::Listening);
    assert!(listener.try_next().await.unwrap_err().is_closed());
    assert_eq!(listener.try_next().await.unwrap(), None);
    assert!(db.listen(["orders"]).await.unwrap_err().is_closed());

    // A runtime that ends takes its listeners along.
    let db = database.open().await;
    let of_thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { db.listen(["orders"]).await.unwrap() })
    });
    let mut listener = of_thread.join().unwrap();
    assert_eq!(next(&mut listener).await, Notice::Listening);
    assert!(listener.try_next().await.unwrap_err().is_closed());
}

#[tokio::test]
async fn where_nobody_can_listen_it_is_said() {
    let (db, _kept) = empty_behind_pgbouncer().await;
    let error = db.listen(["orders"]).await.unwrap_err();
    assert!(error.to_string().contains("PgBouncer"), "{error}");
    let (db, _kept) = empty().await;
    assert!(db.listen([""; 0]).await.unwrap_err().is_parameter_refused());
    assert!(db.listen(["a".repeat(64)]).await.unwrap_err().is_parameter_refused());
}

async fn through_a_proxy(database: &Database, options: Options) -> (Db, Proxy) {
    let (url, proxy) = database.through_a_proxy().await;
    (options.open(&url).await.unwrap(), proxy)
}
