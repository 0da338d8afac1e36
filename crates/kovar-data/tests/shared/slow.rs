//! Slow statements and what the database says about them.

use std::time::Duration;

use kovar_data::{Db, Rows, SlowStatement, Statement, sql};

/// Of a database for which every statement is slow.
pub(crate) async fn a_slow_statement_is_explained(db: Db) {
    db.execute(sql!("create table products (id bigint primary key, category text, price bigint)")).await.unwrap();
    let rows = (0..20_000_i64).map(|id| (id, format!("secret{}", id % 100), id));
    db.insert_many(sql!("products (id, category, price)"), rows).await.unwrap();
    db.execute(sql!("analyze products")).await.unwrap();
    let category = "secret7";
    let slow = explained(&db, || sql!(i64: "select count(*) from products where category = {category}")).await;
    assert_eq!(slow.text, "select count(*) from products where category = ?");
    assert!(slow.times >= 1 && slow.origin.file().ends_with("slow.rs"));
    let hint = slow.hint.unwrap_or_default();
    assert!(hint.contains("`products`") && hint.contains("index"), "{hint}");
    assert!(!slow.plan.unwrap_or_default().contains("secret"), "a plan shows no values");

    db.execute(sql!("create index by_category on products (category)")).await.unwrap();
    let slow = explained(&db, || sql!(i64: "select max(price) from products where category = {category}")).await;
    let plan = slow.plan.unwrap_or_default();
    assert!(plan.contains("by_category") && slow.hint.is_none(), "{plan} {:?}", slow.hint);
}

/// One statement is explained at a time, so it may have to run again.
async fn explained(db: &Db, statement: impl Fn() -> Statement<Rows<i64>>) -> SlowStatement {
    let origin = statement().origin();
    for _ in 0..500 {
        db.one(statement()).await.unwrap();
        let found = db.slow_statements().into_iter().find(|slow| slow.origin == origin && slow.plan.is_some());
        if let Some(found) = found {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{origin} has no plan: {:?}", db.slow_statements());
}
