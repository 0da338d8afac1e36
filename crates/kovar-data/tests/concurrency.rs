use std::time::Duration;

use futures_util::future::join_all;
use kovar_data::{Db, sql};
use tokio::time::{sleep, timeout};

use crate::file::{File, count, impatient};

#[tokio::test]
async fn many_read_while_a_transaction_is_open() {
    let file = File::new();
    let db = file.with_numbers().await;
    db.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (2)")).await.unwrap();
    let seen = join_all((0..200).map(|_| count(&db))).await;
    assert!(seen.iter().all(|&rows| rows == 1), "{seen:?}");
    tx.commit().await.unwrap();
    assert_eq!(count(&db).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_lose_no_update() {
    let file = File::new();
    let db = file.open().await;
    db.execute(sql!("create table counter (n integer not null)")).await.unwrap();
    db.execute(sql!("insert into counter values (0)")).await.unwrap();
    let tasks = (0..20).map(|_| tokio::spawn(add_five(db.clone())));
    for task in join_all(tasks).await {
        task.unwrap();
    }
    assert_eq!(db.one::<i64>(sql!("select n from counter")).await.unwrap(), 100);
}

async fn add_five(db: Db) {
    for _ in 0..5 {
        let tx = db.begin().await.unwrap();
        let n: i64 = tx.one(sql!("select n from counter")).await.unwrap();
        tx.execute(sql!("update counter set n = {n + 1}")).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn those_who_wait_get_their_turn_in_order() {
    let file = File::new();
    let db = file.open().await;
    db.execute(sql!("create table turns (id integer primary key, n integer)")).await.unwrap();
    let first = db.begin().await.unwrap();
    let waiting = join_all((0..10).map(async |n| {
        let tx = db.begin().await.unwrap();
        tx.execute(sql!("insert into turns (n) values ({n})")).await.unwrap();
        tx.commit().await.unwrap();
    }));
    let commit = async {
        sleep(Duration::from_millis(20)).await;
        first.commit().await.unwrap();
    };
    tokio::join!(waiting, commit);
    let turns: Vec<i64> = db.all(sql!("select n from turns order by id")).await.unwrap();
    assert_eq!(turns, (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_busy_and_runs_nothing() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    let error = db.execute(sql!("insert into numbers values (1)")).await.unwrap_err();
    assert!(error.is_busy(), "{error}");
    assert!(error.to_string().contains("100ms"), "{error}");
    assert!(db.begin().await.unwrap_err().is_busy());
    tx.commit().await.unwrap();
    // What was told to be busy does not happen later.
    db.execute(sql!("insert into numbers values (2)")).await.unwrap();
    assert_eq!(db.all::<i64>(sql!("select n from numbers")).await.unwrap(), [2]);
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for() {
    let file = File::new();
    let db = file.open().await;
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    // Two handles know as little of each other as two processes do.
    let other = file.open().await;
    let tx = other.begin().await.unwrap();
    let write = db.execute(sql!("insert into numbers values (1)"));
    let commit = async {
        sleep(Duration::from_millis(200)).await;
        tx.commit().await
    };
    let (written, committed) = tokio::join!(write, commit);
    committed.unwrap();
    assert_eq!(written.unwrap(), 1);
}

#[tokio::test]
async fn a_future_dropped_in_line_runs_nothing() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    let write = db.execute(sql!("insert into numbers values (1)"));
    assert!(timeout(Duration::from_millis(10), write).await.is_err());
    assert!(timeout(Duration::from_millis(10), db.begin()).await.is_err());
    drop(tx);
    assert_eq!(db.execute(sql!("insert into numbers values (2)")).await.unwrap(), 1);
    assert_eq!(db.all::<i64>(sql!("select n from numbers")).await.unwrap(), [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn futures_dropped_anywhere_harm_nobody() {
    let file = File::new();
    let db = file.open().await;
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    for n in 0..300_u64 {
        let delay = Duration::from_micros(n * 7);
        let _ = timeout(delay, write_twice(&db, 2 * n)).await;
    }
    // A dropped commit that had begun runs to its end, which is before the next write does.
    db.execute(sql!("delete from numbers where n < 0")).await.unwrap();
    // Transactions are whole or not there, and the database is as usable as before.
    let rows = count(&db).await;
    assert_eq!(rows % 2, 0);
    write_twice(&db, 10_000).await;
    assert_eq!(count(&db).await, rows + 2);
}

async fn write_twice(db: &Db, n: u64) {
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values ({n})")).await.unwrap();
    tx.execute(sql!("insert into numbers values ({n + 1})")).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_long_statement_does_not_hold_up_the_runtime() {
    let file = File::new();
    let db = impatient().readers(1).open(&file.url()).await.unwrap();
    let long = sql!(
        "with recursive c (n) as (select 1 union all select n + 1 from c where n < 3000000) select count(*) from c"
    );
    let long = db.one::<i64>(long);
    let ticks = async {
        for _ in 0..5 {
            timeout(Duration::from_millis(500), sleep(Duration::from_millis(5))).await.unwrap();
        }
        // The one reader is taken, and the writer is not.
        let busy = db.one::<i64>(sql!("select 1")).await;
        db.execute(sql!("create table numbers (n integer)")).await.unwrap();
        busy
    };
    let (counted, busy) = tokio::join!(long, ticks);
    assert_eq!(counted.unwrap(), 3_000_000);
    assert!(busy.unwrap_err().is_busy());
}
