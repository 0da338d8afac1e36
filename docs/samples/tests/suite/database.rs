use guide_samples::database::first_steps::{Book, first_steps};
use guide_samples::database::transaction::transfer;
use kovar::http::data::transactions;
use kovar::prelude::*;

use super::client::{app, post_json};

#[tokio::test]
async fn rows_become_schemas() {
    let sylva = Book { id: 1, title: "Sylva".to_owned(), year: Some(1664) };
    assert_eq!(first_steps().await.expect("the statements are right"), [sylva]);
}

#[tokio::test]
async fn a_problem_rolls_back() {
    let db = Db::open("sqlite::memory:").await.expect("a database in memory");
    db.execute(sql!("create table accounts (id integer primary key, balance integer not null) strict"))
        .await
        .expect("it is made");
    db.execute(sql!("insert into accounts values (1, 10), (2, 0)")).await.expect("there is room");
    let bank = || app(operations![transfer]).provide(db.clone()).provider(transactions());
    assert_eq!(post_json(bank(), "/transfers/1/2", "30").await.status, 409);
    let balances: Vec<i64> = db.all(sql!("select balance from accounts order by id")).await.expect("they are there");
    assert_eq!(balances, [10, 0]);
    assert_eq!(post_json(bank(), "/transfers/1/2", "4").await.status, 204);
    let balances: Vec<i64> = db.all(sql!("select balance from accounts order by id")).await.expect("they are there");
    assert_eq!(balances, [6, 4]);
}
