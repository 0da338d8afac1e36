//! Slow statements.

use std::time::Duration;

use kovar_data::{Db, sql};

use crate::server::Database;

#[tokio::test]
async fn a_slow_statement_is_explained() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().slow(Duration::ZERO)).await;
    crate::shared::slow::a_slow_statement_is_explained(db).await;
}

#[tokio::test]
async fn what_the_database_is_at_is_seen() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().connections(3)).await;
    assert_eq!((db.load().lent, db.load().most_lent), (0, 3));
    let (one, other) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    assert_eq!(db.load().lent, 2);
    drop((one, other));
    let read = async || db.one::<i64>(sql!("select 1::bigint")).await.unwrap();
    read().await;
    read().await;
    assert_eq!((db.load().lanes, db.load().reading), (1, 0));
}

#[tokio::test]
async fn a_connection_that_explains_keeps_what_it_has_prepared() {
    let database = Database::new().await;
    let db = database.open_with(Db::options().connections(1).slow(Duration::ZERO)).await;
    for _ in 0..20 {
        let tx = db.begin().await.unwrap();
        assert_eq!(tx.one::<i32>(sql!("select {1}::integer")).await.unwrap(), 1);
        tx.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(db.slow_statements().iter().any(|slow| slow.plan.is_some()));
}
