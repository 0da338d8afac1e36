//! Reads whose answer only one statement can have.

use std::ops::Range;

use kovar_data::{Db, Error, sql};

/// How many rows there are to be read.
const ROWS: i64 = 1_000;

/// A row's text, which is long for some.
fn text(id: i64) -> String {
    format!("row {id} ").repeat(1 + usize::try_from(id % 97).unwrap())
}

pub(super) async fn prepare(db: &Db) {
    db.execute(sql!("create table rows (id bigint primary key, content text not null)")).await.unwrap();
    db.insert_many(sql!("rows (id, content)"), (0..ROWS).map(|id| (id, text(id)))).await.unwrap();
}

/// Reads once for each number, and gives how many reads have failed.
pub(super) async fn read(db: &Db, numbers: Range<i64>) -> i64 {
    let mut failed = 0;
    for number in numbers {
        if let Err(error) = read_once(db, number).await {
            eprintln!("{number}: {error}");
            failed += 1;
        }
    }
    failed
}

/// One of several statements, so that they meet in the lanes.
async fn read_once(db: &Db, number: i64) -> Result<(), Error> {
    let id = number % ROWS;
    match number % 5 {
        0 => {
            let found: Vec<(i64, i64, String)> = db
                .all(sql!("select {number}::bigint, id, content from rows where id in ({id}, {id + 1}) order by id"))
                .await?;
            let expected: Vec<_> = (id..=id + 1).filter(|id| *id < ROWS).map(|id| (number, id, text(id))).collect();
            assert_eq!(found, expected);
        }
        1 => {
            let missing = -1 - number;
            let found: Option<i64> = db.optional(sql!("select id from rows where id = {missing}")).await?;
            assert_eq!(found, None);
        }
        2 => {
            let undone: (i64, i64) =
                db.one(sql!("select {number}::bigint, count(*) from history where outcome = 'undone'")).await?;
            assert_eq!(undone, (number, 0));
        }
        _ => {
            let found: (i64, i64, String) =
                db.one(sql!("select {number}::bigint, id, content from rows where id = {id}")).await?;
            assert_eq!(found, (number, id, text(id)));
        }
    }
    Ok(())
}
