//! Migrations on a server that several instances share.

use futures_util::future::join_all;
use kovar_data::{Db, Migration, MigrationState, Migrations, sql};

use crate::server::{Database, empty};

const CREATE: Migration =
    Migration::new("0001_a.sql", "create table a (n integer primary key); insert into a values (1)");
const SLOW: Migration = Migration::new("0002_b.sql", "select pg_sleep(0.3); update a set n = n + 1");

async fn states(db: &Db, migrations: &Migrations) -> Vec<(String, bool)> {
    let states = db.migration_status(migrations).await.unwrap();
    states.into_iter().map(|status| (status.name, matches!(status.state, MigrationState::Applied { .. }))).collect()
}

#[tokio::test]
async fn ten_instances_that_start_at_once_apply_each_once() {
    const ALL: Migrations = Migrations::new(&[CREATE, SLOW]);
    let database = Database::new().await;
    let instances = join_all((0..10).map(|_| database.open())).await;
    let applied = join_all(instances.iter().map(|db| db.migrate(&ALL))).await;
    let mut names: Vec<String> = applied.into_iter().flat_map(Result::unwrap).collect();
    names.sort();
    assert_eq!(names, ["0001_a.sql", "0002_b.sql"]);
    assert_eq!(instances[0].all::<i32>(sql!("select n from a")).await.unwrap(), [2]);
    let both = ["0001_a.sql", "0002_b.sql"].map(|name| (name.to_owned(), true));
    assert_eq!(states(&instances[9], &ALL).await, both);
}

#[tokio::test]
async fn a_failed_migration_leaves_no_trace() {
    let (db, _kept) = empty().await;
    for broken in [
        "create table b (n integer); create table a (n integer)",
        "create table b (n integer); commit",
        "create table b (n integer); rollback; begin",
        "create table b (n",
    ] {
        let all = Migrations::new(Box::leak(Box::new([CREATE, Migration::new("folder/0002_b.sql", broken)])));
        let error = db.migrate(&all).await.unwrap_err();
        assert!(error.is_migration() && error.to_string().contains("0002_b.sql"), "{error}");
        assert_eq!(states(&db, &all).await, [("0001_a.sql".to_owned(), true), ("0002_b.sql".to_owned(), false)]);
        // A `commit` of its own cannot be taken back; anything else is.
        if !broken.contains("commit") {
            assert!(db.one::<i64>(sql!("select count(*) from b")).await.is_err(), "{broken}");
        }
        db.execute(sql!("drop table if exists b")).await.unwrap();
    }
}

#[tokio::test]
async fn a_changed_file_is_refused() {
    const CHANGED: Migration = Migration::new("0001_a.sql", "create table a (n text)");
    let (db, _kept) = empty().await;
    assert_eq!(states(&db, &const { Migrations::new(&[CREATE]) }).await, [("0001_a.sql".to_owned(), false)]);
    db.migrate(&const { Migrations::new(&[CREATE]) }).await.unwrap();
    let error = db.migrate(&const { Migrations::new(&[CHANGED]) }).await.unwrap_err();
    assert!(error.is_migration() && error.to_string().contains("0001_a.sql was changed"), "{error}");
}
