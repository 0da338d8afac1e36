//! Who has read how far.

use serde_json::{Value, json};

use super::rooms::join;
use super::support::{Client, Running, say};

async fn read(client: &mut Client, message_id: i64) -> Value {
    client.send(&json!({ "data": { "type": "read", "message_id": message_id }, "id": 9 }).to_string()).await;
    client.frame_with("re").await
}

/// Somebody in a room of ten messages, and what they are told of who has read how far.
async fn arrive(running: &Running, name: &str) -> (Client, Value) {
    let (mut client, _) = join(running, "lamps", name).await;
    let marks = client.heard("marks").await["data"]["marks"].clone();
    (client, marks)
}

async fn said_ten(running: &Running) -> Client {
    let (mut ada, marks) = arrive(running, "Ada").await;
    assert_eq!(marks, json!([]));
    for id in 1..=10 {
        say(&mut ada, "a message", id).await;
        ada.frame_with("re").await;
    }
    ada
}

#[tokio::test]
async fn others_see_how_far_somebody_has_read() {
    let running = Running::start();
    let mut ada = said_ten(&running).await;
    let (mut bob, _) = arrive(&running, "Bob").await;
    assert_eq!(read(&mut bob, 4).await, json!({ "re": 9 }));
    assert_eq!(ada.heard("read").await["data"], json!({ "type": "read", "reader": "Bob", "message_id": 4 }));
    let (_, marks) = arrive(&running, "Eve").await;
    assert_eq!(marks, json!([{ "reader": "Bob", "message_id": 4 }]));
}

#[tokio::test]
async fn a_mark_goes_on_only_and_no_further_than_there_are_messages() {
    let running = Running::start();
    let mut ada = said_ten(&running).await;
    let (mut bob, _) = arrive(&running, "Bob").await;
    for message_id in [7, 3, 7, 1_000] {
        assert_eq!(read(&mut bob, message_id).await, json!({ "re": 9 }));
    }
    for message_id in [7, 10] {
        assert_eq!(ada.heard("read").await["data"]["message_id"], json!(message_id));
    }
    assert_eq!(read(&mut bob, 0).await["problem"]["status"], json!(422));
}

#[tokio::test]
async fn a_room_in_which_nothing_was_said_has_no_marks() {
    let running = Running::start();
    let (mut bob, _) = arrive(&running, "Bob").await;
    assert_eq!(read(&mut bob, 5).await, json!({ "re": 9 }));
    assert_eq!(arrive(&running, "Eve").await.1, json!([]));
}

#[tokio::test]
async fn marks_are_there_after_kill_9() {
    let mut running = Running::start();
    let mut ada = said_ten(&running).await;
    read(&mut ada, 10).await;
    let (mut bob, _) = arrive(&running, "Bob").await;
    read(&mut bob, 6).await;
    running.kill_and_start();
    let marks = json!([{ "reader": "Ada", "message_id": 10 }, { "reader": "Bob", "message_id": 6 }]);
    assert_eq!(arrive(&running, "Eve").await.1, marks);
}
