//! Channels where WebSocket does not get through: the same, by other ways.

use serde_json::{Value, json};

use super::rooms::join;
use super::support::{Running, at, say};

#[tokio::test]
async fn a_channel_is_a_stream_of_events_and_what_is_posted() {
    let running = Running::start();
    let mut ada = running.events("/live/rooms/lamps?name=Ada").await;
    let hello = ada.frame_with("session").await;
    let post = hello["post"].as_str().unwrap().to_owned();
    assert_eq!(ada.frame_with("present").await["present"][0]["data"], json!({ "name": "Ada" }));
    let (mut bob, _) = join(&running, "lamps", "Bob").await;
    assert_eq!(ada.frame_with("joined").await["joined"]["data"], json!({ "name": "Bob" }));

    let frame = json!({ "data": { "type": "say", "text": "by post" }, "id": 3 }).to_string();
    assert_eq!(running.ask(&format!("POST {post}"), &frame).await.0, 204);
    assert_eq!(bob.heard("said").await["data"]["text"], json!("by post"));
    assert_eq!(ada.frame_with("re").await, json!({ "re": 3 }));

    // Several at once, of which one breaks the contract.
    let frames = json!([{ "data": { "type": "say", "text": "" }, "id": 4 }, { "data": { "type": "typing" } }]);
    assert_eq!(running.ask(&format!("POST {post}"), &frames.to_string()).await.0, 204);
    let refused = ada.frame_with("problem").await;
    assert_eq!((&refused["re"], &refused["problem"]["status"]), (&json!(4), &json!(422)));
    assert_eq!(bob.heard("typing").await["data"]["author"], json!("Ada"));

    drop(ada);
    assert_eq!(bob.frame_with("left").await["left"]["data"], json!({ "name": "Ada" }));
    assert_eq!(running.ask(&format!("POST {post}"), "{}").await.0, 404);
}

#[tokio::test]
async fn a_channel_is_fetched_piece_by_piece_and_nothing_is_lost() {
    let running = Running::start();
    let fetched = |(status, body): (u16, String)| -> Value {
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    };
    let opened = fetched(running.ask("GET /live/rooms/lamps?name=Ada", "").await);
    let path = opened["frames"][0]["post"].as_str().unwrap().to_owned();
    let first = fetched(running.ask(&format!("GET {path}?has=0"), "").await);
    assert_eq!((&first["number"], &first["frames"][0]["topic"]), (&json!(1), &json!("rooms/lamps")));
    // The answer was lost: it comes again.
    assert_eq!(fetched(running.ask(&format!("GET {path}?has=0"), "").await), first);

    let (mut bob, _) = join(&running, "lamps", "Bob").await;
    say(&mut bob, "to whoever fetches", 1).await;
    let (mut has, mut texts) = (1, Vec::new());
    while texts.is_empty() {
        let piece = fetched(running.ask(&format!("GET {path}?has={has}"), "").await);
        has = piece["number"].as_u64().unwrap();
        let frames = piece["frames"].as_array().unwrap().iter();
        texts.extend(frames.filter_map(|frame| frame["data"]["text"].as_str().map(str::to_owned)));
    }
    assert_eq!(texts, ["to whoever fetches"]);
}

#[tokio::test]
async fn what_was_missed_on_one_way_comes_by_another() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    let (mut bob, joined) = join(&running, "lamps", "Bob").await;
    say(&mut ada, "one", 1).await;
    bob.heard("said").await;
    bob.close().await;
    say(&mut ada, "two", 2).await;
    ada.frame_with("re").await;
    let at = at("rooms/lamps", joined["epoch"].as_str().unwrap(), 1);
    let mut bob = running.events(&format!("/live/rooms/lamps?name=Bob&at={at}")).await;
    assert_eq!(bob.frame_with("recovered").await["recovered"], json!(true));
    assert_eq!(bob.heard("said").await["data"]["text"], json!("two"));
}

#[tokio::test]
async fn who_posts_more_than_a_client_may_say_is_closed() {
    let running = Running::start();
    let mut ada = running.events("/live/rooms/lamps?name=Ada").await;
    let post = ada.frame_with("session").await["post"].as_str().unwrap().to_owned();
    let frames = vec![json!({ "pong": true }); 1_001];
    running.ask(&format!("POST {post}"), &json!(frames).to_string()).await;
    assert_eq!(ada.frame_with("bye").await["bye"]["code"], json!(1008));
}
