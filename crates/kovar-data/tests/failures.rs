//! Disks that are full, files that are not what they should be, other processes that hold them.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kovar_data::{Db, sql};

use crate::file::{File, count};
use crate::shared::disk::{Disk, fill_up, insert};

async fn with_blobs(db: &Db) {
    db.execute(sql!("create table blobs (n integer primary key, bytes blob)")).await.unwrap();
}

async fn check(db: &Db) {
    let error = fill_up(db).await;
    assert!(error.to_string().contains("database or disk is full"), "{error}");
    assert_eq!(db.one::<String>(sql!("pragma integrity_check")).await.unwrap(), "ok");
}

#[tokio::test]
async fn a_database_that_may_not_grow_loses_nothing() {
    let file = File::new();
    let db = file.open().await;
    with_blobs(&db).await;
    db.execute(sql!("pragma max_page_count = 100")).await.unwrap();
    check(&db).await;
    db.execute(sql!("pragma max_page_count = 100000")).await.unwrap();
    insert(&db, -1).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let Some(disk) = Disk::of_kilobytes(2_000) else { return };
    let url = format!("sqlite://{}/test.db", disk.path().display());
    let db = Db::open(&url).await.unwrap();
    with_blobs(&db).await;
    // As others fill it, too.
    let filling = disk.path().join("filling");
    std::fs::write(&filling, vec![0; 1_000_000]).unwrap();
    check(&db).await;
    let backup = db.backup(disk.path().join("copy.db")).await.unwrap_err();
    assert!(backup.is_unwritable(), "{backup}");
    std::fs::remove_file(filling).unwrap();
    insert(&db, -1).await.unwrap();
    let rows: i64 = db.one(sql!("select count(*) from blobs")).await.unwrap();
    db.close().await;
    assert_eq!(std::fs::read_dir(disk.path()).unwrap().count(), 1);
    let again = Db::open(&url).await.unwrap();
    assert_eq!(again.one::<i64>(sql!("select count(*) from blobs")).await.unwrap(), rows);
    again.close().await;

    let other = format!("sqlite://{}/other.db", disk.path().display());
    let mut filling = std::fs::File::create(disk.path().join("filling")).unwrap();
    while filling.write_all(&[0; 4_096]).is_ok() {}
    let error = Db::open(&other).await.unwrap_err();
    assert!(error.is_unwritable() && error.to_string().contains("other.db"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let file = File::new();
    std::fs::create_dir(file.folder()).unwrap();
    let path = file.folder().join("test.db");
    let text = "This is a letter, and it is long enough to be more than the head of a database. ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = Db::open(&file.url()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("the database {} cannot be opened: file is not a database", path.display()));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let error = Db::open(&file.url()).await.unwrap_err();
    assert!(error.to_string().contains("cannot be opened: unable to open database file"), "{error}");
    let error = Db::open("sqlite:///dev/null/a.db").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database /dev/null/a.db cannot be opened: its folder cannot be made: File exists (os error 17)"
    );
}

const URL: &str = "KOVAR_DATA_HOLD_URL";

/// Another process, which holds the database.
struct Holder(Child, #[expect(dead_code, reason = "the child writes into it")] BufReader<ChildStdout>);

impl Holder {
    fn of(file: &File) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "failures::child", "--ignored", "--nocapture"])
            .env(URL, file.folder().join("test.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        assert!(output.by_ref().lines().map_while(Result::ok).any(|line| line == "held"));
        Self(child, output)
    }

    fn let_go(mut self) {
        self.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
#[ignore = "the child of a_database_that_another_process_holds_is_busy"]
fn child() {
    let connection = rusqlite::Connection::open(std::env::var(URL).unwrap()).unwrap();
    connection.execute_batch("begin exclusive; insert into numbers values (-1)").unwrap();
    println!("held");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    connection.execute_batch("commit").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_process_holds_is_busy() {
    let file = File::new();
    let db = file.with_numbers().await;
    db.execute(sql!("insert into numbers values (1)")).await.unwrap();
    let holder = Holder::of(&file);
    let start = Instant::now();
    let together = join_all((10..20).map(async |n| db.execute(sql!("insert into numbers values ({n})")).await)).await;
    for outcome in together {
        assert!(outcome.as_ref().unwrap_err().is_busy(), "{outcome:?}");
    }
    assert!(db.begin().await.unwrap_err().is_busy());
    assert!(db.insert_many(sql!("numbers (n)"), [(2,)]).await.unwrap_err().is_busy());
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    // Who reads waits for nobody, and neither does who opens it or asks what is applied.
    assert_eq!(count(&db).await, 1);
    assert_eq!(count(&file.open_impatient().await).await, 1);

    let patient = file.open().await;
    let write = tokio::spawn(async move { patient.execute(sql!("insert into numbers values (3)")).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    holder.let_go();
    assert_eq!(write.await.unwrap().unwrap(), 1);
    db.execute(sql!("insert into numbers values (4)")).await.unwrap();
    assert_eq!(db.all::<i64>(sql!("select n from numbers order by n")).await.unwrap(), [-1, 1, 3, 4]);
}

#[tokio::test]
async fn a_start_with_nothing_to_apply_waits_for_nobody() {
    use kovar_data::{Migration, Migrations};
    const ALL: Migrations = Migrations::new(&[Migration::new("0001_a.sql", "create table a (n)")]);
    let file = File::new();
    let db = file.with_numbers().await;
    db.migrate(&ALL).await.unwrap();
    let holder = Holder::of(&file);
    let start = Instant::now();
    assert_eq!(file.open().await.migrate(&ALL).await.unwrap(), [""; 0]);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    holder.let_go();
}
