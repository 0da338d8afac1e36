//! Statements that wait together are committed together, and each has its own outcome.

use futures_util::future::join_all;
use kovar_data::{Db, Error, sql};

use crate::file::File;

/// A database whose statements wait longer than a machine under load is slow.
async fn with_numbers(file: &File) -> Db {
    let db = file.open().await;
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    db
}

/// Runs what `statement` makes of each number while a transaction is open, so that all of them wait in line.
async fn together<F>(db: &Db, numbers: std::ops::Range<i64>, run: impl Fn(Db, i64) -> F) -> Vec<Result<u64, Error>>
where
    F: Future<Output = Result<u64, Error>>,
{
    let tx = db.begin().await.unwrap();
    let all = join_all(numbers.map(|n| run(db.clone(), n)));
    let commit = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        tx.commit().await.unwrap();
    };
    tokio::join!(all, commit).0
}

/// How many commits the log of writes holds (<https://www.sqlite.org/fileformat2.html#walformat>, §4.1): a frame that
/// ends one says how many pages the database has.
fn commits(file: &File) -> usize {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;
    let wal = std::fs::read(file.folder().join("test.db-wal")).unwrap();
    let page = u32::from_be_bytes(wal[8..12].try_into().unwrap()) as usize;
    let salt = &wal[16..24];
    let frames = wal[HEADER..].chunks_exact(FRAME_HEADER + page).take_while(|frame| &frame[8..16] == salt);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

async fn insert(db: Db, n: i64) -> Result<u64, Error> {
    db.execute(sql!("insert into numbers values ({n})")).await
}

#[tokio::test]
async fn those_who_wait_share_a_commit() {
    let file = File::new();
    let db = with_numbers(&file).await;
    let before = commits(&file);
    let outcomes = together(&db, 0..500, insert).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(1))), "{outcomes:?}");
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers")).await.unwrap(), 500);
    // Groups end after a few milliseconds, however many wait.
    let commits = commits(&file) - before;
    assert!((1..=50).contains(&commits), "{commits} commits for 500 statements");
}

#[tokio::test]
async fn one_that_fails_takes_nobody_along() {
    let file = File::new();
    let db = with_numbers(&file).await;
    let outcomes = together(&db, 0..100, |db, n| async move { insert(db, n / 2).await }).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_ok(), n % 2 == 0, "{n}: {outcome:?}");
        assert!(outcome.as_ref().err().is_none_or(Error::is_unique_violation), "{n}: {outcome:?}");
    }
    assert_eq!(db.all::<i64>(sql!("select n from numbers order by n")).await.unwrap(), (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_that_rolls_back_takes_nobody_along() {
    let file = File::new();
    let db = with_numbers(&file).await;
    let outcomes = together(&db, 0..100, |db, n| async move {
        db.execute(sql!("insert or rollback into numbers values ({n / 2})")).await
    });
    for (n, outcome) in outcomes.await.iter().enumerate() {
        assert_eq!(outcome.is_ok(), n % 2 == 0, "{n}: {outcome:?}");
    }
    assert_eq!(db.all::<i64>(sql!("select n from numbers order by n")).await.unwrap(), (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_that_cannot_be_committed_takes_nobody_along() {
    let file = File::new();
    let db = with_numbers(&file).await;
    db.execute(sql!("create table owners (id integer primary key)")).await.unwrap();
    let table = sql!("create table owned (owner integer references owners (id) deferrable initially deferred)");
    db.execute(table).await.unwrap();
    db.execute(sql!("insert into owners values (0)")).await.unwrap();
    let outcomes =
        together(&db, 0..60, |db, n| async move { db.execute(sql!("insert into owned values ({n % 3})")).await });
    for (n, outcome) in outcomes.await.iter().enumerate() {
        assert_eq!(outcome.is_ok(), n % 3 == 0, "{n}: {outcome:?}");
        assert!(outcome.as_ref().err().is_none_or(Error::is_foreign_key_violation), "{n}: {outcome:?}");
    }
    assert_eq!(db.one::<i64>(sql!("select count(*) from owned")).await.unwrap(), 20);
}

#[tokio::test]
async fn what_cannot_run_in_a_transaction_runs_between_groups() {
    let file = File::new();
    let db = with_numbers(&file).await;
    let outcomes = together(&db, 0..100, |db, n| async move {
        match n % 10 {
            5 => db.execute(sql!("vacuum")).await,
            _ => insert(db, n).await,
        }
    });
    let outcomes = outcomes.await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers")).await.unwrap(), 90);
}

#[tokio::test]
async fn whoever_gave_up_waiting_was_not_carried_out() {
    let file = File::new();
    let db = with_numbers(&file).await;
    let tx = db.begin().await.unwrap();
    let (given_up, kept) = (insert(db.clone(), 1), insert(db.clone(), 2));
    let given_up = async { tokio::time::timeout(std::time::Duration::from_millis(20), given_up).await };
    let commit = async {
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        tx.commit().await.unwrap();
    };
    let (given_up, kept, ()) = tokio::join!(given_up, kept, commit);
    assert!(given_up.is_err() && kept.is_ok());
    assert_eq!(db.all::<i64>(sql!("select n from numbers")).await.unwrap(), [2]);
}
