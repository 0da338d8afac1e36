//! What many callers saw, held against what the database has: a history checker.
//!
//! Reads with a number of their own share connections with each other and with writes, while the way to the server is cut
//! in the middle of statements and commits. `cargo xtask history` asks for millions of reads.

mod cancelled;
mod random;
mod reading;
mod writing;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kovar_data::Db;
use tokio::time::sleep;

use self::random::Random;
use self::writing::{Outcome, Written};
use crate::proxy::{Proxy, Way};
use crate::server::Database;

const READERS: i64 = 64;
const WRITERS: i64 = 8;

/// How many of something there are, if the environment does not say.
fn number(variable: &str, default: i64) -> i64 {
    std::env::var(variable).map_or(default, |value| value.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_swapped_and_no_acknowledged_write_is_lost() {
    let reads = number("KOVAR_TEST_HISTORY_READS", 20_000);
    let database = Database::new().await;
    let (url, proxy) = database.through_a_proxy().await;
    let db = Db::open(&format!("{url}?sslmode=disable")).await.unwrap();
    reading::prepare(&db).await;
    writing::prepare(&db).await;

    let (start, is_over, next) = (Instant::now(), AtomicBool::new(false), AtomicI64::new(0));
    let read = async {
        let readers = (0..READERS).map(|_| {
            let (db, count) = (db.clone(), reads / READERS);
            let first = next.fetch_add(count, Relaxed);
            tokio::spawn(async move { reading::read(&db, first..first + count).await })
        });
        let failed: i64 = join_all(readers).await.into_iter().map(Result::unwrap).sum();
        is_over.store(true, Relaxed);
        failed
    };
    let write = join_all((0..WRITERS).map(|writer| writing::write(&db, writer, &is_over)));
    let (failed, written, cuts) = tokio::join!(read, write, cut(&proxy, &is_over));
    let written: Vec<Written> = written.into_iter().flatten().collect();
    let count = |outcome: Outcome| written.iter().filter(|written| written.outcome == outcome).count();
    let doubtful = writing::check(&database.open().await, &written).await;
    println!(
        "history: {} reads, {} acknowledged writes, {} undone, {} in doubt of which {doubtful} had happened, {cuts} cuts, {:?}",
        reads / READERS * READERS,
        count(Outcome::Acknowledged),
        count(Outcome::Undone),
        count(Outcome::InDoubt),
        start.elapsed(),
    );
    assert_eq!(failed, 0, "reads without an answer");
    assert!(cuts > 0 && count(Outcome::Acknowledged) > 0 && count(Outcome::Undone) > 0);
}

/// Cuts the way to the server again and again: at once, or so that what was sent arrives and its answer does not.
async fn cut(proxy: &Proxy, is_over: &AtomicBool) -> u32 {
    let (mut random, mut cuts) = (Random::new(7), 0);
    while !is_over.load(Relaxed) {
        sleep(Duration::from_millis(100 + random.below(400))).await;
        if random.below(2) == 0 {
            proxy.set(Way::Silent);
            sleep(Duration::from_millis(random.below(60))).await;
        }
        proxy.set(Way::Cut);
        sleep(Duration::from_millis(random.below(40))).await;
        proxy.set(Way::Open);
        cuts += 1;
    }
    cuts
}
