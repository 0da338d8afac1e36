//! Servers that go away, networks that are cut, callers that lose patience.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kovar_data::{Db, Options, sql};
use tokio::sync::Barrier;
use tokio::time::{sleep, timeout};

use crate::proxy::{Proxy, Way};
use crate::server::{Database, empty};

fn impatient() -> Options {
    Db::options().wait(Duration::from_millis(300))
}

async fn with_numbers(db: &Db) {
    db.execute(sql!("create table numbers (n bigint primary key)")).await.unwrap();
}

async fn numbers(db: &Db) -> BTreeSet<i64> {
    db.all(sql!("select n from numbers")).await.unwrap().into_iter().collect()
}

#[tokio::test]
async fn no_turn_in_time_is_busy_and_nothing_happens() {
    let database = Database::new().await;
    let db = database.open_with(impatient().connections(1)).await;
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    let start = Instant::now();
    let error = db.begin().await.unwrap_err();
    assert!(error.is_busy() && start.elapsed() < Duration::from_secs(2), "{error}");
    // Single statements have connections of their own, once they are known.
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, BTreeSet::from([1]));
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_broken_off() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().statement_timeout(Duration::from_millis(200))).await;
    let start = Instant::now();
    let error = db.execute(sql!("select pg_sleep(10)")).await.unwrap_err();
    assert!(error.is_timeout() && start.elapsed() < Duration::from_secs(5), "{error}");
    assert_eq!(db.one::<i32>(sql!("select 1")).await.unwrap(), 1);
}

#[tokio::test]
async fn a_dropped_transaction_gives_its_connection_back() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().connections(2)).await;
    with_numbers(&db).await;
    for n in 0..20 {
        let tx = db.begin().await.unwrap();
        let sleeping = async {
            tx.execute(sql!("insert into numbers values ({n})")).await.unwrap();
            tx.execute(sql!("select pg_sleep(60)")).await
        };
        assert!(timeout(Duration::from_millis(20), sleeping).await.is_err());
        drop(tx);
    }
    // All of them were broken off, and none was committed.
    let tx = timeout(Duration::from_secs(5), db.begin()).await.unwrap().unwrap();
    let _both_are_free = timeout(Duration::from_secs(5), db.begin()).await.unwrap().unwrap();
    tx.execute(sql!("insert into numbers values (-1)")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, BTreeSet::from([-1]));
    let sleeping = "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active' \
                    and datname = current_database()";
    assert_eq!(database.client().await.query_one(sleeping, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_connection_whose_statement_was_broken_off_is_not_used_again() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().connections(1)).await;
    let session = async |tx: &kovar_data::Tx| tx.one::<i32>(sql!("select pg_backend_pid()")).await.unwrap();
    let tx = db.begin().await.unwrap();
    let first = session(&tx).await;
    drop(tx);
    let tx = db.begin().await.unwrap();
    assert_eq!(session(&tx).await, first);
    // The server may be told at any time later, and would break off whatever is there then.
    assert!(timeout(Duration::from_millis(20), tx.execute(sql!("select pg_sleep(60)"))).await.is_err());
    drop(tx);
    let tx = db.begin().await.unwrap();
    assert_ne!(session(&tx).await, first);
}

#[tokio::test]
async fn ended_sessions_cost_no_read_and_no_acknowledged_write() {
    let (db, kept) = empty().await;
    with_numbers(&db).await;
    let client = kept.client().await;
    let end = async {
        for _ in 0..20 {
            sleep(Duration::from_millis(25)).await;
            let all = "select pg_terminate_backend(pid) from pg_stat_activity \
                       where datname = current_database() and application_name = 'kovar'";
            client.batch_execute(all).await.unwrap();
        }
    };
    let work = async |task: i64| {
        let (start, mut acknowledged) = (Instant::now(), Vec::new());
        for n in (task..).step_by(16) {
            // Seven of each of the sixteen, however slow the machine is.
            let is_enough = start.elapsed() > Duration::from_millis(600) && acknowledged.len() >= 7;
            if is_enough || start.elapsed() > Duration::from_secs(60) {
                break;
            }
            assert_eq!(db.one::<i64>(sql!("select {n}::bigint")).await.unwrap(), n);
            match db.execute(sql!("insert into numbers values ({n})")).await {
                Ok(_) => acknowledged.push(n),
                Err(error) => assert!(error.is_in_doubt() || error.is_unavailable(), "{error}"),
            }
        }
        acknowledged
    };
    let (acknowledged, ()) = tokio::join!(join_all((0..16).map(work)), end);
    let found = numbers(&db).await;
    let acknowledged: Vec<_> = acknowledged.into_iter().flatten().collect();
    let lost: Vec<_> = acknowledged.iter().filter(|n| !found.contains(n)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
}

async fn behind_a_proxy(options: Options) -> (Db, Proxy, Database) {
    let database = Database::new().await;
    let (url, proxy) = database.through_a_proxy().await;
    let db = options.open(&url).await.unwrap();
    with_numbers(&db).await;
    (db, proxy, database)
}

#[tokio::test]
async fn a_cut_connection_is_opened_again() {
    let (db, proxy, _kept) = behind_a_proxy(Db::options()).await;
    for _ in 0..3 {
        assert_eq!(db.one::<i32>(sql!("select 1")).await.unwrap(), 1);
        let tx = db.begin().await.unwrap();
        proxy.set(Way::Cut);
        let error = tx.execute(sql!("insert into numbers values (1)")).await.unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        let waits = db.one::<i32>(sql!("select 1"));
        let opens = async {
            sleep(Duration::from_millis(300)).await;
            proxy.set(Way::Open);
        };
        let (read, ()) = tokio::join!(waits, opens);
        assert_eq!(read.unwrap(), 1);
    }
    assert!(numbers(&db).await.is_empty());
}

#[tokio::test]
async fn what_is_cut_off_before_its_answer_is_in_doubt() {
    let (db, proxy, kept) = behind_a_proxy(Db::options()).await;
    for n in 0..3 {
        db.execute(sql!("insert into numbers values ({n})")).await.unwrap();
    }
    let insert = async || db.execute(sql!("insert into numbers values ({10})")).await;
    proxy.set(Way::Silent);
    let cut = async {
        sleep(Duration::from_millis(200)).await;
        proxy.set(Way::Cut);
    };
    let (outcome, ()) = tokio::join!(insert(), cut);
    assert!(outcome.as_ref().unwrap_err().is_in_doubt(), "{outcome:?}");
    proxy.set(Way::Open);

    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values ({20})")).await.unwrap();
    proxy.set(Way::Silent);
    let cut = async {
        sleep(Duration::from_millis(200)).await;
        proxy.set(Way::Cut);
    };
    let (outcome, ()) = tokio::join!(tx.commit(), cut);
    assert!(outcome.unwrap_err().is_in_doubt());
    proxy.set(Way::Open);
    // Both were carried out, which their callers could not know.
    let found = numbers(&kept.open().await).await;
    assert!(found.contains(&10) && found.contains(&20), "{found:?}");
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable_in_time() {
    let (db, proxy, _kept) = behind_a_proxy(impatient()).await;
    assert_eq!(db.one::<i32>(sql!("select 1")).await.unwrap(), 1);
    proxy.set(Way::Cut);
    let start = Instant::now();
    for _ in 0..3 {
        let error = db.one::<i32>(sql!("select 1")).await.unwrap_err();
        assert!(error.is_unavailable() || error.is_busy(), "{error}");
        let error = db.begin().await.unwrap_err();
        assert!(error.is_unavailable() || error.is_busy(), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    proxy.set(Way::Open);
    assert_eq!(db.one::<i32>(sql!("select 1")).await.unwrap(), 1);
}

#[tokio::test]
async fn transactions_that_run_into_each_other_are_a_conflict() {
    let (db, _kept) = empty().await;
    with_numbers(&db).await;
    db.execute(sql!("insert into numbers values (1), (2)")).await.unwrap();
    let both_have_begun = Barrier::new(2);
    let change = async |first: i64, second: i64| {
        let tx = db.begin().await?;
        tx.execute(sql!("update numbers set n = n where n = {first}")).await?;
        both_have_begun.wait().await;
        tx.execute(sql!("update numbers set n = n where n = {second}")).await?;
        tx.commit().await
    };
    let (one, other) = tokio::join!(change(1, 2), change(2, 1));
    let errors: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert!(matches!(&errors[..], [error] if error.is_conflict()), "{errors:?}");
}

#[tokio::test]
async fn a_wrong_url_is_told_without_its_password() {
    let database = Database::new().await;
    let url = database.url();
    let (server, _) = url.rsplit_once('/').unwrap();
    let (_, host) = server.split_once('@').unwrap();
    for (url, reason) in [
        (format!("{server}/missing"), "database \"missing\" does not exist"),
        (format!("postgres://stranger:hunter2@{host}/missing"), "role \"stranger\" does not exist"),
        ("postgres://a:hunter2@127.0.0.1:1/b".to_owned(), "cannot be reached"),
        ("postgres://a:hunter2@[/b".to_owned(), "cannot be read"),
        ("postgres:///b".to_owned(), "names no host"),
    ] {
        let error = impatient().open(&url).await.unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn a_backup_is_made_by_pg_dump() {
    let (db, _kept) = empty().await;
    let error = db.backup("copy.dump").await.unwrap_err();
    assert!(error.to_string().contains("pg_dump"), "{error}");
}

#[tokio::test]
async fn a_closed_database_refuses() {
    let (db, kept) = empty().await;
    with_numbers(&db).await;
    let other = db.clone();
    db.close().await;
    assert!(other.execute(sql!("insert into numbers values (1)")).await.unwrap_err().is_closed());
    assert!(other.begin().await.unwrap_err().is_closed());
    sleep(Duration::from_millis(100)).await;
    let count =
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'kovar'";
    assert_eq!(kept.client().await.query_one(count, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn an_idempotent_write_is_sent_again() {
    let (db, proxy, _kept) = behind_a_proxy(Db::options()).await;
    let write = async || {
        let statement = sql!("insert into numbers values ({7}) on conflict (n) do nothing").idempotent();
        db.execute(statement).await
    };
    for _ in 0..3 {
        write().await.unwrap();
    }
    for _ in 0..3 {
        proxy.set(Way::Silent);
        let cut = async {
            sleep(Duration::from_millis(100)).await;
            proxy.set(Way::Cut);
            sleep(Duration::from_millis(100)).await;
            proxy.set(Way::Open);
        };
        let (outcome, ()) = tokio::join!(write(), cut);
        assert_eq!(outcome.unwrap(), 0);
    }
    assert_eq!(numbers(&db).await, BTreeSet::from([7]));
}

#[tokio::test]
async fn replicas_answer_what_may_be_stale() {
    let replica = Database::new().await;
    with_numbers(&replica.open().await).await;
    replica.open().await.execute(sql!("insert into numbers values (2)")).await.unwrap();
    let (url, proxy) = replica.through_a_proxy().await;
    let main = Database::new().await;
    let db = main.open_with(impatient().replica(url)).await;
    with_numbers(&db).await;
    db.execute(sql!("insert into numbers values (1)")).await.unwrap();
    for _ in 0..5 {
        assert_eq!(db.one::<i64>(sql!("select n from numbers")).await.unwrap(), 1);
        assert_eq!(db.one::<i64>(sql!("select n from numbers").stale()).await.unwrap(), 2);
    }
    proxy.set(Way::Cut);
    assert_eq!(db.one::<i64>(sql!("select n from numbers").stale()).await.unwrap(), 1);
    proxy.set(Way::Open);
    // It is asked again; until it answers in time, the main one does.
    let answers = async {
        while db.one::<i64>(sql!("select n from numbers").stale()).await.unwrap() != 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), answers).await.unwrap();
}
