//! `kill -9` in the middle of writes: what was acknowledged is there.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use futures_util::future::join_all;
use kovar_data::{Db, sql};

use crate::file::File;

const URL: &str = "KOVAR_DATA_CRASH_URL";

/// How many write at the same time, so that statements are committed together.
const WRITERS: i64 = 8;

/// How many acknowledged writes there are before the child is killed.
const ACKNOWLEDGED: usize = 200;

#[tokio::test]
async fn nothing_acknowledged_is_lost() {
    let file = File::new();
    let db = file.with_numbers().await;
    drop(db);
    let acknowledged = kill_after(&file.url(), ACKNOWLEDGED);
    assert!(acknowledged.len() >= ACKNOWLEDGED);

    let db = file.open().await;
    let found: Vec<i64> = db.all(sql!("select n from numbers order by n")).await.unwrap();
    let lost: Vec<_> = acknowledged.iter().filter(|n| found.binary_search(n).is_err()).collect();
    assert!(lost.is_empty(), "{lost:?}");
    // Pairs are written together: none is half there.
    let half: Vec<_> = found.iter().filter(|n| found.binary_search(&(*n ^ 1)).is_err()).collect();
    assert!(half.is_empty(), "{half:?}");
}

/// Starts this test binary as a child that writes, kills it, and gives what it had acknowledged.
fn kill_after(url: &str, lines: usize) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acknowledged: Vec<i64> = output.by_ref().filter_map(|line| number(&line)).take(lines).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged.extend(output.filter_map(|line| number(&line)));
    acknowledged
}

fn number(line: &str) -> Option<i64> {
    line.strip_prefix("acknowledged ")?.parse().ok()
}

#[tokio::test]
#[ignore = "the child of nothing_acknowledged_is_lost"]
async fn child() {
    let db = Db::open(&std::env::var(URL).unwrap()).await.unwrap();
    join_all((0..WRITERS).map(|writer| write(db.clone(), 2 * writer))).await;
}

/// Writes pairs for ever, every other one in a transaction.
async fn write(db: Db, first: i64) {
    for n in (first..).step_by(2 * WRITERS as usize) {
        if n % 4 == 0 {
            db.execute(sql!("insert into numbers values ({n}), ({n + 1})")).await.unwrap();
        } else {
            let tx = db.begin().await.unwrap();
            tx.execute(sql!("insert into numbers values ({n})")).await.unwrap();
            tx.execute(sql!("insert into numbers values ({n + 1})")).await.unwrap();
            tx.commit().await.unwrap();
        }
        println!("acknowledged {n}");
        println!("acknowledged {}", n + 1);
    }
}
