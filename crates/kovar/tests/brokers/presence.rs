//! Who is there, on whichever node.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::broker::{Broker, Kind};
use crate::support::Client;

over_each_broker!(people_of_other_nodes_are_seen_and_gone_when_their_node_is, a_session_is_served_by_any_node);

/// Who is told of in a frame.
fn names(present: &Value) -> Vec<&str> {
    let mut names: Vec<_> =
        present.as_array().unwrap().iter().map(|who| who["data"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

async fn next(client: &mut Client, member: &str) -> String {
    client.frame_with(member).await[member]["data"]["name"].as_str().unwrap().to_owned()
}

async fn people_of_other_nodes_are_seen_and_gone_when_their_node_is(kind: Kind) {
    let broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let mut ada = one.open("/live/rooms/lamps?name=Ada").await;
    assert_eq!(names(&ada.frame_with("present").await["present"]), ["Ada"]);

    let mut bob = other.open("/live/rooms/lamps?name=Bob").await;
    assert_eq!(next(&mut ada, "joined").await, "Bob");
    // Ada is among those who are there, or comes a moment later.
    let present = bob.frame_with("present").await;
    match names(&present["present"])[..] {
        ["Ada", "Bob"] => {}
        ["Bob"] => assert_eq!(next(&mut bob, "joined").await, "Ada"),
        ref others => panic!("{others:?}"),
    }
    let mut eve = other.open("/live/rooms/lamps?name=Eve").await;
    assert_eq!(names(&eve.frame_with("present").await["present"]), ["Ada", "Bob", "Eve"]);
    assert_eq!([next(&mut ada, "joined").await, next(&mut bob, "joined").await], ["Eve", "Eve"]);
    eve.close().await;
    assert_eq!([next(&mut ada, "left").await, next(&mut bob, "left").await], ["Eve", "Eve"]);

    // `kill -9`: nobody says goodbye.
    let start = Instant::now();
    drop(other);
    assert_eq!(next(&mut ada, "left").await, "Bob");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());

    let third = broker.node();
    let mut zoe = third.open("/live/rooms/lamps?name=Zoe").await;
    assert_eq!(next(&mut ada, "joined").await, "Zoe");
    let mut present = names(&zoe.frame_with("present").await["present"]).join(" ");
    if present == "Zoe" {
        present = format!("{} {present}", next(&mut zoe, "joined").await);
    }
    assert_eq!((present.as_str(), json!(null)), ("Ada Zoe", zoe_has_no_more(&mut zoe).await));
}

/// Nothing comes for a while: nobody is told of twice.
async fn zoe_has_no_more(client: &mut Client) -> Value {
    match tokio::time::timeout(Duration::from_millis(500), client.frame_with("joined")).await {
        Ok(frame) => frame,
        Err(_) => Value::Null,
    }
}

async fn a_session_is_served_by_any_node(kind: Kind) {
    let broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let fetched = |(status, body): (u16, String)| -> Value {
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    };
    let mut ada = one.events("/live/rooms/lamps?name=Ada").await;
    let to_ada = ada.frame_with("session").await["post"].as_str().unwrap().to_owned();
    // Once she is in the room, her node listens to others.
    ada.frame_with("present").await;
    let opened = fetched(other.ask("GET /live/rooms/lamps?name=Bob", "").await);
    let to_bob = opened["frames"][0]["post"].as_str().unwrap().to_owned();
    let say = |text: &str| json!({ "data": { "type": "say", "text": text } }).to_string();
    // Once Bob is in the room as well, he hears what is said, and his node listens.
    let mut piece = opened;
    while !piece["frames"].as_array().unwrap().iter().any(|frame| frame.get("present").is_some()) {
        piece = fetched(other.ask(&format!("GET {to_bob}?has={}", piece["number"]), "").await);
    }

    // Each time by the node that does not have it.
    assert_eq!(other.ask(&format!("POST {to_ada}"), &say("from Ada")).await.0, 204);
    assert_eq!(ada.frame_with("data").await["data"]["text"], json!("from Ada"));
    assert_eq!(one.ask(&format!("POST {to_bob}"), &say("from Bob")).await.0, 204);
    assert_eq!(ada.frame_with("data").await["data"]["text"], json!("from Bob"));
    let (mut has, mut texts) = (piece["number"].as_u64().unwrap(), Vec::new());
    while texts.len() < 2 {
        let piece = fetched(one.ask(&format!("GET {to_bob}?has={has}"), "").await);
        has = piece["number"].as_u64().unwrap();
        let frames = piece["frames"].as_array().unwrap().iter();
        texts.extend(frames.filter_map(|frame| frame["data"]["text"].as_str().map(str::to_owned)));
    }
    assert_eq!(texts, ["from Ada", "from Bob"]);

    // What nobody has, and what nobody has any longer.
    let start = Instant::now();
    assert_eq!(one.ask("POST /_live/unknown", &say("to nobody")).await.0, 404);
    assert_eq!(one.ask("GET /_live/unknown?has=0", "").await.0, 404);
    drop(other);
    assert_eq!(one.ask(&format!("GET {to_bob}?has={has}"), "").await.0, 404);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}
