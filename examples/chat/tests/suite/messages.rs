//! What was said is kept: it is listed, and there after the program was killed.

use serde_json::{Value, json};

use super::rooms::join;
use super::support::{Client, Running, say};

const KEY: &str = "01939f2e-7c1a-7000-8000-000000000001";

/// Says something under a key, and gives the answer.
async fn say_under(client: &mut Client, text: &str, key: &str) -> Value {
    client.send(&json!({ "data": { "type": "say", "text": text, "key": key }, "id": 1 }).to_string()).await;
    client.frame_with("re").await
}

async fn say_all(client: &mut Client, texts: impl IntoIterator<Item = String>) {
    for (text, id) in texts.into_iter().zip(1..) {
        say(client, &text, id).await;
        assert_eq!(client.frame_with("re").await, json!({ "re": id }));
    }
}

fn texts(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn messages_are_listed_page_by_page_and_the_latest_first() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    say_all(&mut ada, (1..=5).map(|n| format!("m{n}"))).await;
    let (mut eve, _) = join(&running, "chairs", "Eve").await;
    say_all(&mut eve, ["elsewhere".to_owned()]).await;

    let first = running.get("/rooms/lamps/messages?limit=2").await;
    assert_eq!((texts(&first), &first["next_cursor"]), (vec!["m5", "m4"], &json!("4")));
    let second = running.get("/rooms/lamps/messages?limit=2&cursor=4").await;
    assert_eq!(texts(&second), ["m3", "m2"]);
    let last = running.get("/rooms/lamps/messages?limit=2&cursor=2").await;
    assert_eq!((texts(&last), &last["next_cursor"]), (vec!["m1"], &Value::Null));
    assert_eq!((&last["items"][0]["id"], &last["items"][0]["author"]), (&json!(1), &json!("Ada")));
    assert_eq!(texts(&running.get("/rooms/chairs/messages").await), ["elsewhere"]);
    assert_eq!(texts(&running.get("/rooms/empty/messages").await), Vec::<&str>::new());
    assert_eq!(running.ask("GET /rooms/NO/messages", "").await.0, 422);
}

#[tokio::test]
async fn a_message_is_listed_as_it_was_heard() {
    let running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    assert_eq!(say_under(&mut ada, "good evening", KEY).await, json!({ "re": 1 }));
    let (mut bob, _) = join(&running, "lamps", "Bob").await;
    say(&mut bob, "you, too", 1).await;
    let mut heard = bob.heard("said").await["data"].clone();
    assert_eq!((&heard["id"], &heard["key"]), (&json!(2), &Value::Null));
    let listed = running.get("/rooms/lamps/messages").await;
    heard.as_object_mut().unwrap().remove("type");
    assert_eq!((&listed["items"][0], &listed["items"][1]["key"]), (&heard, &json!(KEY)));
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    let mut running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    for round in 0..5 {
        say_all(&mut ada, (0..20).map(|n| format!("{round}:{n}"))).await;
        running.kill_and_start();
        (ada, _) = join(&running, "lamps", "Ada").await;
    }
    let listed = running.get("/rooms/lamps/messages?limit=100").await;
    let said: Vec<String> = (0..5).flat_map(|round| (0..20).map(move |n| format!("{round}:{n}"))).rev().collect();
    assert_eq!(texts(&listed), said);
}

#[tokio::test]
async fn what_is_said_again_under_its_key_is_one_message() {
    let mut running = Running::start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    say_under(&mut ada, "once", KEY).await;
    assert_eq!(say_under(&mut ada, "once", KEY).await, json!({ "re": 1 }));
    running.kill_and_start();
    let (mut ada, _) = join(&running, "lamps", "Ada").await;
    assert_eq!(say_under(&mut ada, "once", KEY).await, json!({ "re": 1 }));
    assert_eq!(texts(&running.get("/rooms/lamps/messages").await), ["once"]);

    // A key is its author's, and of the room.
    let (mut bob, _) = join(&running, "lamps", "Bob").await;
    say_under(&mut bob, "me, too", KEY).await;
    let (mut elsewhere, _) = join(&running, "chairs", "Ada").await;
    say_under(&mut elsewhere, "here, too", KEY).await;
    assert_eq!(texts(&running.get("/rooms/lamps/messages").await), ["me, too", "once"]);
    assert_eq!(texts(&running.get("/rooms/chairs/messages").await), ["here, too"]);
}
