//! What people meet in a room.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::{Client, Running, at, say};

/// Somebody in a room, with what they are told when they come.
pub(crate) async fn join(running: &Running, room: &str, name: &str) -> (Client, Value) {
    let mut client = running.open(&format!("/live/rooms/{room}?name={name}")).await;
    assert!(client.frame().await["session"].is_string());
    let joined = client.frame().await;
    (client, joined)
}

#[tokio::test]
async fn people_see_each_other_and_hear_what_is_said() {
    let running = Running::start();
    let (mut ada, joined) = join(&running, "lamps", "Ada").await;
    assert_eq!((&joined["topic"], &joined["offset"]), (&json!("rooms/lamps"), &json!(0)));
    assert_eq!(joined["present"][0]["data"], json!({ "name": "Ada" }));
    let (mut bob, joined) = join(&running, "lamps", "Bob").await;
    assert_eq!(joined["present"].as_array().unwrap().len(), 2);
    let (mut eve, _) = join(&running, "chairs", "Eve").await;

    let came = ada.frame_with("joined").await;
    assert_eq!(came["joined"]["data"], json!({ "name": "Bob" }));

    say(&mut ada, "good evening", 1).await;
    let heard = bob.heard("said").await;
    assert_eq!((&heard["topic"], &heard["offset"]), (&json!("rooms/lamps"), &json!(1)));
    assert_eq!((&heard["data"]["author"], &heard["data"]["text"]), (&json!("Ada"), &json!("good evening")));
    assert_eq!(ada.frame_with("re").await, json!({ "re": 1 }));

    bob.close().await;
    assert_eq!(ada.frame_with("left").await["left"]["data"], json!({ "name": "Bob" }));
    say(&mut eve, "anybody?", 1).await;
    assert_eq!(eve.heard("said").await["data"]["text"], json!("anybody?"));
}

#[tokio::test]
async fn who_was_away_gets_what_was_said_and_nothing_twice() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    let (mut bob, joined) = join(&running, "lamps", "Bob").await;
    let epoch = joined["epoch"].as_str().unwrap().to_owned();
    say(&mut ada, "one", 1).await;
    let heard = bob.heard("said").await;
    bob.close().await;
    for text in ["two", "three"] {
        say(&mut ada, text, 2).await;
        ada.frame_with("re").await;
    }
    let come_again = async |epoch: &str, offset: u64| {
        let at = at("rooms/lamps", epoch, offset);
        let mut bob = running.open(&format!("/live/rooms/lamps?name=Bob&at={at}")).await;
        (bob.frame_with("recovered").await["recovered"].clone(), bob)
    };
    let (recovered, mut bob) = come_again(&epoch, heard["offset"].as_u64().unwrap()).await;
    assert_eq!(recovered, json!(true));
    for (text, offset) in [("two", 2), ("three", 3)] {
        let missed = bob.heard("said").await;
        assert_eq!((&missed["data"]["text"], &missed["offset"]), (&json!(text), &json!(offset)));
    }
    say(&mut ada, "four", 3).await;
    assert_eq!(bob.heard("said").await["data"]["text"], json!("four"));

    assert_eq!(come_again("another", 1).await.0, json!(false));
    assert_eq!(come_again(&epoch, 99).await.0, json!(false));
}

#[tokio::test]
async fn what_breaks_the_contract_is_answered_and_the_connection_lives() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    for (frame, status, kind) in [
        (r#"{"data":{"type":"say","text":""},"id":7}"#, 422, "string_too_short"),
        (r#"{"data":{"type":"shout","text":"a"},"id":7}"#, 422, "union_tag_invalid"),
        (r#"{"data":17,"id":7}"#, 422, ""),
        (r#"{"id":7}"#, 400, ""),
    ] {
        ada.send(frame).await;
        let answer = ada.frame_with("problem").await;
        assert_eq!((&answer["re"], &answer["problem"]["status"]), (&json!(7), &json!(status)), "{frame}: {answer}");
        if !kind.is_empty() {
            assert_eq!(answer["problem"]["errors"][0]["type"], json!(kind), "{answer}");
        }
    }
    ada.send("no JSON").await;
    assert_eq!(ada.frame_with("problem").await["problem"]["status"], json!(400));
    say(&mut ada, "still here", 8).await;
    assert_eq!(ada.frame_with("re").await, json!({ "re": 8 }));
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_a_problem_before_there_is_a_channel() {
    let running = Running::start();
    assert_eq!(running.try_open("/live/rooms/NO?name=Ada", &[]).await.err(), Some(422));
    assert_eq!(running.try_open("/live/rooms/lamps", &[]).await.err(), Some(422));
    assert_eq!(running.try_open("/live/nowhere", &[]).await.err(), Some(404));
    let elsewhere = [("origin", "https://elsewhere.example")];
    assert_eq!(running.try_open("/live/rooms/lamps?name=Ada", &elsewhere).await.err(), Some(403));
    let own = format!("http://{}", running.host());
    assert!(running.try_open("/live/rooms/lamps?name=Ada", &[("origin", &own)]).await.is_ok());
}

#[tokio::test]
async fn bytes_in_a_room_are_not_taken() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    ada.send_bytes(b"\x81").await;
    assert_eq!(ada.closed().await, 1003);
}

/// It may be found gone while something is written to it.
#[tokio::test]
async fn who_is_cut_off_has_left_at_once() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    for _ in 0..60 {
        let bob = running.open("/live/rooms/lamps?name=Bob").await;
        ada.frame_with("joined").await;
        drop(bob);
        let begun = Instant::now();
        ada.frame_with("left").await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_server_that_ends_says_goodbye() {
    let running = Running::start();
    let path = "/live/rooms/lamps?name=Ada";
    let mut ada = running.try_open(path, &[("sec-websocket-protocol", "kovar.json")]).await.unwrap();
    ada.frame_with("present").await;
    running.signal("-TERM");
    let bye = loop {
        let frame = ada.frame_for(std::time::Duration::from_secs(20)).await;
        if frame.get("bye").is_some() {
            break frame;
        }
    };
    assert_eq!(bye["bye"]["code"], json!(1001));
    assert!(bye["bye"]["reconnect_after_ms"].as_u64().unwrap() < 2_000);
    assert_eq!(ada.closed().await, 1001);
}
