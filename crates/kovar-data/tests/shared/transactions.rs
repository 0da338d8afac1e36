use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use kovar_data::{AsText, Db, Error, Tx, sql};
use rust_decimal::Decimal;
use tokio::time::timeout;

use super::{numbers, with_numbers};

pub(crate) async fn a_commit_is_seen_and_not_before(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    assert_eq!(tx.all::<i64>(sql!("select n from numbers")).await.unwrap(), [1]);
    assert_eq!(tx.one::<i64>(sql!("insert into numbers values (2) returning n")).await.unwrap(), 2);
    assert_eq!(tx.optional::<i64>(sql!("select n from numbers where n = 3")).await.unwrap(), None);
    assert_eq!(numbers(&db).await, [0; 0]);
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, [1, 2]);
}

pub(crate) async fn a_rollback_and_a_drop_take_everything_back(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    tx.rollback().await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (2)")).await.unwrap();
    drop(tx);
    db.execute(sql!("insert into numbers values (3)")).await.unwrap();
    assert_eq!(numbers(&db).await, [3]);
}

pub(crate) async fn a_transaction_that_is_over_says_so(db: Db) {
    with_numbers(&db).await;
    let committed = db.begin().await.unwrap();
    committed.commit().await.unwrap();
    let rolled_back = db.begin().await.unwrap();
    rolled_back.rollback().await.unwrap();
    for tx in [committed, rolled_back] {
        assert!(tx.execute(sql!("insert into numbers values (1)")).await.unwrap_err().is_closed());
        assert!(tx.one::<i64>(sql!("select 1")).await.unwrap_err().is_closed());
        assert!(tx.commit().await.unwrap_err().is_closed());
        assert!(tx.rollback().await.unwrap_err().is_closed());
    }
    assert_eq!(numbers(&db).await, [0; 0]);
}

pub(crate) async fn a_refused_statement_ends_the_transaction(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    assert!(tx.execute(sql!("insert into numbers values (1)")).await.unwrap_err().is_unique_violation());
    assert!(tx.execute(sql!("insert into numbers values (2)")).await.unwrap_err().is_closed());
    let error = tx.commit().await.unwrap_err();
    assert!(error.is_closed() && error.to_string().contains("one of its statements was refused"), "{error}");
    assert_eq!(numbers(&db).await, [0; 0]);
}

pub(crate) async fn what_is_done_after_a_commit_is_done_then_only(db: Db) {
    with_numbers(&db).await;
    let done = Arc::new(Mutex::new(Vec::new()));
    let note = |tx: &Tx, what: &'static str| {
        let done = Arc::clone(&done);
        tx.after_commit(move || done.lock().unwrap().push(what));
    };
    let [committed, undone, dropped, refused] = ["committed", "undone", "dropped", "refused"];
    let tx = db.begin().await.unwrap();
    note(&tx, committed);
    let attempt = tx.attempt(async {
        note(&tx, "of an attempt that is undone");
        tx.execute(sql!("no statement")).await
    });
    assert!(attempt.await.is_err());
    let attempt = tx.attempt(async {
        note(&tx, "of an attempt");
        Ok::<_, Error>(())
    });
    attempt.await.unwrap();
    assert!(done.lock().unwrap().is_empty());
    tx.commit().await.unwrap();
    let tx = db.begin().await.unwrap();
    note(&tx, undone);
    tx.rollback().await.unwrap();
    let tx = db.begin().await.unwrap();
    note(&tx, dropped);
    drop(tx);
    let tx = db.begin().await.unwrap();
    note(&tx, refused);
    assert!(tx.execute(sql!("no statement")).await.is_err() && tx.commit().await.is_err());
    assert_eq!(*done.lock().unwrap(), [committed, "of an attempt"]);
}

pub(crate) async fn an_attempt_takes_nothing_along(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let failed = tx.attempt(async {
        tx.execute(sql!("insert into numbers values (2)")).await?;
        tx.execute(sql!("insert into numbers values (1)")).await
    });
    assert!(failed.await.unwrap_err().is_unique_violation());
    let kept = tx.attempt(tx.one::<i64>(sql!("insert into numbers values (3) returning n")));
    assert_eq!(kept.await.unwrap(), 3);
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, [1, 3]);
}

pub(crate) async fn attempts_may_be_inside_each_other(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    let outer = tx.attempt(async {
        tx.execute(sql!("insert into numbers values (1)")).await?;
        let inner = tx.attempt(async {
            tx.execute(sql!("insert into numbers values (2)")).await?;
            tx.execute(sql!("insert into numbers values (1)")).await
        });
        assert!(inner.await.is_err());
        tx.execute(sql!("insert into numbers values (4)")).await
    });
    outer.await.unwrap();
    let outer = tx.attempt(async {
        tx.attempt(tx.execute(sql!("insert into numbers values (5)"))).await?;
        tx.execute(sql!("insert into numbers values (1)")).await
    });
    assert!(outer.await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, [1, 4]);
}

pub(crate) async fn an_attempt_that_hides_a_failure_is_undone(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let hidden = tx.attempt(async {
        tx.execute(sql!("insert into numbers values (2)")).await?;
        let _ = tx.execute(sql!("insert into numbers values (1)")).await;
        Ok::<_, Error>(())
    });
    assert!(hidden.await.unwrap_err().is_closed());
    tx.execute(sql!("insert into numbers values (3)")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, [1, 3]);
}

pub(crate) async fn an_attempt_that_is_broken_off_ends_the_transaction(db: Db) {
    with_numbers(&db).await;
    let tx = db.begin().await.unwrap();
    let endless = tx.attempt(async {
        tx.execute(sql!("insert into numbers values (1)")).await?;
        pending::<Result<(), Error>>().await
    });
    assert!(timeout(Duration::from_millis(100), endless).await.is_err());
    assert!(tx.execute(sql!("insert into numbers values (2)")).await.unwrap_err().is_closed());
    assert!(tx.commit().await.unwrap_err().is_closed());
    assert_eq!(numbers(&db).await, [0; 0]);
}

pub(crate) async fn a_refused_parameter_leaves_the_transaction(db: Db) {
    with_numbers(&db).await;
    db.execute(sql!("create table prices (price numeric)")).await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let refused = tx.execute(sql!("insert into numbers values ({AsText(7)})")).await;
    assert!(refused.unwrap_err().is_parameter_refused());
    assert!(tx.one::<Decimal>(sql!("select 'text' as price")).await.unwrap_err().is_mapping());
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, [1]);
}

pub(crate) async fn a_commit_that_a_constraint_refuses_rolls_back(db: Db) {
    with_numbers(&db).await;
    db.execute(sql!("create table notes (n bigint references numbers (n) deferrable initially deferred)"))
        .await
        .unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into notes values (9)")).await.unwrap();
    assert!(tx.commit().await.unwrap_err().is_foreign_key_violation());
    assert!(tx.execute(sql!("insert into notes values (null)")).await.unwrap_err().is_closed());
    assert_eq!(db.one::<i64>(sql!("select count(*) from notes")).await.unwrap(), 0);
}

/// Futures are dropped after any time: in line, under way, between statements.
pub(crate) async fn dropped_futures_leave_the_database_in_order(db: Db) {
    with_numbers(&db).await;
    let one = async |n: i64| {
        let work = async {
            let tx = db.begin().await?;
            tx.execute(sql!("insert into numbers values ({2 * n})")).await?;
            tx.execute(sql!("insert into numbers values ({2 * n + 1})")).await?;
            tx.commit().await
        };
        timeout(Duration::from_micros(u64::try_from(n * 37 % 3_000).unwrap()), work)
            .await
            .is_ok_and(|done| done.is_ok())
    };
    let acknowledged = join_all((0..200).map(one)).await;
    // Whoever comes later has a transaction, and pairs are whole.
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (-1)")).await.unwrap();
    tx.commit().await.unwrap();
    let found = numbers(&db).await;
    for (n, acknowledged) in (0_i64..).zip(acknowledged) {
        let pair = [2 * n, 2 * n + 1].map(|n| found.binary_search(&n).is_ok());
        assert_eq!(pair[0], pair[1], "{n}");
        assert!(pair[0] || !acknowledged, "{n}");
    }
}
