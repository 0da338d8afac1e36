use std::time::Duration;

use futures_util::{FutureExt as _, stream};
use kovar_http::app::App;
use kovar_http::operation::Operation;
use kovar_http::testing::TestClient;
use tokio::time::{Instant, sleep};

use super::{Coalescing, Ending, MOST_PIECES};
use crate::app::WithLive as _;
use crate::hub::Live;
use crate::opening::{Opened, Opening};
use crate::socket::Socket;
use crate::testing::{TestChannel, TestChannels as _};
use crate::topic::Topics;

static TEXTS: Topics<String> = Topics::new("texts").history(1_000, Duration::from_secs(60));

async fn watch(opening: Opening<Socket<String, String>>) -> Opened {
    opening.run(async |mut socket| {
        let topic = socket.live().topic(&TEXTS, 1);
        let _ = socket.subscribe(&topic).await;
        while socket.receive().await.is_some() {}
    })
}

struct Stage {
    live: Live,
    client: TestClient,
}

impl Stage {
    async fn new() -> Self {
        let live = Live::new();
        let app = App::new("Test", "1.0.0").live(live.clone()).mount([Operation::get("/text", watch)]);
        Self { live, client: TestClient::new(app).await.unwrap() }
    }

    async fn viewer(&self) -> TestChannel<String, String> {
        let mut viewer = self.client.get("/text").channel().await.unwrap();
        viewer.subscribed().await;
        viewer
    }

    fn text(&self) -> Coalescing<String> {
        self.live.topic(&TEXTS, 1).coalesce(|text| text, |ending| format!("{ending:?}"))
    }
}

/// All messages up to the end.
async fn until_end(viewer: &mut TestChannel<String, String>) -> Vec<String> {
    let mut all = Vec::new();
    while !all.last().is_some_and(|last| ["Whole", "Failed"].contains(&String::as_str(last))) {
        all.push(viewer.receive().await);
    }
    all
}

#[tokio::test(start_paused = true)]
async fn the_first_piece_comes_at_once_and_later_ones_together() {
    let stage = Stage::new().await;
    let mut viewer = stage.viewer().await;
    let mut text = stage.text();
    let begun = Instant::now();
    text.push("a").await.unwrap();
    assert_eq!((viewer.receive().await.as_str(), begun.elapsed().as_millis()), ("a", 0));
    for piece in ["b", "c"] {
        sleep(Duration::from_millis(10)).await;
        text.push(piece).await.unwrap();
    }
    assert_eq!(viewer.receive().await, "bc");
    assert!((50..55).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    sleep(Duration::from_millis(300)).await;
    let after_a_pause = Instant::now();
    text.push("d").await.unwrap();
    assert_eq!((viewer.receive().await.as_str(), after_a_pause.elapsed().as_millis()), ("d", 0));
    text.finish().await.unwrap();
    assert_eq!(viewer.receive().await, "Whole");
}

#[tokio::test(start_paused = true)]
async fn enough_pieces_do_not_wait() {
    let stage = Stage::new().await;
    let mut viewer = stage.viewer().await;
    let mut text = stage.text();
    text.push("first").await.unwrap();
    assert_eq!(viewer.receive().await, "first");
    let begun = Instant::now();
    for _ in 0..MOST_PIECES {
        text.push("x").await.unwrap();
    }
    assert_eq!(viewer.receive().await, "x".repeat(MOST_PIECES));
    assert_eq!(begun.elapsed().as_millis(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_published_in_its_order_in_few_messages_and_ends_whole() {
    let stage = Stage::new().await;
    let (mut one, mut other) = (stage.viewer().await, stage.viewer().await);
    let pieces: Vec<String> = (0..1_000).map(|number| format!("{number} ")).collect();
    let whole = pieces.concat();
    let published = stage.text().feed(stream::iter(pieces)).await.unwrap();
    for viewer in [&mut one, &mut other] {
        let messages = until_end(viewer).await;
        assert_eq!(messages.len() as u64, published.offset);
        assert!((31..=64).contains(&messages.len()), "{}", messages.len());
        assert_eq!(messages.concat(), format!("{whole}Whole"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_that_is_dropped_is_published_so_far_and_has_failed() {
    let stage = Stage::new().await;
    let mut viewer = stage.viewer().await;
    let mut text = stage.text();
    for piece in ["a", "", "b"] {
        text.push(piece).await.unwrap();
    }
    drop(text);
    assert_eq!(until_end(&mut viewer).await.concat(), "abFailed");
    stage.text().fail().await.unwrap();
    assert_eq!(viewer.receive().await, "Failed");
}

#[tokio::test(start_paused = true)]
async fn who_was_cut_off_gets_the_pieces_that_were_missed() {
    let stage = Stage::new().await;
    let mut viewer = stage.viewer().await;
    let mut text = stage.text().most_pieces(1);
    text.push("a").await.unwrap();
    assert_eq!(viewer.receive().await, "a");
    let at = viewer.at();
    drop(viewer);
    for piece in ["b", "c"] {
        text.push(piece).await.unwrap();
    }
    text.finish().await.unwrap();
    let mut again = stage.client.get("/text").query(&[("at", at)]).channel::<String, String>().await.unwrap();
    assert_eq!(again.subscribed().await.recovered, Some(true));
    assert_eq!(until_end(&mut again).await, ["b", "c", "Whole"]);
}

#[tokio::test(start_paused = true)]
async fn who_pushes_faster_than_can_be_published_waits() {
    let stage = Stage::new().await;
    let mut text = stage.text().most_pieces(4);
    let taken = (0..10).filter(|_| text.push("x").now_or_never().is_some()).count();
    assert_eq!(taken, 4, "nobody has published any yet");
    text.push("y").await.unwrap();
    text.finish().await.unwrap();
}

static PERCENTAGES: Topics<f64> = Topics::new("percentages");

#[tokio::test(start_paused = true)]
async fn a_text_of_which_a_piece_breaks_its_contract_has_failed() {
    let live = Live::new();
    let number = |text: String| text.parse().unwrap_or(f64::NAN);
    let ending = |ending: Ending| if ending.is_whole() { 1.0 } else { 0.0 };
    let mut text = live.topic(&PERCENTAGES, 1).coalesce(number, ending).longest_wait(Duration::ZERO);
    text.push("no number").await.unwrap();
    let error = loop {
        if let Err(error) = text.push("0.5").await {
            break error;
        }
        tokio::task::yield_now().await;
    };
    assert!(error.to_string().contains("contract"), "{error}");
    assert!(!error.is_away());
    assert!(text.push("0.5").await.is_err() && text.finish().await.is_err());
    assert_eq!(live.hub().counts.published.load(std::sync::atomic::Ordering::Relaxed), 1, "that it has failed");
}
