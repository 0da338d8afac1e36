use kovar_data::sql;

use crate::file::{File, count};

#[tokio::test]
async fn a_commit_is_seen_and_not_before() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    assert_eq!(tx.all::<i64>(sql!("select n from numbers")).await.unwrap(), [1]);
    assert_eq!(tx.one::<i64>(sql!("insert into numbers values (2) returning n")).await.unwrap(), 2);
    assert_eq!(tx.optional::<i64>(sql!("select n from numbers where n = 3")).await.unwrap(), None);
    assert_eq!(count(&db).await, 0);
    tx.commit().await.unwrap();
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn the_writer_syncs_each_commit_and_checks_foreign_keys() {
    let file = File::new();
    let tx = file.open().await.begin().await.unwrap();
    assert_eq!(tx.one::<String>(sql!("pragma journal_mode")).await.unwrap(), "wal");
    assert_eq!(tx.one::<i64>(sql!("pragma synchronous")).await.unwrap(), 2);
    assert_eq!(tx.one::<i64>(sql!("pragma foreign_keys")).await.unwrap(), 1);
}

#[tokio::test]
async fn a_rollback_and_a_drop_take_everything_back() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    tx.rollback().await.unwrap();

    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (2)")).await.unwrap();
    drop(tx);

    // The next one in line is not affected.
    db.execute(sql!("insert into numbers values (3)")).await.unwrap();
    assert_eq!(db.all::<i64>(sql!("select n from numbers")).await.unwrap(), [3]);
}

#[tokio::test]
async fn a_transaction_that_is_over_says_so() {
    let file = File::new();
    let db = file.with_numbers().await;
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
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_transaction_that_sqlite_ended_takes_no_more() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let error = tx.execute(sql!("insert or rollback into numbers values (1)")).await.unwrap_err();
    assert!(error.is_unique_violation());
    assert!(tx.execute(sql!("insert into numbers values (2)")).await.unwrap_err().is_closed());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_transaction_is_not_ended_by_a_statement() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    assert!(tx.execute(sql!("commit")).await.is_err());
    assert!(tx.execute(sql!("insert into numbers values (1)")).await.unwrap_err().is_closed());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_commit_that_a_constraint_refuses_rolls_back() {
    let file = File::new();
    let db = file.with_numbers().await;
    db.execute(sql!("create table notes (n integer references numbers (n) deferrable initially deferred)"))
        .await
        .unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into notes values (9)")).await.unwrap();
    assert!(tx.commit().await.unwrap_err().is_foreign_key_violation());
    assert!(tx.execute(sql!("insert into notes values (null)")).await.unwrap_err().is_closed());
    assert_eq!(db.one::<i64>(sql!("select count(*) from notes")).await.unwrap(), 0);
}

#[tokio::test]
async fn a_transaction_outlives_its_database_handle() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    drop(db);
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&file.open().await).await, 1);
}
