//! Requests whose callers go away at any moment.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use kovar_data::{Db, Error, sql};
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;

use super::number;
use super::random::Random;
use crate::server::empty;

/// How many are under way at a time.
const TOGETHER: usize = 32;

/// The connections that single statements of a runtime share, and those of the pool.
const MOST_CONNECTIONS: i64 = 4 + POOL as i64;
const POOL: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_that_nobody_waits_for_leave_nothing_behind() {
    let requests = number("KOVAR_TEST_HISTORY_CANCELLED", 500);
    let (db, kept) = empty().await;
    for table in [sql!("create table pairs (id bigint, part integer)"), sql!("create table many (id bigint, n bigint)")]
    {
        db.execute(table).await.unwrap();
    }
    let finished = stream::iter(0..requests)
        .map(|id| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut random = Random::new(id as u64);
                let request = pin!(request(&db, id, random.below(8)));
                match random.below(2) {
                    0 => timeout(Duration::from_micros(random.below(8_000)), request).await.is_ok(),
                    _ => after_polls(request, random.below(12)).await,
                }
            })
        })
        .buffer_unordered(TOGETHER)
        .filter(|finished| std::future::ready(matches!(finished, Ok(true))))
        .count()
        .await;
    let (most, inside) = settled(&kept.client().await).await;
    println!(
        "history: {requests} requests, of which {finished} finished; then {most} connections, {inside} of them busy"
    );
    assert!(most <= MOST_CONNECTIONS && inside == 0, "{most} connections, {inside} of them busy");
    assert!(finished > 0 && (finished as i64) < requests);
    everything_still_works(&db).await;
}

/// Polls a future so often and no more, and says whether it was ready.
async fn after_polls(mut future: Pin<&mut impl Future<Output = Result<(), Error>>>, most: u64) -> bool {
    let mut polls = 0;
    poll_fn(|context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if polls > most => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn request(db: &Db, id: i64, kind: u64) -> Result<(), Error> {
    let pair = |part: i32| sql!("insert into pairs values ({id}, {part})");
    match kind {
        0 => assert_eq!(db.one::<i64>(sql!("select {id}::bigint")).await?, id),
        1 => drop(db.execute(sql!("select pg_sleep(0.02)")).await?),
        2 => drop(db.execute(sql!("insert into pairs values ({id}, 0), ({id}, 1)")).await?),
        3 => {
            let tx = db.begin().await?;
            tx.execute(pair(0)).await?;
            tx.attempt(tx.execute(pair(1))).await?;
            tx.commit().await?;
        }
        4 => {
            let mut rows = pin!(db.stream::<i64>(sql!("select * from generate_series(1, 20000)")));
            while rows.try_next().await?.is_some() {}
        }
        5 => drop(db.batch([pair(0), pair(1)]).await?),
        6 => drop(db.insert_many(sql!("many (id, n)"), (0..2_000_i64).map(|n| (id, n))).await?),
        _ => drop(db.listen(["pairs"]).await?),
    }
    Ok(())
}

/// How many connections are open once nothing is under way any more, and how many of them are at something all the same.
async fn settled(client: &Client) -> (i64, i64) {
    let count = "select count(*), count(*) filter (where state <> 'idle') from pg_stat_activity \
                 where datname = current_database() and application_name = 'kovar'";
    let mut last = (0, 0);
    for _ in 0..200 {
        let row = client.query_one(count, &[]).await.unwrap();
        last = (row.get(0), row.get(1));
        if last.0 <= MOST_CONNECTIONS && last.1 == 0 {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    last
}

async fn everything_still_works(db: &Db) {
    let all = join_all((0..POOL).map(|_| db.begin())).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    for (n, tx) in all.iter().enumerate() {
        assert_eq!(tx.one::<i64>(sql!("select {n}::bigint")).await.unwrap(), n as i64);
    }
    join_all(all.iter().map(|tx| tx.rollback())).await.into_iter().for_each(Result::unwrap);
    for id in -100..0 {
        request(db, id, 2).await.unwrap();
        request(db, id, 0).await.unwrap();
    }
    let half = sql!("select count(*) from (select 1 from pairs group by id having count(*) <> 2) as half");
    assert_eq!(db.one::<i64>(half).await.unwrap(), 0, "pairs by half");
    let half = sql!("select count(*) from (select 1 from many group by id having count(*) <> 2000) as half");
    assert_eq!(db.one::<i64>(half).await.unwrap(), 0, "copies by half");
}
