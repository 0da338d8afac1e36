//! Writes whose callers remember what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use kovar_data::{Db, Error, sql};

use super::random::Random;

/// What the caller was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It has happened.
    Acknowledged,
    /// Nothing of it has happened.
    Undone,
    /// Nobody knows.
    InDoubt,
}

/// Two rows that are written together.
pub(super) struct Written {
    id: i64,
    pub(super) outcome: Outcome,
}

pub(super) async fn prepare(db: &Db) {
    db.execute(sql!("create table history (id bigint, part integer, outcome text not null, primary key (id, part))"))
        .await
        .unwrap();
    db.execute(sql!("create index on history (outcome)")).await.unwrap();
}

/// Writes until it is over.
pub(super) async fn write(db: &Db, writer: i64, is_over: &AtomicBool) -> Vec<Written> {
    let (mut random, mut written) = (Random::new(writer as u64), Vec::new());
    for number in 0.. {
        if is_over.load(Relaxed) {
            break;
        }
        let id = writer * 1_000_000_000 + number;
        let outcome = match random.below(8) {
            0 => undone(db, id, true).await,
            1 => undone(db, id, false).await,
            kind => match kept(db, id, kind).await {
                Ok(()) => Outcome::Acknowledged,
                Err(error) if error.is_in_doubt() => Outcome::InDoubt,
                // What is no doubt is a promise.
                Err(_) => Outcome::Undone,
            },
        };
        written.push(Written { id, outcome });
    }
    written
}

async fn kept(db: &Db, id: i64, kind: u64) -> Result<(), Error> {
    let insert = |part: i32| sql!("insert into history values ({id}, {part}, 'kept')");
    match kind {
        2 => drop(db.insert_many(sql!("history (id, part, outcome)"), [(id, 0, "kept"), (id, 1, "kept")]).await?),
        3 => drop(db.batch([insert(0), insert(1)]).await?),
        4 | 5 => {
            let tx = db.begin().await?;
            tx.execute(insert(0)).await?;
            tx.execute(insert(1)).await?;
            tx.commit().await?;
        }
        _ => drop(db.execute(sql!("insert into history values ({id}, 0, 'kept'), ({id}, 1, 'kept')")).await?),
    }
    Ok(())
}

/// A transaction that is rolled back, or dropped.
async fn undone(db: &Db, id: i64, is_rolled_back: bool) -> Outcome {
    let work = async {
        let tx = db.begin().await?;
        for part in 0..2 {
            tx.execute(sql!("insert into history values ({id}, {part}, 'undone')")).await?;
        }
        if is_rolled_back { tx.rollback().await } else { Ok(()) }
    };
    let _: Result<(), Error> = work.await;
    Outcome::Undone
}

/// Holds what was told against what is there, and gives how many that were in doubt have happened.
pub(super) async fn check(db: &Db, written: &[Written]) -> usize {
    let found: Vec<(i64, i64)> = db.all(sql!("select id, count(*) from history group by id")).await.unwrap();
    let mut found: BTreeMap<i64, i64> = found.into_iter().collect();
    let mut doubtful = 0;
    for Written { id, outcome } in written {
        let parts = found.remove(id).unwrap_or(0);
        match outcome {
            Outcome::Acknowledged => assert_eq!(parts, 2, "{id} was acknowledged"),
            Outcome::Undone => assert_eq!(parts, 0, "{id} was undone"),
            Outcome::InDoubt => {
                assert!(parts == 0 || parts == 2, "{id} has happened by half");
                doubtful += usize::from(parts == 2);
            }
        }
    }
    assert!(found.is_empty(), "nobody has written {found:?}");
    doubtful
}
