//! A new program takes over while people are there: each is told to come again, not all at once, and misses nothing.
//!
//! `cargo xtask live-reload` asks for ten thousand, of a release build.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::Redis;
use crate::support::{Client, Running, at, say};

const FIELDS: &[(&str, &str)] = &[("sec-websocket-protocol", "kovar.json")];

/// How many come at once before the reload: fewer than may wait to be accepted. After it, they come as they are told to.
const AT_ONCE: usize = 200;

/// How long is talked, from the reload on.
const TALK: Duration = Duration::from_secs(15);

/// By when all are told to go, and by when all are back with what they missed.
const TOLD_BY: Duration = Duration::from_secs(15);
const BACK_BY: Duration = Duration::from_secs(30);

/// There is one for each connection, of the program and of who tests it.
const OPEN_FILES: &str = "--nofile=16384:";

const PATIENCE: Duration = Duration::from_secs(60);

/// What became of somebody: when the goodbye came, after how long they were to come again, and when they were back.
#[derive(Clone, Copy, Debug)]
struct Stay {
    told: Instant,
    pause_ms: u64,
    back: Instant,
}

/// Everybody in the room.
#[derive(Clone)]
struct Crowd {
    running: Arc<Running>,
    there: Arc<AtomicUsize>,
    door: Arc<Semaphore>,
}

impl Crowd {
    async fn stay(self, name: usize) -> Stay {
        let path = format!("/live/rooms/crowd?name=c{name}");
        let (mut client, joined) = {
            let _turn = self.door.acquire().await.unwrap();
            let mut client = self.running.try_open(&path, FIELDS).await.unwrap();
            let joined = next(&mut client, "epoch").await;
            (client, joined)
        };
        let (epoch, mut offset) = (joined["epoch"].as_str().unwrap().to_owned(), joined["offset"].as_u64().unwrap());
        self.there.fetch_add(1, Relaxed);
        let bye = loop {
            let frame = next(&mut client, "").await;
            if let Some(bye) = frame.get("bye") {
                break bye.clone();
            }
            heard(&frame, &mut offset);
        };
        let told = Instant::now();
        assert_eq!(bye["code"], json!(1001));
        assert_eq!(client.closed().await, 1001);
        let pause_ms = bye["reconnect_after_ms"].as_u64().unwrap();
        sleep(Duration::from_millis(pause_ms)).await;
        let path = format!("{path}&at={}", at("rooms/crowd", &epoch, offset));
        let mut client = self.running.try_open(&path, FIELDS).await.unwrap();
        let recovered = next(&mut client, "epoch").await;
        assert_eq!((&recovered["recovered"], &recovered["epoch"]), (&json!(true), &json!(epoch)));
        let missed_up_to = recovered["offset"].as_u64().unwrap();
        let mut back = None;
        loop {
            if offset >= missed_up_to {
                back.get_or_insert_with(Instant::now);
            }
            if heard(&next(&mut client, "").await, &mut offset) == Some("the last".to_owned()) {
                return Stay { told, pause_ms, back: back.unwrap_or_else(Instant::now) };
            }
        }
    }
}

/// What was said in the room, if the frame is that: the next of all that is said there.
fn heard(frame: &Value, offset: &mut u64) -> Option<String> {
    let text = frame["data"]["text"].as_str()?;
    assert_eq!(frame["offset"], json!(*offset + 1));
    *offset += 1;
    Some(text.to_owned())
}

/// The next frame that says more than who has come or gone, and has a member. In a crowd, most are of that kind.
async fn next(client: &mut Client, member: &str) -> Value {
    loop {
        let text = client.text_for(PATIENCE).await;
        if text.starts_with(r#"{"topic":"rooms/crowd","joined""#)
            || text.starts_with(r#"{"topic":"rooms/crowd","left""#)
        {
            continue;
        }
        if text == r#"{"ping":true}"# {
            client.send(r#"{"pong":true}"#).await;
            continue;
        }
        let frame: Value = serde_json::from_str(&text).unwrap();
        if member.is_empty() || frame.get(member).is_some() {
            return frame;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_sends_people_away_bit_by_bit_and_they_miss_nothing() {
    let count: usize = std::env::var("CHAT_TEST_CROWD").map_or(200, |count| count.parse().unwrap());
    let limits = Command::new("prlimit").args(["--pid", &std::process::id().to_string(), OPEN_FILES]).status().unwrap();
    assert!(limits.success(), "16,384 open files must be allowed (`ulimit -Hn`)");
    let redis = Redis::start();
    let (running, other) = (Arc::new(redis.node()), redis.node());
    let door = Arc::new(Semaphore::new(AT_ONCE));
    let crowd = Crowd { running: Arc::clone(&running), there: Arc::default(), door };
    let staying: Vec<_> = (0..count).map(|name| tokio::spawn(crowd.clone().stay(name))).collect();
    while crowd.there.load(Relaxed) < count {
        assert!(!staying.iter().any(tokio::task::JoinHandle::is_finished), "somebody could not come");
        sleep(Duration::from_millis(20)).await;
    }
    let mut speaker = other.open("/live/rooms/crowd?name=speaker").await;
    // Of a thousand deliveries, most are made in a few milliseconds.
    let pause = Duration::from_millis(100 + count as u64 / 20);
    let reloaded = Instant::now();
    running.signal("-HUP");
    let mut said = 0;
    while reloaded.elapsed() < TALK {
        say(&mut speaker, &format!("m{said}"), said).await;
        speaker.frame_with("re").await;
        said += 1;
        sleep(pause).await;
    }
    say(&mut speaker, "the last", said).await;
    let all: Vec<Stay> = join_all(staying).await.into_iter().map(Result::unwrap).collect();
    judge(&all, reloaded, said);
}

fn judge(all: &[Stay], reloaded: Instant, said: u64) {
    for Stay { told, pause_ms, back } in all {
        assert!(*told >= reloaded && *told < reloaded + TOLD_BY, "told {:?} after the reload", *told - reloaded);
        assert!(*pause_ms < 2_000, "told to come again after {pause_ms} ms");
        assert!(*back < reloaded + BACK_BY, "back {:?} after the reload", *back - reloaded);
    }
    let mut seconds: BTreeMap<u64, usize> = BTreeMap::new();
    all.iter().for_each(|stay| *seconds.entry((stay.told - reloaded).as_secs()).or_default() += 1);
    let most = seconds.values().copied().max().unwrap();
    assert!(seconds.len() >= 5 && most <= all.len() / 3, "they were all sent away at once: {seconds:?}");
    let mut absent: Vec<Duration> = all.iter().map(|stay| stay.back - stay.told).collect();
    absent.sort_unstable();
    let last = all.iter().map(|stay| stay.back - reloaded).max().unwrap();
    println!(
        "live reload: {} people and {said} messages; goodbyes in each second {:?}; away for {:?} (median), {:?} (p99), \
         {:?} (at most); the last is back after {last:?}",
        all.len(),
        seconds.values().collect::<Vec<_>>(),
        absent[absent.len() / 2],
        absent[absent.len() * 99 / 100],
        absent[absent.len() - 1],
    );
}
