use kovar_data::{Db, sql};
use serde::Deserialize;

use crate::file::File;

#[derive(Debug, Deserialize, PartialEq)]
struct Product {
    id: i64,
    name: String,
}

async fn products(file: &File) -> Db {
    let db = file.open().await;
    db.execute(sql!("create table products (id integer primary key, name text not null unique check (name <> ''))"))
        .await
        .unwrap();
    db.execute(sql!("create table reviews (product_id integer not null references products (id))")).await.unwrap();
    db
}

#[tokio::test]
async fn a_crud_app_has_what_it_needs() {
    let file = File::new();
    let db = products(&file).await;
    let name = "Lamp";
    let lamp: Product = db.one(sql!("insert into products (name) values ({name}) returning *")).await.unwrap();
    assert_eq!(lamp, Product { id: 1, name: "Lamp".to_owned() });

    let found: Option<Product> = db.optional(sql!("select * from products where id = {lamp.id}")).await.unwrap();
    assert_eq!(found, Some(lamp));

    let name = "Desk";
    let changed = db.execute(sql!("update products set name = {name}")).await.unwrap();
    assert_eq!(changed, 1);

    let all: Vec<(i64, String)> = db.all(sql!("select id, name from products")).await.unwrap();
    assert_eq!(all, [(1, "Desk".to_owned())]);

    let deleted: Vec<i64> = db.all(sql!("delete from products returning id")).await.unwrap();
    assert_eq!(deleted, [1]);
    let none: Option<Product> = db.optional(sql!("select * from products")).await.unwrap();
    assert_eq!(none, None);
    assert!(db.one::<Product>(sql!("select * from products")).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn execute_counts_only_its_own_rows() {
    let file = File::new();
    let db = products(&file).await;
    let inserted = db.execute(sql!("insert into products (name) values ('a'), ('b'), ('c')")).await.unwrap();
    assert_eq!(inserted, 3);
    assert_eq!(db.execute(sql!("create table other (a)")).await.unwrap(), 0);
    assert_eq!(db.execute(sql!("select * from products")).await.unwrap(), 0);
    let (first, second) = ("a", "b");
    let deleted = db.execute(sql!("delete from products where name in ({first}, {second}) returning id")).await;
    assert_eq!(deleted.unwrap(), 2);
}

#[tokio::test]
async fn violations_are_told_apart() {
    let file = File::new();
    let db = products(&file).await;
    db.execute(sql!("insert into products (name) values ('a')")).await.unwrap();

    let unique = db.execute(sql!("insert into products (name) values ('a')")).await.unwrap_err();
    assert!(unique.is_unique_violation() && !unique.is_check_violation());
    assert!(unique.to_string().ends_with("UNIQUE constraint failed: products.name"), "{unique}");
    assert!(unique.to_string().contains("queries.rs:"), "{unique}");
    assert!(std::error::Error::source(&unique).is_some());

    let check = db.execute(sql!("insert into products (name) values ('')")).await.unwrap_err();
    assert!(check.is_check_violation(), "{check}");
    let null = db.execute(sql!("insert into products (name) values (null)")).await.unwrap_err();
    assert!(null.is_not_null_violation(), "{null}");
    let foreign = db.execute(sql!("insert into reviews values (9)")).await.unwrap_err();
    assert!(foreign.is_foreign_key_violation(), "{foreign}");
    let primary = db.execute(sql!("insert into products values (1, 'b')")).await.unwrap_err();
    assert!(primary.is_unique_violation(), "{primary}");
}

#[tokio::test]
async fn errors_say_where_and_hold_no_values() {
    let file = File::new();
    let db = products(&file).await;
    let secret = "hunter2";
    let error = db.one::<i64>(sql!("select {secret}")).await.unwrap_err();
    let text = error.to_string();
    assert!(error.is_mapping());
    assert!(text.contains("queries.rs:") && text.contains("found text, expected i64"), "{text}");
    assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
}

#[tokio::test]
async fn statements_that_make_no_sense_are_errors() {
    let file = File::new();
    let db = products(&file).await;
    let value = 1;
    for statement in [
        sql!("selct 1"),
        sql!("select * from nowhere"),
        sql!("select 1; select 2"),
        sql!("select ?, {value}"),
        sql!("select :name"),
        sql!(""),
        sql!("begin"),
        sql!("savepoint a"),
        sql!("commit"),
    ] {
        let shown = format!("{statement:?}");
        assert!(db.all::<i64>(statement.clone()).await.is_err(), "{shown}");
        assert!(db.execute(statement).await.is_err(), "{shown}");
    }
    // None of them left a mark.
    db.execute(sql!("insert into products (name) values ('a')")).await.unwrap();
    let count: i64 = db.one(sql!("select count(*) from products")).await.unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_cached_statement_follows_the_schema() {
    let file = File::new();
    let db = products(&file).await;
    db.execute(sql!("insert into products (name) values ('a')")).await.unwrap();
    let before: serde_json::Value = db.one(sql!("select * from products")).await.unwrap();
    db.execute(sql!("alter table products add column stock integer not null default 3")).await.unwrap();
    let after: serde_json::Value = db.one(sql!("select * from products")).await.unwrap();
    assert_eq!(before, serde_json::json!({"id": 1, "name": "a"}));
    assert_eq!(after, serde_json::json!({"id": 1, "name": "a", "stock": 3}));
}

#[tokio::test]
async fn memory_is_one_database() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
    db.clone().execute(sql!("insert into numbers values (1)")).await.unwrap();
    assert_eq!(crate::file::count(&db).await, 1);
    let other = Db::open("sqlite::memory:").await.unwrap();
    assert!(other.execute(sql!("insert into numbers values (1)")).await.is_err());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "Not a database, but more than long enough to be taken for one. ".repeat(50)).unwrap();
    let error = Db::open(&format!("sqlite://{}", path.display())).await.unwrap_err();
    assert!(error.to_string().contains("notes.txt"), "{error}");
}

#[tokio::test]
async fn futures_can_change_threads() {
    async fn rename(db: &Db, name: String) -> Result<i64, kovar_data::Error> {
        let tx = db.begin().await?;
        tx.execute(sql!("update products set name = {name}")).await?;
        tx.commit().await?;
        db.one(sql!("select id from products where name = {name.as_str()}")).await
    }
    fn check(_: impl Send) {}

    let db = Db::open("sqlite::memory:").await.unwrap();
    check(rename(&db, "Lamp".to_owned()));
}

#[tokio::test]
async fn sqlite_notifies_nobody() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    let error = db.listen(["orders"]).await.unwrap_err();
    assert!(error.to_string().contains("PostgreSQL"), "{error}");
}
