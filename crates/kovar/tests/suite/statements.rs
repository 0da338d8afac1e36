//! What an app asks its database for is seen.

use kovar::http::metrics::Text;
use kovar::prelude::*;
use kovar::testing::TestClient;

/// Each product of a list, one by one.
#[get("/one-by-one/{count}")]
async fn one_by_one(Path(count): Path<i64>, db: Dep<Db>) -> Result<Json<i64>, InternalError> {
    let mut sum = 0;
    for id in 0..count {
        tokio::task::yield_now().await;
        sum += db.one::<i64>(sql!("select coalesce(sum(id), 0) from products where id = {id}")).await?;
    }
    Ok(Json(sum))
}

/// The same in a transaction.
#[post("/in-transaction", detached)]
async fn in_transaction(tx: Dep<Tx>) -> Result<NoContent, InternalError> {
    for id in 0..6 {
        tx.execute(sql!("insert into products values ({id})")).await?;
    }
    Ok(NoContent)
}

async fn app() -> (App, Db) {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.execute(sql!("create table products (id integer primary key)")).await.unwrap();
    let app = App::new("Shop", "1.0.0").mount(operations![one_by_one, in_transaction]).provide(db.clone());
    (app.provider(kovar::http::data::transactions()), db)
}

#[tokio::test]
async fn a_statement_for_each_row_is_found() {
    let (app, db) = app().await;
    let metrics = app.metrics();
    let client = TestClient::new(app).await.unwrap();
    let (few, many, more) = tokio::join!(
        client.get("/one-by-one/4").send(),
        client.get("/one-by-one/5").send(),
        client.get("/one-by-one/9").send(),
    );
    assert!([&few, &many, &more].iter().all(|answer| answer.status() == 200));
    assert_eq!(client.post("/in-transaction").send().await.status(), 204);
    let found: Vec<_> = metrics.repeated_statements().into_iter().collect();
    let told = |index: usize| {
        let repeated: &kovar::http::metrics::Repeated = &found[index];
        (repeated.operation.as_str(), repeated.statement.text.as_str(), repeated.statement.times, repeated.requests)
    };
    assert_eq!(found.len(), 2, "{found:?}");
    let select = "select coalesce(sum(id), 0) from products where id = ?";
    assert_eq!(told(0), ("GET /one-by-one/{count}", select, 9, 2));
    assert_eq!(told(1), ("POST /in-transaction", "insert into products values (?)", 6, 1));
    assert!(found[0].statement.origin.to_string().contains("statements.rs:13"), "{}", found[0].statement.origin);
    assert_eq!(db.statements().iter().find(|cost| cost.text == select).map(|cost| cost.runs), Some(18));
}

#[tokio::test]
async fn the_numbers_tell_of_statements() {
    let (app, _db) = app().await;
    let metrics = app.metrics();
    let client = TestClient::new(app).await.unwrap();
    assert_eq!(client.get("/one-by-one/7").send().await.status(), 200);
    let mut text = Text::default();
    metrics.write_prometheus(&mut text);
    let text = text.into_string();
    let line = |name: &str, end: &str| {
        assert!(text.lines().any(|line| line.starts_with(name) && line.ends_with(end)), "{name} {end}: {text}");
    };
    assert!(text.contains("# TYPE db_client_operation_duration_seconds summary"), "{text}");
    line("db_client_operation_duration_seconds_count{db_query_text=\"select coalesce(sum(id)", "} 7");
    line("db_client_operation_rows_total{db_query_text=\"select coalesce", "} 7");
    line("db_client_operation_failures_total{db_query_text=\"select coalesce", "} 0");
    line("kovar_repeated_statement_requests_total{operation=\"GET /one-by-one/{count}\"", "} 1");
    line("kovar_database_connections_lent ", " 0");
}
