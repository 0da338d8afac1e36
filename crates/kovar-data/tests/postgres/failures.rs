//! A server whose disk is full, that does not know its caller, or that says nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use kovar_data::{Db, sql};
use tokio::net::TcpListener;

use crate::server::Database;
use crate::shared::disk::{Disk, fill_up, insert};

/// A place for tables on a small disk of the server's.
async fn tablespace(database: &Database) -> Option<(Disk, String)> {
    let disk = Disk::of_kilobytes(3_000)?;
    let owned = Command::new("chown").arg("postgres").arg(disk.path()).status();
    if !owned.is_ok_and(|status| status.success()) {
        eprintln!("skipped: the disk cannot be given to the server's user");
        return None;
    }
    let name = format!("small_{}", database.name());
    let create = format!("create tablespace {name} location '{}'", disk.path().display());
    database.client().await.batch_execute(&create).await.unwrap();
    Some((disk, name))
}

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let database = Database::new().await;
    let Some((disk, place)) = tablespace(&database).await else { return };
    let (client, db) = (database.client().await, database.open().await);
    let table = format!("create table blobs (n bigint primary key, bytes bytea) tablespace {place}");
    client.batch_execute(&format!("{table}; alter table blobs alter bytes set storage external")).await.unwrap();
    let filling = disk.path().join("filling");
    std::fs::write(&filling, vec![0; 1_000_000]).unwrap();
    let error = fill_up(&db).await;
    for part in ["could not extend file", "SQLSTATE 53100", "disk.rs:"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    std::fs::remove_file(filling).unwrap();
    insert(&db, -1).await.unwrap();
    db.close().await;
    for statement in ["drop table blobs".to_owned(), format!("drop tablespace {place}")] {
        client.batch_execute(&statement).await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_shown() {
    let database = Database::new().await;
    // The server asks nobody else for one.
    let guarded = "do $$ begin create role guarded login password 'right'; exception when duplicate_object then end $$";
    database.client().await.batch_execute(guarded).await.unwrap();
    let with = |password: &str| database.url().replace("postgres@", &format!("guarded:{password}@"));
    Db::open(&with("right")).await.unwrap();
    let start = Instant::now();
    let error = Db::open(&with("hunter2")).await.unwrap_err();
    let expected = "the database cannot be used: password authentication failed for user \"guarded\" (SQLSTATE 28P01)";
    assert_eq!(error.to_string(), expected);
    assert!(!error.is_passing() && start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_unavailable_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://ada@{}/shop", silent.local_addr().unwrap());
    let start = Instant::now();
    let error = Db::options().wait(Duration::from_millis(300)).open(&url).await.unwrap_err();
    assert_eq!(error.to_string(), "the database cannot be reached: it has not answered within 300ms");
    assert!(error.is_unavailable() && start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_server_that_follows_another_is_only_read() {
    let database = Database::new().await;
    let client = database.client().await;
    client.batch_execute("create table numbers (n bigint)").await.unwrap();
    let name = database.name();
    client.batch_execute(&format!("alter database {name} set default_transaction_read_only = on")).await.unwrap();
    let db = database.open().await;
    for _ in 0..3 {
        let error = db.execute(sql!("insert into numbers values (1)")).await.unwrap_err();
        assert!(error.is_unwritable(), "{error}");
        let tx = db.begin().await.unwrap();
        assert!(tx.execute(sql!("insert into numbers values (1)")).await.unwrap_err().is_unwritable());
        assert_eq!(db.one::<i64>(sql!("select count(*) from numbers")).await.unwrap(), 0);
    }
}
