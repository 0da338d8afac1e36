use std::time::Duration;

use crate::{Db, List, Tally, sql};

async fn database() -> Db {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.execute(sql!("create table products (id integer primary key, name text)")).await.unwrap();
    db
}

#[tokio::test]
async fn a_statement_is_one_whatever_its_values() {
    let db = database().await;
    for ids in [vec![1], vec![1, 2, 3], vec![]] {
        let _: Vec<i64> = db.all(sql!("select id from products where id in {List(&ids)}")).await.unwrap();
    }
    for id in 0..10 {
        db.execute(sql!("insert into products values ({id}, {\"Lamp\"})")).await.unwrap();
    }
    db.execute(sql!("insert into products values (1, null)")).await.unwrap_err();
    let costs = db.statements();
    let cost = |text: &str| costs.iter().find(|cost| cost.text == text).unwrap_or_else(|| panic!("{text}: {costs:?}"));
    assert_eq!(cost("select id from products where id in (…)").runs, 2);
    let inserted = cost("insert into products values (?, ?)");
    assert_eq!((inserted.runs, inserted.rows, inserted.failures), (10, 10, 0));
    assert!(inserted.longest <= inserted.total && inserted.mean() <= inserted.longest);
    assert_eq!(cost("insert into products values (1, null)").failures, 1);
    assert!(costs[0].origin.file().ends_with("tests.rs"));
}

#[tokio::test]
async fn statements_of_transactions_batches_and_streams_are_counted() {
    let db = database().await;
    let tx = db.begin().await.unwrap();
    tx.execute(sql!("insert into products values (1, 'Lamp')")).await.unwrap();
    tx.attempt(tx.execute(sql!("insert into products values (2, 'Desk')"))).await.unwrap();
    tx.commit().await.unwrap();
    db.batch([10, 11].map(|id| sql!("update products set name = 'Lamp' where id > {id}"))).await.unwrap();
    db.insert_many(sql!("products (id, name)"), (3..6).map(|id| (id, "Lamp"))).await.unwrap();
    let names = db.stream::<String>(sql!("select name from products"));
    assert_eq!(futures_util::StreamExt::count(names).await, 5);
    let mut found: Vec<_> = db.statements().into_iter().map(|cost| (cost.text, cost.runs, cost.rows)).collect();
    found.sort();
    let expected = [
        ("create table products (id integer primary key, name text)", 1, 0),
        ("insert into products (id, name) values (…)", 1, 3),
        ("insert into products values (1, 'Lamp')", 1, 1),
        ("insert into products values (2, 'Desk')", 1, 1),
        ("select name from products", 1, 5),
        ("update products set name = 'Lamp' where id > ?", 2, 0),
    ];
    assert_eq!(found, expected.map(|(text, runs, rows)| (text.to_owned(), runs, rows)));
}

#[tokio::test]
async fn what_a_piece_of_work_repeats_is_found() {
    let db = database().await;
    let mut tally = Tally::default();
    let mut work = std::pin::pin!(async {
        for id in 0..7 {
            let _: Option<String> = db.optional(sql!("select name from products where id = {id}")).await.unwrap();
        }
        for id in 0..7 {
            let _: Option<i64> = db.optional(sql!("select id from products where id = {id}").repeated()).await.unwrap();
        }
        let _: i64 = db.one(sql!("select count(*) from products")).await.unwrap();
        db.batch((0..9).map(|id| sql!("delete from products where id = {id}"))).await.unwrap();
    });
    std::future::poll_fn(|context| tally.enter(|| work.as_mut().poll(context))).await;
    let repeated: Vec<_> = tally.repeated().map(|repeated| (repeated.text, repeated.times)).collect();
    assert_eq!(repeated, [("select name from products where id = ?".to_owned(), 7)]);
}

#[tokio::test]
async fn work_inside_other_work_is_counted_apart() {
    let db = database().await;
    let select = || sql!("select 1");
    let (mut outer, mut inner) = (Tally::default(), Tally::default());
    let run = |tally: &mut Tally| {
        let mut ran = Box::pin(db.one::<i64>(select()));
        let _ = tally.enter(|| ran.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())));
    };
    outer.enter(|| (0..5).for_each(|_| run(&mut inner)));
    assert_eq!((outer.repeated().count(), inner.repeated().count()), (0, 1));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| outer.enter(|| panic!("no")))).is_err());
    (0..5).for_each(|_| run(&mut outer));
    assert_eq!(outer.repeated().count(), 1, "a panic has left the work");
}

#[tokio::test]
async fn whoever_does_not_wait_counts_as_dropped() {
    let db = database().await;
    let mut ran = Box::pin(db.execute(sql!("delete from products")));
    let _ = ran.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    drop(ran);
    let costs = db.statements();
    assert_eq!(costs.iter().find(|cost| cost.text == "delete from products").unwrap().dropped, 1);
}

#[tokio::test]
async fn nothing_is_slow_where_that_is_disabled() {
    let db = Db::options().slow(None).open("sqlite::memory:").await.unwrap();
    let _: i64 = db.one(sql!("select 1")).await.unwrap();
    assert!(db.slow_statements().is_empty());
    let db = Db::options().slow(Duration::ZERO).open("sqlite::memory:").await.unwrap();
    let _: i64 = db.one(sql!("select 1")).await.unwrap();
    assert_eq!(db.slow_statements().len(), 1);
}
