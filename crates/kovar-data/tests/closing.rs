use std::time::Duration;

use kovar_data::{Db, sql};

use crate::file::File;

/// The files beside the database's own.
fn beside(file: &File) -> Vec<String> {
    let folder = std::fs::read_dir(file.folder()).unwrap();
    let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "test.db");
    names.sort();
    names
}

#[tokio::test]
async fn a_closed_database_is_one_file() {
    let file = File::new();
    let db = file.with_numbers().await;
    db.execute(sql!("insert into numbers values (1)")).await.unwrap();
    assert_eq!(db.all::<i64>(sql!("select n from numbers")).await.unwrap(), [1]);
    assert_eq!(beside(&file), ["test.db-shm", "test.db-wal"]);
    db.clone().close().await;
    assert_eq!(beside(&file), [""; 0]);
    for refused in [
        db.all::<i64>(sql!("select n from numbers")).await.unwrap_err(),
        db.execute(sql!("insert into numbers values (2)")).await.unwrap_err(),
        db.begin().await.unwrap_err(),
    ] {
        assert!(refused.is_closed(), "{refused}");
    }
    // Twice is once.
    db.close().await;
    assert_eq!(crate::file::count(&file.open().await).await, 1);
}

#[tokio::test]
async fn what_is_in_line_is_carried_out() {
    let file = File::new();
    let db = file.with_numbers().await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let closing = tokio::spawn({
        let db = db.clone();
        async move { db.close().await }
    });
    // The transaction holds the closing up, and the closing holds nothing of it up.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!closing.is_finished());
    tx.execute(sql!("insert into numbers values (2)")).await.unwrap();
    tx.commit().await.unwrap();
    closing.await.unwrap();
    assert_eq!(crate::file::count(&file.open().await).await, 2);
}

#[tokio::test]
async fn a_database_that_others_have_open_stays_theirs() {
    let file = File::new();
    let (db, other) = (file.with_numbers().await, file.open().await);
    db.execute(sql!("insert into numbers values (1)")).await.unwrap();
    db.close().await;
    assert_eq!(beside(&file), ["test.db-shm", "test.db-wal"]);
    assert_eq!(crate::file::count(&other).await, 1);
}

#[tokio::test]
async fn a_database_in_memory_closes() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.close().await;
    assert!(db.one::<i64>(sql!("select 1")).await.unwrap_err().is_closed());
}
