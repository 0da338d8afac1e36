//! Lists, many rows in, many rows out.

use futures_util::{StreamExt as _, TryStreamExt as _};
use kovar_data::{Db, Isolation, List, sql};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{numbers, with_numbers};

pub(crate) async fn lists_are_for_in(db: Db) {
    with_numbers(&db).await;
    db.insert_many(sql!("numbers (n)"), (0..20_i64).map(|n| (n,))).await.unwrap();
    let find = async |list: &[i64]| -> Vec<i64> {
        db.all(sql!("select n from numbers where n in {List(list)} order by n")).await.unwrap()
    };
    assert_eq!(find(&[]).await, [0; 0]);
    for length in 1..10 {
        let list: Vec<i64> = (1..=length).collect();
        assert_eq!(find(&list).await, list);
    }
    let without = async |list: &[i64]| -> i64 {
        db.one(sql!("select count(*) from numbers where n not in {List(list)}")).await.unwrap()
    };
    assert_eq!((without(&[]).await, without(&[1, 2, 3]).await), (20, 17));
    let words = ["'); drop table numbers; --", "a"];
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers where 'a' in {List(&words)}")).await.unwrap(), 20);
}

pub(crate) async fn a_batch_is_all_or_nothing(db: Db) {
    with_numbers(&db).await;
    let insert = |n: i64| sql!("insert into numbers values ({n})");
    let changed = db.batch([insert(1), insert(2), sql!("update numbers set n = n + 10"), insert(1)]).await.unwrap();
    assert_eq!(changed, [1, 1, 2, 1]);
    assert_eq!(numbers(&db).await, [1, 11, 12]);
    let error = db.batch((20..120).map(|n| insert(if n == 70 { 1 } else { n }))).await.unwrap_err();
    assert!(error.is_unique_violation() && error.to_string().contains("many.rs:"), "{error}");
    assert_eq!(db.batch([]).await.unwrap(), [0; 0]);
    assert_eq!(numbers(&db).await, [1, 11, 12]);
}

pub(crate) async fn many_rows_are_inserted_or_none(db: Db) {
    let table = sql!("create table things (id uuid primary key, name text, price numeric, flag boolean, bytes bytea)");
    db.execute(table).await.unwrap();
    let price: Decimal = "12.5".parse().unwrap();
    let names = ["a", "tab\there", "line\nend\r", "back\\slash \\N \\.", "'quoted' \"twice\"", "größe 💡", ""];
    let rows: Vec<_> = names
        .iter()
        .map(|name| (Uuid::now_v7(), *name, Some(price), name.is_empty(), name.as_bytes().to_vec()))
        .chain([(Uuid::nil(), "null", None, true, vec![0, 255, 92])])
        .collect();
    let target = || sql!("things (id, name, price, flag, bytes)");
    assert_eq!(db.insert_many(target(), &rows).await.unwrap(), 8);
    type Thing = (Uuid, String, Option<Decimal>, bool, Vec<u8>);
    for (id, name, price, flag, bytes) in rows {
        let found: Thing = db.one(sql!("select * from things where id = {id}")).await.unwrap();
        assert_eq!(found, (id, name.to_owned(), price, flag, bytes));
    }
    let twice = Uuid::now_v7();
    let rows = [(Uuid::now_v7(), "x"), (twice, "y"), (twice, "z")];
    assert!(db.insert_many(sql!("things (id, name)"), rows).await.unwrap_err().is_unique_violation());
    assert_eq!(db.one::<i64>(sql!("select count(*) from things")).await.unwrap(), 8);

    let tx = db.begin().await.unwrap();
    assert_eq!(tx.insert_many(sql!("things (id, name)"), [(twice, "y")]).await.unwrap(), 1);
    assert!(tx.attempt(tx.insert_many(sql!("things (id, name)"), [(twice, "y")])).await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(db.one::<i64>(sql!("select count(*) from things")).await.unwrap(), 9);
}

pub(crate) async fn rows_are_streamed(db: Db) {
    with_numbers(&db).await;
    db.insert_many(sql!("numbers (n)"), (0..5_000_i64).map(|n| (n,))).await.unwrap();
    let all: Vec<i64> = db.stream::<i64>(sql!("select n from numbers order by n")).try_collect().await.unwrap();
    assert!(all.into_iter().eq(0..5_000));
    // Whoever stops early leaves the database in order, however often.
    for _ in 0..20 {
        let few: Vec<i64> =
            db.stream::<i64>(sql!("select n from numbers order by n")).take(3).try_collect().await.unwrap();
        assert_eq!(few, [0, 1, 2]);
    }
    assert_eq!(db.one::<i64>(sql!("select count(*) from numbers")).await.unwrap(), 5_000);
    let fails: Vec<_> = db.stream::<i64>(sql!("select * from nowhere")).collect().await;
    assert!(matches!(&fails[..], [Err(_)]));
    let misfits: Vec<_> = db.stream::<bool>(sql!("select 'text' as flag")).collect().await;
    assert!(matches!(&misfits[..], [Err(error)] if error.is_mapping() && error.to_string().contains("many.rs:")));
}

pub(crate) async fn transactions_are_kept_apart(db: Db) {
    with_numbers(&db).await;
    for isolation in [Isolation::ReadCommitted, Isolation::RepeatableRead, Isolation::Serializable] {
        let tx = db.begin_with(isolation).await.unwrap();
        tx.execute(sql!("insert into numbers values (1)")).await.unwrap();
        tx.rollback().await.unwrap();
    }
    assert_eq!(numbers(&db).await, [0; 0]);
}
