//! Statements that share connections: nobody gets another's answer, and nobody waits for a slow one.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kovar_data::{Db, sql};

use crate::server::{Database, empty};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_gets_their_own_answer() {
    let (db, _kept) = empty().await;
    let ask = |db: Db, task: i64| async move {
        for n in 0..500 {
            let nonce = task * 1_000_000 + n;
            let (own, text): (i64, String) = db
                .one(sql!("select {nonce}::bigint, repeat({nonce.to_string()}::text, {(n % 7) as i32})"))
                .await
                .unwrap();
            assert_eq!((own, text), (nonce, nonce.to_string().repeat((n % 7) as usize)));
        }
    };
    for task in join_all((0..64).map(|task| tokio::spawn(ask(db.clone(), task)))).await {
        task.unwrap();
    }
}

#[tokio::test]
async fn many_statements_share_a_few_connections() {
    let (db, kept) = empty().await;
    for _ in 0..3 {
        let all = join_all((0..500).map(|n| db.one::<i32>(sql!("select {n}::integer")))).await;
        assert!(all.into_iter().map(Result::unwrap).eq(0..500));
    }
    let client = kept.client().await;
    let count =
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'kovar'";
    let connections: i64 = client.query_one(count, &[]).await.unwrap().get(0);
    assert!((1..=16).contains(&connections), "{connections}");
}

/// A read that everybody has asked before.
async fn quick(db: &Db) -> Duration {
    let start = Instant::now();
    assert_eq!(db.one::<i32>(sql!("select {1}::integer + 1")).await.unwrap(), 2);
    start.elapsed()
}

async fn slow(db: &Db) {
    db.execute(sql!("select pg_sleep(1)")).await.unwrap();
}

#[tokio::test]
async fn a_slow_statement_holds_nobody_up() {
    let (db, _kept) = empty().await;
    for _ in 0..20 {
        quick(&db).await;
    }
    // The first time, when nobody knows, and when it is known.
    for _ in 0..2 {
        let quick_ones = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let start = Instant::now();
            join_all((0..200).map(|_| quick(&db))).await;
            start.elapsed()
        };
        let (quick_ones, ..) = tokio::join!(quick_ones, slow(&db), slow(&db), slow(&db));
        assert!(quick_ones < Duration::from_millis(700), "{quick_ones:?}");
    }
}

#[tokio::test]
async fn a_statement_that_turns_slow_is_moved_away() {
    let (db, _kept) = empty().await;
    let nap = async |seconds: f64| db.execute(sql!("select pg_sleep({seconds})")).await.unwrap();
    for _ in 0..20 {
        nap(0.0).await;
        quick(&db).await;
    }
    // It has its place in a lane, and holds it up once.
    nap(0.5).await;
    let quick_ones = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let start = Instant::now();
        join_all((0..200).map(|_| quick(&db))).await;
        start.elapsed()
    };
    let (quick_ones, ..) = tokio::join!(quick_ones, nap(1.0), nap(1.0));
    assert!(quick_ones < Duration::from_millis(700), "{quick_ones:?}");
}

#[tokio::test]
async fn a_read_that_writes_does_so_once() {
    let (db, _kept) = empty().await;
    db.execute(sql!("create table numbers (n integer)")).await.unwrap();
    db.execute(sql!("create sequence ids")).await.unwrap();
    for n in 1..=5 {
        let inserted = sql!("with new as (insert into numbers values ({n}) returning n) select n from new");
        assert_eq!(db.one::<i32>(inserted).await.unwrap(), n);
        assert_eq!(db.one::<i32>(sql!("select nextval('ids')")).await.unwrap(), n);
    }
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers")).await.unwrap(), 5);
}

#[tokio::test]
async fn a_statement_that_is_refused_leaves_its_neighbours() {
    let (db, _kept) = empty().await;
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    for _ in 0..3 {
        let all = join_all((0..200).map(|n| db.execute(sql!("insert into numbers values ({n / 2})")))).await;
        assert!(all.iter().filter(|outcome| outcome.is_err()).count() >= 100);
    }
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers")).await.unwrap(), 100);
}

#[test]
fn each_runtime_has_its_own_connections() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let main = runtime();
    let database = main.block_on(Database::new());
    let db = main.block_on(database.open());
    for _ in 0..3 {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let db = db.clone();
                std::thread::spawn(move || {
                    runtime().block_on(async {
                        for _ in 0..50 {
                            quick(&db).await;
                            let tx = db.begin().await.unwrap();
                            assert_eq!(tx.one::<i32>(sql!("select 1")).await.unwrap(), 1);
                            tx.commit().await.unwrap();
                        }
                    });
                })
            })
            .collect();
        // Their runtimes end with them, and with those their connections.
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
    main.block_on(quick(&db));
}

async fn insert(db: &Db, n: i64) -> Result<u64, kovar_data::Error> {
    db.execute(sql!("insert into numbers values ({n})")).await
}

/// A table, and statements on it that are known.
async fn with_numbers(db: &Db) {
    db.execute(sql!("create table numbers (n bigint primary key)")).await.unwrap();
    for n in -3..0 {
        insert(db, n).await.unwrap();
    }
}

#[tokio::test]
async fn writes_that_wait_share_a_commit() {
    let (db, _kept) = empty().await;
    with_numbers(&db).await;
    let outcomes = join_all((0..500).map(|n| insert(&db, n))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(1))), "{outcomes:?}");
    let count = sql!("select count(*), count(distinct xmin::text) from numbers where n >= 0");
    let (rows, transactions): (i64, i64) = db.one(count).await.unwrap();
    assert_eq!(rows, 500);
    assert!(transactions <= 100, "{transactions} transactions for 500 statements");
}

#[tokio::test]
async fn a_write_that_cannot_be_committed_takes_nobody_along() {
    let (db, _kept) = empty().await;
    with_numbers(&db).await;
    db.execute(sql!("create table notes (n bigint references numbers (n) deferrable initially deferred)"))
        .await
        .unwrap();
    let note = async |n: i64| db.execute(sql!("insert into notes values ({n})")).await;
    for _ in 0..3 {
        note(-1).await.unwrap();
    }
    let outcomes = join_all((0..60).map(|n| note(if n % 3 == 0 { -1 } else { n }))).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_ok(), n % 3 == 0, "{n}: {outcome:?}");
        assert!(outcome.as_ref().err().is_none_or(kovar_data::Error::is_foreign_key_violation), "{n}: {outcome:?}");
    }
    assert_eq!(db.one::<i64>(sql!("select count(*) from notes")).await.unwrap(), 23);
}

#[tokio::test]
async fn updates_of_the_same_rows_do_not_lock_each_other_out() {
    let (db, _kept) = empty().await;
    with_numbers(&db).await;
    db.execute(sql!("create table counters (id bigint primary key, n bigint not null)")).await.unwrap();
    db.insert_many(sql!("counters (id, n)"), (0..10_i64).map(|id| (id, 0_i64))).await.unwrap();
    let add = async |n: i64, id: i64| db.execute(sql!("update counters set n = n + {n} where id = {id}")).await;
    for _ in 0..3 {
        add(0, 0).await.unwrap();
    }
    let start = Instant::now();
    let outcomes = join_all((0..2_000).map(|k| add(k % 7, (k * 7) % 10))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(1))));
    // PostgreSQL looks for deadlocks after a second.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    let sum: i64 = db.one(sql!("select sum(n) from counters")).await.unwrap();
    assert_eq!(sum, (0..2_000).map(|k| k % 7).sum::<i64>());
}

#[tokio::test]
async fn whoever_has_no_turn_in_time_is_busy_and_not_carried_out() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().wait(Duration::from_millis(300))).await;
    with_numbers(&db).await;
    let client = database.client().await;
    client.batch_execute("begin; lock table numbers in exclusive mode").await.unwrap();
    let outcomes = async {
        let first = join_all((0..4).map(|n| insert(&db, n)));
        let later = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            join_all((10..20).map(|n| insert(&db, n))).await
        };
        tokio::join!(first, later)
    };
    let unlock = async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        client.batch_execute("rollback").await.unwrap();
    };
    let ((first, later), ()) = tokio::join!(outcomes, unlock);
    assert!(first.iter().all(Result::is_ok), "{first:?}");
    let busy = later.iter().filter(|outcome| outcome.as_ref().is_err_and(kovar_data::Error::is_busy)).count();
    assert_eq!(busy, 10, "{later:?}");
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers where n >= 0")).await.unwrap(), 4);
}
