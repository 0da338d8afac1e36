//! Copies of a database that others use meanwhile.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use kovar_data::{Db, sql};
use tokio::time::{sleep, timeout};

use crate::file::{File, count};

/// How many kilobytes the database has, so that the copy takes its time.
const KILOBYTES: i64 = 30_000;

async fn large(file: &File) -> Db {
    let db = file.open().await;
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    db.execute(sql!("create table filling (bytes blob)")).await.unwrap();
    let fill = sql!(
        "with recursive c (n) as (select 1 union all select n + 1 from c where n < {KILOBYTES})
         insert into filling select randomblob(1024) from c"
    );
    db.execute(fill).await.unwrap();
    db
}

fn names(file: &File) -> Vec<String> {
    let folder = std::fs::read_dir(file.folder()).unwrap();
    let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("test.db"));
    names.sort();
    names
}

fn beside(file: &File, name: &str) -> PathBuf {
    file.folder().join(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_is_of_one_moment_and_holds_nobody_up() {
    let file = File::new();
    let db = large(&file).await;
    let (written, is_over) = (AtomicI64::new(0), AtomicBool::new(false));
    let write = async |writer: i64| {
        for n in (2 * writer..).step_by(8) {
            if is_over.load(SeqCst) {
                return;
            }
            let tx = db.begin().await.unwrap();
            tx.execute(sql!("insert into numbers values ({n})")).await.unwrap();
            tx.execute(sql!("insert into numbers values ({n + 1})")).await.unwrap();
            tx.commit().await.unwrap();
            written.fetch_add(2, SeqCst);
            let acknowledged = written.load(SeqCst);
            assert!(count(&db).await >= acknowledged);
        }
    };
    let copy = async {
        let mut copies: Vec<(PathBuf, i64, i64)> = Vec::new();
        // Three, and more where writing is so slow that it did not come to happen within one.
        while copies.len() < 3 || !copies.iter().any(|(_, before, after)| after > before) {
            let number = copies.len();
            assert!(number < 30, "nothing was written while {number} copies were made");
            sleep(Duration::from_millis(20)).await;
            let (path, before) = (beside(&file, &format!("copy-{number}.db")), written.load(SeqCst));
            db.backup(&path).await.unwrap();
            copies.push((path, before, written.load(SeqCst)));
        }
        is_over.store(true, SeqCst);
        copies
    };
    let (_, copies) = tokio::join!(join_all((0..4).map(write)), copy);
    assert_eq!(names(&file).len(), copies.len());
    for (path, before, after) in copies {
        let copy = Db::open(&format!("sqlite://{}", path.display())).await.unwrap();
        assert_eq!(copy.one::<String>(sql!("pragma integrity_check")).await.unwrap(), "ok");
        let (rows, pairs): (i64, i64) =
            copy.one(sql!("select count(*), count(distinct n / 2) from numbers")).await.unwrap();
        // What was acknowledged before it began is there, and of the rest nothing by half.
        assert!(rows == 2 * pairs && rows >= before && rows <= after + 8, "{rows} rows, from {before} to {after}");
        assert_eq!(copy.one::<i64>(sql!("select count(*) from filling")).await.unwrap(), KILOBYTES);
        copy.execute(sql!("delete from numbers")).await.unwrap();
    }
    assert_eq!(count(&db).await, written.load(SeqCst));
}

#[tokio::test]
async fn a_file_that_is_there_stays_as_it_is() {
    let file = File::new();
    let db = file.with_numbers().await;
    let path = beside(&file, "taken");
    std::fs::write(&path, "mine").unwrap();
    let error = db.backup(&path).await.unwrap_err();
    assert!(error.to_string().ends_with("taken: it cannot be written: there is a file of this name"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let missing = db.backup(beside(&file, "missing/copy.db")).await.unwrap_err();
    assert!(missing.to_string().contains("No such file"), "{missing}");
    // Only one of several may have the name.
    let path = beside(&file, "copy");
    let copies = join_all((0..4).map(|_| db.backup(&path))).await;
    assert_eq!(copies.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{copies:?}");
    assert_eq!(names(&file), ["copy", "taken"]);
}

#[tokio::test]
async fn a_copy_that_nobody_waits_for_leaves_nothing() {
    let file = File::new();
    let db = large(&file).await;
    for delay in [0, 1, 3, 9] {
        let copy = db.backup(beside(&file, "copy.db"));
        assert!(timeout(Duration::from_millis(delay), copy).await.is_err());
    }
    let gone = async {
        while !names(&file).is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.unwrap();
    db.backup(beside(&file, "copy.db")).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_copied_says_so() {
    let file = File::new();
    let db = file.with_numbers().await;
    db.close().await;
    assert!(db.backup(beside(&file, "copy.db")).await.unwrap_err().is_closed());
    let memory = Db::open("sqlite::memory:").await.unwrap();
    let error = memory.backup(beside(&file, "copy.db")).await.unwrap_err();
    assert!(error.to_string().contains("in memory"), "{error}");
    assert_eq!(names(&file), [""; 0]);
}
