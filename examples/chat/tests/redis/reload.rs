//! A new program takes over while people are there: each is told to come again, not all at once, and misses nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use crate::Redis;
use crate::support::{Running, at, say};

const FIELDS: &[(&str, &str)] = &[("sec-websocket-protocol", "kovar.json")];

/// When the goodbye came, after how long the client was to come again, and when it was back with all that it missed.
async fn stay(
    running: Arc<Running>,
    name: usize,
    start: Instant,
    there: Arc<AtomicUsize>,
) -> (Duration, u64, Duration) {
    let path = format!("/live/rooms/crowd?name=c{name}");
    let mut client = running.try_open(&path, FIELDS).await.unwrap();
    let joined = client.frame_with("epoch").await;
    let (epoch, mut offset) = (joined["epoch"].as_str().unwrap().to_owned(), joined["offset"].as_u64().unwrap());
    there.fetch_add(1, Relaxed);
    let bye = loop {
        let frame = client.frame_for(Duration::from_secs(60)).await;
        if let Some(bye) = frame.get("bye") {
            break bye.clone();
        }
        offset = frame["offset"].as_u64().unwrap_or(offset);
    };
    let told = start.elapsed();
    assert_eq!(bye["code"], json!(1001));
    assert_eq!(client.closed().await, 1001);
    let pause = bye["reconnect_after_ms"].as_u64().unwrap();
    sleep(Duration::from_millis(pause)).await;
    let path = format!("{path}&at={}", at("rooms/crowd", &epoch, offset));
    let mut client = running.try_open(&path, FIELDS).await.unwrap();
    let recovered = client.frame_with("recovered").await;
    assert_eq!((&recovered["recovered"], &recovered["epoch"]), (&json!(true), &json!(epoch)));
    loop {
        let frame = client.frame_for(Duration::from_secs(60)).await;
        if let (Some(next), Some(text)) = (frame["offset"].as_u64(), frame["data"]["text"].as_str()) {
            assert_eq!(next, offset + 1);
            offset = next;
            if text == "the last" {
                return (told, pause, start.elapsed());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_sends_people_away_bit_by_bit_and_they_miss_nothing() {
    let crowd: usize = std::env::var("CHAT_TEST_CROWD").map_or(200, |count| count.parse().unwrap());
    let redis = Redis::start();
    let (running, other) = (Arc::new(redis.node()), redis.node());
    let start = Instant::now();
    let there = Arc::new(AtomicUsize::new(0));
    let stay = |name| tokio::spawn(stay(Arc::clone(&running), name, start, Arc::clone(&there)));
    let staying: Vec<_> = (0..crowd).map(stay).collect();
    while there.load(Relaxed) < crowd {
        sleep(Duration::from_millis(20)).await;
    }
    let mut speaker = other.open("/live/rooms/crowd?name=speaker").await;
    let reloaded = start.elapsed();
    running.signal("-HUP");
    for n in 0..100 {
        say(&mut speaker, &format!("m{n}"), n).await;
        speaker.frame_with("re").await;
        sleep(Duration::from_millis(150)).await;
    }
    say(&mut speaker, "the last", 100).await;
    let all: Vec<_> = join_all(staying).await.into_iter().map(Result::unwrap).collect();
    for (told, pause, back) in &all {
        assert!(*told >= reloaded && *told < reloaded + Duration::from_secs(15), "{told:?}");
        assert!(*pause < 2_000 && *back < reloaded + Duration::from_secs(30), "{pause} {back:?}");
    }
    let seconds: BTreeSet<u64> = all.iter().map(|(told, ..)| told.as_secs()).collect();
    assert!(seconds.len() >= 5, "they were all sent away at once: {seconds:?}");
}
