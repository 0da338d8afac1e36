//! Statements that share connections: nobody gets another's answer, and nobody waits for a slow one.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use futures_util::future::{join, join_all};
use kovar_data::{Db, Notice, sql};

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

/// What reads the number, and is refused for zero.
fn reciprocal(n: i64) -> kovar_data::Statement {
    sql!("select 1000 / {n}::bigint")
}

#[tokio::test]
async fn a_read_that_is_refused_leaves_its_neighbours() {
    let (db, _kept) = empty().await;
    for round in 0..20 {
        let all = join_all((0..300).map(|n| {
            let db = db.clone();
            async move {
                // Those who are refused are of one statement, their neighbours of another and of the same.
                match n % 3 {
                    0 => db.one::<i64>(reciprocal(if n % 60 == 0 { 0 } else { n + 1 })).await,
                    _ => db.one::<i64>(sql!("select {n}::bigint + {round}::bigint")).await,
                }
            }
        }));
        for (n, outcome) in (0_i64..).zip(all.await) {
            match (n % 3, n % 60) {
                (0, 0) => assert!(outcome.unwrap_err().to_string().contains("division by zero"), "{n}"),
                (0, _) => assert_eq!(outcome.unwrap(), 1000 / (n + 1)),
                _ => assert_eq!(outcome.unwrap(), n + round),
            }
        }
    }
}

#[tokio::test]
async fn what_a_read_tells_others_is_told_whatever_its_neighbours_do() {
    let (db, _kept) = empty().await;
    let mut listener = db.listen(["news"]).await.unwrap();
    listener.try_next().await.unwrap();
    let tell = |n: i64| sql!("select {n}::bigint from pg_notify('news', {n.to_string()})");
    for _ in 0..3 {
        // So that both are known, and have their places in a lane.
        db.one::<i64>(tell(-1)).await.unwrap();
        db.one::<i64>(reciprocal(1)).await.unwrap();
    }
    let both = |n| join(db.one::<i64>(tell(n)), db.one::<i64>(reciprocal(n % 2)));
    let outcomes = join_all((0..200).map(both)).await;
    assert!(outcomes.iter().all(|(told, _)| told.is_ok()));
    assert!(outcomes.iter().any(|(_, refused)| refused.is_err()));
    let mut heard = std::collections::BTreeSet::new();
    while heard.len() < 200 {
        let notice =
            tokio::time::timeout(Duration::from_secs(10), listener.try_next()).await.unwrap().unwrap().unwrap();
        if let Notice::Notified { payload, .. } = notice
            && payload != "-1"
        {
            heard.insert(payload.parse::<i64>().unwrap());
        }
    }
    assert!(heard.into_iter().eq(0..200));
}

#[tokio::test]
async fn answers_of_all_sizes_share_a_lane() {
    let (db, _kept) = empty().await;
    let length = |n: usize| [0, 10, 9_000, 300_000, 3_000_000][n % 5];
    for _ in 0..3 {
        let all = join_all((0..40).map(|n| db.one::<String>(sql!("select repeat('x', {length(n)})"))));
        for (n, text) in all.await.into_iter().enumerate() {
            assert_eq!(text.unwrap().len(), length(n), "{n}");
        }
    }
}

#[tokio::test]
async fn a_statement_that_turns_slow_among_others_is_found() {
    let (db, _kept) = empty().await;
    let nap = async |seconds: f64| db.one::<i32>(sql!("select 7 from pg_sleep({seconds})")).await.unwrap();
    for _ in 0..50 {
        tokio::join!(nap(0.0), quick(&db), quick(&db));
    }
    // It came in the middle of others, once; nobody can tell which of them it was.
    tokio::join!(quick(&db), quick(&db), nap(0.3), quick(&db));
    let quick_ones = async {
        let start = Instant::now();
        for _ in 0..20 {
            join_all((0..20).map(|_| quick(&db))).await;
        }
        start.elapsed()
    };
    let (quick_ones, ..) = tokio::join!(quick_ones, nap(1.0), nap(1.0));
    assert!(quick_ones < Duration::from_millis(700), "{quick_ones:?}");
}

#[tokio::test]
async fn a_socket_in_the_file_system_is_a_way_too() {
    let (db, kept) = empty().await;
    let folder: String = db.one(sql!("select current_setting('unix_socket_directories')")).await.unwrap();
    let port: i32 = db.one(sql!("select inet_server_port()")).await.unwrap();
    let url = format!("postgres://postgres@/{}?host={folder}&port={port}", kept.name());
    let db = Db::open(&url).await.unwrap();
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    for round in 0..3 {
        let both = |n: i64| join(db.one::<i64>(reciprocal(n % 7)), insert(&db, n + 100 * round));
        for (n, (read, written)) in (0_i64..).zip(join_all((0..100).map(both)).await) {
            assert_eq!(read.ok(), 1000_i64.checked_div(n % 7), "{n}");
            assert_eq!(written.unwrap(), 1);
        }
    }
    let is_local = sql!("select inet_server_addr() is null");
    assert!(db.one::<bool>(is_local).await.unwrap());

    let wait = Duration::from_millis(100);
    let error = Db::options().wait(wait).open("postgres://postgres@/any?host=/nowhere").await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
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
