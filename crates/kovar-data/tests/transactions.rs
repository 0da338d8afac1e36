//! What is SQLite's own about transactions; the rest is in `shared`.

use kovar_data::sql;

use crate::file::{File, count};

#[tokio::test]
async fn the_writer_syncs_each_commit_and_checks_foreign_keys() {
    let file = File::new();
    let tx = file.open().await.begin().await.unwrap();
    assert_eq!(tx.one::<String>(sql!("pragma journal_mode")).await.unwrap(), "wal");
    assert_eq!(tx.one::<i64>(sql!("pragma synchronous")).await.unwrap(), 2);
    assert_eq!(tx.one::<i64>(sql!("pragma foreign_keys")).await.unwrap(), 1);
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
async fn a_transaction_outlives_its_database_handle() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    drop(db);
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&file.open().await).await, 1);
}
