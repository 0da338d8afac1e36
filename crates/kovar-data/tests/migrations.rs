use std::process::{Command, Stdio};

use futures_util::future::join_all;
use kovar_data::{Db, Migration, MigrationState, Migrations, migrations, sql};

use crate::file::File;

static ALL: Migrations = migrations!["migrations/0001_create_products.sql", "migrations/0002_split_name.sql"];

const CREATE: Migration = Migration::new("0001_a.sql", "create table a (n integer primary key)");
const URL: &str = "KOVAR_DATA_MIGRATE_URL";

async fn states(db: &Db, migrations: &Migrations) -> Vec<(String, &'static str)> {
    let name = |state| match state {
        MigrationState::Applied { .. } => "applied",
        MigrationState::Pending => "pending",
        MigrationState::Changed { .. } => "changed",
        MigrationState::Unknown { .. } => "unknown",
        _ => "new",
    };
    let states = db.migration_status(migrations).await.unwrap();
    states.into_iter().map(|status| (status.name, name(status.state))).collect()
}

#[tokio::test]
async fn files_are_applied_once_and_in_order() {
    let file = File::new();
    let db = file.open().await;
    let names = ["0001_create_products.sql", "0002_split_name.sql"].map(str::to_owned);
    assert_eq!(states(&db, &ALL).await, names.clone().map(|name| (name, "pending")));
    // Asking changes nothing.
    assert_eq!(db.one::<i64>(sql!("select count(*) from sqlite_schema")).await.unwrap(), 0);
    assert_eq!(db.migrate(&ALL).await.unwrap(), names);
    assert_eq!(db.migrate(&ALL).await.unwrap(), [""; 0]);
    assert_eq!(states(&db, &ALL).await, names.map(|name| (name, "applied")));
    // The second rebuilt `products`, and what points at it is still there.
    assert_eq!(db.one::<i64>(sql!("select count(*) from reviews")).await.unwrap(), 1);
    // And foreign keys are enforced again.
    assert!(db.execute(sql!("insert into reviews values (9)")).await.unwrap_err().is_foreign_key_violation());
}

#[tokio::test]
async fn a_changed_file_is_refused() {
    const CHANGED: Migration = Migration::new("0001_a.sql", "create table a (n text)");
    let file = File::new();
    let db = file.open().await;
    db.migrate(&const { Migrations::new(&[CREATE]) }).await.unwrap();
    let changed = const { Migrations::new(&[CHANGED]) };
    let error = db.migrate(&changed).await.unwrap_err();
    assert!(error.is_migration());
    assert!(error.to_string().contains("0001_a.sql was changed"), "{error}");
    assert_eq!(states(&db, &changed).await, [("0001_a.sql".to_owned(), "changed")]);
}

#[tokio::test]
async fn line_ends_are_no_change() {
    const UNIX: Migrations = Migrations::new(&[Migration::new("0001_a.sql", "create table\na (n)")]);
    const WINDOWS: Migrations = Migrations::new(&[Migration::new("0001_a.sql", "create table\r\na (n)")]);
    let file = File::new();
    let db = file.open().await;
    db.migrate(&UNIX).await.unwrap();
    assert_eq!(db.migrate(&WINDOWS).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_latecomer_is_refused() {
    const LATE: Migration = Migration::new("0000_late.sql", "create table late (n)");
    let file = File::new();
    let db = file.open().await;
    db.migrate(&const { Migrations::new(&[CREATE]) }).await.unwrap();
    let error = db.migrate(&const { Migrations::new(&[LATE, CREATE]) }).await.unwrap_err();
    assert!(error.to_string().contains("0000_late.sql stands before 0001_a.sql"), "{error}");
}

#[tokio::test]
async fn a_failed_migration_leaves_no_trace_and_those_before_it_stay() {
    let broken = |sql| Migrations::new(Box::leak(Box::new([CREATE, Migration::new("folder/0002_b.sql", sql)])));
    for sql in [
        "create table b (n); create table a (n)",
        "create table b (n); commit",
        "create table b (n integer references a); insert into b values (1)",
    ] {
        let file = File::new();
        let db = file.open().await;
        let migrations = broken(sql);
        let error = db.migrate(&migrations).await.unwrap_err();
        assert!(error.is_migration() && error.to_string().contains("0002_b.sql"), "{error}");
        let expected = [("0001_a.sql".to_owned(), "applied"), ("0002_b.sql".to_owned(), "pending")];
        assert_eq!(states(&db, &migrations).await, expected);
        // The writer is as it was.
        db.execute(sql!("insert into a values (1)")).await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_a_newer_app_is_refused() {
    const NEWER: Migration = Migration::new("0002_b.sql", "create table b (n)");
    let file = File::new();
    let db = file.open().await;
    db.migrate(&const { Migrations::new(&[CREATE, NEWER]) }).await.unwrap();
    let older = const { Migrations::new(&[CREATE]) };
    let error = db.migrate(&older).await.unwrap_err();
    assert!(error.is_migration() && error.to_string().contains("0002_b.sql was applied"), "{error}");
    let expected = [("0001_a.sql".to_owned(), "applied"), ("0002_b.sql".to_owned(), "unknown")];
    assert_eq!(states(&db, &older).await, expected);
}

#[tokio::test]
async fn a_database_of_a_newer_app_may_be_permitted() {
    const NEWER: Migration = Migration::new("0002_b.sql", "create table b (n)");
    const LATE: Migration = Migration::new("0001_late.sql", "create table late (n)");
    const LATER: Migration = Migration::new("0003_c.sql", "create table c (n)");
    const CHANGED: Migration = Migration::new("0001_a.sql", "create table a (n text)");
    let file = File::new();
    let db = file.open().await;
    db.migrate(&const { Migrations::new(&[CREATE, NEWER]) }).await.unwrap();
    assert_eq!(db.migrate(&const { Migrations::new(&[CREATE]).allow_unknown() }).await.unwrap(), [""; 0]);
    // All else is checked as ever.
    let changed = db.migrate(&const { Migrations::new(&[CHANGED]).allow_unknown() }).await.unwrap_err();
    assert!(changed.to_string().contains("0001_a.sql was changed"), "{changed}");
    let late = db.migrate(&const { Migrations::new(&[CREATE, LATE]).allow_unknown() }).await.unwrap_err();
    assert!(late.to_string().contains("0001_late.sql stands before 0002_b.sql"), "{late}");
    let later = const { Migrations::new(&[CREATE, LATER]).allow_unknown() };
    assert_eq!(db.migrate(&later).await.unwrap(), ["0003_c.sql"]);
    let states = states(&db, &later).await.into_iter().map(|(_, state)| state);
    assert_eq!(states.collect::<Vec<_>>(), ["applied", "unknown", "applied"]);
}

#[tokio::test]
async fn ten_handles_at_once_apply_each_once() {
    let file = File::new();
    let applied = join_all((0..10).map(async |_| file.open().await.migrate(&ALL).await.unwrap())).await;
    let mut applied = applied.concat();
    applied.sort();
    assert_eq!(applied, ["0001_create_products.sql", "0002_split_name.sql"]);
}

#[tokio::test]
async fn ten_processes_at_once_apply_each_once() {
    let file = File::new();
    let children: Vec<_> = (0..10)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "migrations::child", "--ignored", "--nocapture"])
                .env(URL, file.url())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut applied = String::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        applied.push_str(&String::from_utf8(output.stdout).unwrap());
    }
    for name in ["0001_create_products.sql", "0002_split_name.sql"] {
        assert_eq!(applied.matches(&format!("applied {name}")).count(), 1, "{applied}");
    }
}

#[tokio::test]
#[ignore = "a child of ten_processes_at_once_apply_each_once"]
async fn child() {
    let db = Db::open(&std::env::var(URL).unwrap()).await.unwrap();
    for name in db.migrate(&ALL).await.unwrap() {
        println!("applied {name}");
    }
}

#[test]
#[should_panic(expected = "in the order of their names")]
fn names_out_of_order_are_refused() {
    let _ = Migrations::new(Box::leak(Box::new([CREATE, CREATE])));
}
