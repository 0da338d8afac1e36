//! Slow statements and what the database says about them.

use std::time::Duration;

use kovar_data::{Db, SlowStatement, sql};

/// Of a database for which every statement is slow.
pub(crate) async fn a_slow_statement_is_explained(db: Db) {
    db.execute(sql!("create table products (id bigint primary key, category text, price bigint)")).await.unwrap();
    let rows = (0..20_000_i64).map(|id| (id, format!("secret{}", id % 100), id));
    db.insert_many(sql!("products (id, category, price)"), rows).await.unwrap();
    db.execute(sql!("analyze products")).await.unwrap();
    let category = "secret7";
    let count: i64 = db.one(sql!("select count(*) from products where category = {category}")).await.unwrap();
    assert_eq!(count, 200);
    let slow = explained(&db, "select count(*) from products where category = ?").await;
    assert_eq!((slow.times, slow.origin.file().ends_with("slow.rs")), (1, true));
    let hint = slow.hint.unwrap_or_default();
    assert!(hint.contains("`products`") && hint.contains("index"), "{hint}");
    assert!(!slow.plan.unwrap_or_default().contains("secret"), "a plan shows no values");

    db.execute(sql!("create index by_category on products (category)")).await.unwrap();
    let _: i64 = db.one(sql!("select max(price) from products where category = {category}")).await.unwrap();
    let slow = explained(&db, "select max(price) from products where category = ?").await;
    let plan = slow.plan.unwrap_or_default();
    assert!(plan.contains("by_category") && slow.hint.is_none(), "{plan} {:?}", slow.hint);
}

async fn explained(db: &Db, text: &str) -> SlowStatement {
    for _ in 0..500 {
        let found = db.slow_statements().into_iter().find(|slow| slow.text == text && slow.plan.is_some());
        if let Some(found) = found {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{text} has no plan: {:?}", db.slow_statements());
}
