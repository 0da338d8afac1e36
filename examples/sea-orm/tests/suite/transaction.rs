//! What a transaction of the request keeps: all of it before the answer is sent, or nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use kovar::prelude::*;
use products_sea_orm::database::CONNECTIONS;
use products_sea_orm::entity::{product, to_column};
use products_sea_orm::transaction::Transaction;
use sea_orm::{ActiveModelTrait as _, ConnectionTrait as _, DbErr, Set};
use tokio::time::{sleep, timeout};

use super::shop::Shop;

/// How long something may take that is done behind an answer.
const PATIENCE: Duration = Duration::from_secs(10);

#[problem]
#[derive(Debug)]
enum Refusal {
    /// No.
    #[status(409)]
    No,
}

/// What is written to see whether it stays.
async fn write(tx: &Transaction) -> Result<(), DbErr> {
    let (id, now) = (Uuid::now_v7(), to_column(Timestamp::now()));
    let row = product::ActiveModel {
        id: Set(id),
        name: Set(id.to_string()),
        description: Set(None),
        price: Set(Decimal::ONE),
        stock: Set(1),
        category: Set("lamps".to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(tx).await.map(drop)
}

#[post("/kept")]
async fn kept(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    Ok(NoContent)
}

#[post("/refused")]
async fn refused(tx: Dep<Transaction>) -> Result<NoContent, Refusal> {
    write(&tx).await?;
    Err(Refusal::No)
}

#[post("/panicking")]
async fn panicking(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    panic!("as it was told to");
}

#[post("/late", deadline = Duration::from_secs(1))]
async fn late(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    std::future::pending().await
}

static IS_WAITING: AtomicBool = AtomicBool::new(false);

#[post("/waiting")]
async fn waiting(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    IS_WAITING.store(true, Ordering::Relaxed);
    std::future::pending().await
}

#[post("/held")]
async fn held(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    std::future::pending().await
}

/// Takes an error of the database for nothing, as an operation may.
#[post("/forgiving")]
async fn forgiving(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    assert!(tx.execute_unprepared("insert into nowhere values (1)").await.is_err());
    Ok(NoContent)
}

/// Breaks a rule that the database looks at only when the transaction commits.
#[post("/deferred")]
async fn deferred(tx: Dep<Transaction>) -> Result<NoContent, InternalError> {
    write(&tx).await?;
    tx.execute_unprepared("insert into children values (7)").await?;
    Ok(NoContent)
}

async fn open() -> Shop {
    let operations = operations![kept, refused, panicking, late, waiting, held, forgiving, deferred];
    Shop::of(products_sea_orm::app().mount(operations)).await
}

impl Shop {
    async fn status_of(&self, path: &str) -> u16 {
        self.client.post(path).send().await.status()
    }

    /// Nothing was kept, and nothing holds up who writes next.
    async fn has_kept_nothing(&self) {
        assert_eq!(self.count_beside().await, 0);
        for _ in 0..20 {
            assert_eq!(timeout(PATIENCE, self.status_of("/kept")).await.unwrap(), 204);
        }
        assert_eq!(self.count_beside().await, 20);
    }
}

#[tokio::test]
async fn an_answer_comes_after_the_commit() {
    let shop = open().await;
    for count in 1..=50 {
        assert_eq!(shop.status_of("/kept").await, 204);
        assert_eq!(shop.count_beside().await, count, "seen by others as soon as it is answered");
    }
}

#[tokio::test]
async fn a_commit_that_fails_is_no_success() {
    let shop = open().await;
    for statement in [
        "create table parents (id bigint primary key)",
        "create table children (parent bigint references parents (id) deferrable initially deferred)",
    ] {
        shop.beside.execute_unprepared(statement).await.unwrap();
    }
    assert_eq!(shop.status_of("/deferred").await, 500);
    shop.has_kept_nothing().await;
}

#[tokio::test]
async fn a_problem_rolls_back() {
    let shop = open().await;
    assert_eq!(shop.status_of("/refused").await, 409);
    shop.has_kept_nothing().await;
}

#[tokio::test]
async fn a_statement_that_was_refused_takes_the_rest_along() {
    let shop = open().await;
    assert_eq!(shop.status_of("/forgiving").await, 500);
    shop.has_kept_nothing().await;
}

#[tokio::test]
async fn a_panic_rolls_back() {
    let shop = open().await;
    assert_eq!(shop.status_of("/panicking").await, 500);
    shop.has_kept_nothing().await;
}

#[tokio::test]
async fn the_deadline_rolls_back() {
    let shop = open().await;
    assert_eq!(shop.status_of("/late").await, 503);
    shop.has_kept_nothing().await;
}

#[tokio::test]
async fn a_client_that_is_gone_rolls_back() {
    let shop = open().await;
    let written = async {
        while !IS_WAITING.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = shop.client.post("/waiting").send() => panic!("it has no answer"),
        () = written => {}
    }
    shop.has_kept_nothing().await;
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_told_to_come_again() {
    let shop = open().await;
    // As many as there are connections; on SQLite the first one writes, and the rest wait for it.
    let holding = join_all((0..CONNECTIONS).map(|_| shop.client.post("/held").send()));
    let asking = async {
        sleep(Duration::from_millis(100)).await;
        shop.client.post("/kept").send().await
    };
    let answer = tokio::select! {
        _ = holding => panic!("the first one has no answer"),
        answer = asking => answer,
    };
    assert_eq!(answer.assert_status(503).header("retry-after"), Some("1"));
    assert_eq!(answer.problem().kind, "/problems/unavailable");
    shop.has_kept_nothing().await;
}
