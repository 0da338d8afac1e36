use kovar_data::{Db, Error, sql};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{numbers, with_numbers};

#[derive(Debug, Deserialize, PartialEq)]
struct Product {
    id: i64,
    name: String,
    stock: Option<i32>,
}

async fn with_products(db: &Db) {
    let products = sql!(
        "create table products (
            id bigint primary key, name text not null unique check (name <> ''), stock integer, price numeric
        )"
    );
    db.execute(products).await.unwrap();
    db.execute(sql!("create table reviews (product_id bigint not null references products (id))")).await.unwrap();
    for (id, name, stock) in [(1, "Lamp", Some(3)), (2, "Desk", None), (3, "Chair", Some(10))] {
        db.execute(sql!("insert into products (id, name, stock) values ({id}, {name}, {stock})")).await.unwrap();
    }
}

pub(crate) async fn rows_become_types(db: Db) {
    with_products(&db).await;
    let lamp: Product = db.one(sql!("select * from products where id = {1}")).await.unwrap();
    assert_eq!(lamp, Product { id: 1, name: "Lamp".to_owned(), stock: Some(3) });
    let pairs: Vec<(i64, String)> = db.all(sql!("select id, name from products order by id limit 2")).await.unwrap();
    assert_eq!(pairs, [(1, "Lamp".to_owned()), (2, "Desk".to_owned())]);
    let names: Vec<String> = db.all(sql!("select name from products order by name")).await.unwrap();
    assert_eq!(names, ["Chair", "Desk", "Lamp"]);
    let changed = db.execute(sql!("update products set stock = {7} where id >= {2}")).await.unwrap();
    assert_eq!(changed, 2);
    let name = "Shelf";
    let shelf: Product =
        db.one(sql!("insert into products (id, name) values ({4}, {name}) returning *")).await.unwrap();
    assert_eq!(shelf, Product { id: 4, name: name.to_owned(), stock: None });
    assert_eq!(db.execute(sql!("delete from products where id = {4}")).await.unwrap(), 1);
    assert_eq!(db.execute(sql!("select * from products")).await.unwrap_or(0) % 3, 0);
}

pub(crate) async fn one_is_exactly_one(db: Db) {
    with_products(&db).await;
    assert!(db.one::<Product>(sql!("select * from products where id = 9")).await.unwrap_err().is_not_found());
    assert_eq!(db.optional::<Product>(sql!("select * from products where id = 9")).await.unwrap(), None);
    assert!(db.one::<Product>(sql!("select * from products")).await.unwrap_err().is_mapping());
    assert!(db.optional::<Product>(sql!("select * from products")).await.unwrap_err().is_mapping());
    assert!(db.all::<Product>(sql!("select * from products where id = 9")).await.unwrap().is_empty());
}

pub(crate) async fn conditions_are_put_together(db: Db) {
    with_products(&db).await;
    let find = async |name: Option<&str>, least: Option<i32>, limit: u64| -> Vec<i64> {
        let statement = sql!("select id from products where true")
            .and_if(name, |name| sql!("name = {name}"))
            .and_if(least, |least| sql!("stock >= {least} or stock is null"))
            .order_by("id desc")
            .limit(limit)
            .offset(0);
        db.all(statement).await.unwrap()
    };
    assert_eq!(find(None, None, 10).await, [3, 2, 1]);
    assert_eq!(find(None, Some(4), 10).await, [3, 2]);
    assert_eq!(find(Some("Lamp"), Some(4), 10).await, [0; 0]);
    assert_eq!(find(Some("Lamp"), None, 10).await, [1]);
    assert_eq!(find(None, None, 1).await, [3]);
}

pub(crate) async fn violations_are_told_apart(db: Db) {
    with_products(&db).await;
    let refused = async |statement| -> Error { db.execute(statement).await.unwrap_err() };
    let unique = refused(sql!("insert into products (id, name) values (9, 'Lamp')")).await;
    assert!(unique.is_unique_violation() && !unique.is_check_violation(), "{unique}");
    assert!(unique.to_string().contains("queries.rs:"), "{unique}");
    assert!(refused(sql!("insert into products (id, name) values (1, 'b')")).await.is_unique_violation());
    assert!(refused(sql!("insert into products (id, name) values (9, '')")).await.is_check_violation());
    assert!(refused(sql!("insert into products (id, name) values (9, null)")).await.is_not_null_violation());
    assert!(refused(sql!("insert into reviews values (99)")).await.is_foreign_key_violation());
}

pub(crate) async fn errors_hold_no_values(db: Db) {
    with_products(&db).await;
    let secret = "hunter2";
    db.execute(sql!("insert into products (id, name) values ({5}, {secret})")).await.unwrap();
    let refused = [
        db.execute(sql!("insert into products (id, name) values ({6}, {secret})")).await.unwrap_err(),
        db.one::<i64>(sql!("select name from products where name = {secret}")).await.unwrap_err(),
        db.execute(sql!("select {secret} from nowhere")).await.unwrap_err(),
    ];
    for error in refused {
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
}

pub(crate) async fn statements_that_make_no_sense_are_errors(db: Db) {
    with_numbers(&db).await;
    for statement in [sql!("selct 1"), sql!("select * from nowhere"), sql!("select 1; select 2"), sql!("begin now")] {
        let shown = format!("{statement:?}");
        assert!(db.all::<i64>(statement.clone()).await.is_err(), "{shown}");
        assert!(db.execute(statement).await.is_err(), "{shown}");
    }
    db.execute(sql!("insert into numbers values (1)")).await.unwrap();
    assert_eq!(numbers(&db).await, [1]);
}

pub(crate) async fn a_placeholder_of_the_text_is_refused(db: Db) {
    with_numbers(&db).await;
    assert!(db.execute(sql!("insert into numbers values ($1)")).await.is_err());
    assert!(db.all::<i64>(sql!("select n from numbers where n = $1 or n = $2 or n = {3}")).await.is_err());
    assert_eq!(numbers(&db).await, [0; 0]);
}

pub(crate) async fn a_statement_follows_the_schema(db: Db) {
    db.execute(sql!("create table names (n bigint, name text)")).await.unwrap();
    db.execute(sql!("insert into names values (1, 'a')")).await.unwrap();
    let all = async || -> serde_json::Value { db.one(sql!("select * from names where n = {1}")).await.unwrap() };
    for _ in 0..5 {
        assert_eq!(all().await, serde_json::json!({"n": 1, "name": "a"}));
    }
    db.execute(sql!("alter table names add column stock integer not null default 3")).await.unwrap();
    for _ in 0..5 {
        assert_eq!(all().await, serde_json::json!({"n": 1, "name": "a", "stock": 3}));
    }
}

pub(crate) async fn sums_and_averages_are_numbers(db: Db) {
    with_products(&db).await;
    assert_eq!(db.one::<i64>(sql!("select count(*) from products")).await.unwrap(), 3);
    assert_eq!(db.one::<i64>(sql!("select sum(id) from products")).await.unwrap(), 6);
    assert_eq!(db.one::<u8>(sql!("select max(stock) from products")).await.unwrap(), 10);
    let average: f64 = db.one(sql!("select avg(stock) from products")).await.unwrap();
    assert!((average - 6.5).abs() < 1e-9);
    let price: Decimal = "0.1".parse().unwrap();
    db.execute(sql!("update products set price = {price}")).await.unwrap();
    let sum: Decimal = db.one(sql!("select round(sum(price), 2) from products")).await.unwrap();
    assert_eq!(sum, "0.3".parse().unwrap());
    assert_eq!(db.one::<Option<i64>>(sql!("select sum(stock) from products where false")).await.unwrap(), None);
}
