//! Rooms without a server: the app as it is, and clients in the same process.

use std::time::Duration;

use chat::messages::Message;
use chat::rooms::{FromClient, ToClient};
use kovar::prelude::*;
use kovar::testing::{TestChannel, TestChannels as _, TestClient};
use tempfile::TempDir;

type Room = TestChannel<FromClient, ToClient>;

async fn client() -> (TestClient, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/chat.db", folder.path().display())).await.unwrap();
    db.migrate(&chat::MIGRATIONS).await.unwrap();
    (TestClient::new(chat::app(Live::new()).provide(db)).await.unwrap(), folder)
}

async fn join(client: &TestClient, room: &str, name: &str) -> Room {
    let request = client.operation::<chat::rooms::room>().path("room", room).query(&[("name", name)]);
    let mut guest: Room = request.channel().await.unwrap();
    // To what is said, to who has read how far, and to who is typing.
    for _ in 0..3 {
        guest.subscribed().await;
    }
    assert!(matches!(guest.receive().await, ToClient::Marks { .. }));
    guest
}

async fn say(room: &mut Room, text: &str) {
    room.request(&FromClient::Say { text: text.to_owned(), key: None }).await.assert_acknowledged();
}

#[track_caller]
fn assert_said(message: &ToClient, by: &str, expected: &str) {
    let ToClient::Said(Message { author, text, .. }) = message else { panic!("{message:?}") };
    assert_eq!((author.as_str(), text.as_str()), (by, expected));
}

#[tokio::test]
async fn what_is_said_is_heard_in_its_room_alone() {
    let (client, _folder) = client().await;
    let (mut ada, mut bob) = (join(&client, "lamps", "Ada").await, join(&client, "lamps", "Bob").await);
    let mut eve = join(&client, "chairs", "Eve").await;
    assert_eq!(ada.joined().await.member.data["name"], "Bob");
    say(&mut ada, "good evening").await;
    assert_said(&bob.receive().await, "Ada", "good evening");
    ada.send(&FromClient::Typing {});
    let typing = bob.message().await;
    assert_eq!(typing.message, ToClient::Typing { author: "Ada".to_owned() });
    assert_eq!(typing.topic.as_deref(), Some("typing/lamps"));
    assert_eq!(eve.message_within(Duration::from_millis(10)).await, None);
}

#[tokio::test]
async fn who_was_away_has_missed_nothing_of_what_was_said() {
    let (client, _folder) = client().await;
    let (mut ada, mut bob) = (join(&client, "lamps", "Ada").await, join(&client, "lamps", "Bob").await);
    say(&mut ada, "one").await;
    assert_said(&bob.receive().await, "Ada", "one");
    let at = bob.at();
    drop(bob);
    for text in ["two", "three"] {
        say(&mut ada, text).await;
    }
    let again = client.get("/live/rooms/lamps").query(&[("name", "Bob"), ("at", &at)]);
    let mut bob = again.channel::<FromClient, ToClient>().await.unwrap();
    assert_eq!(bob.subscribed().await.recovered, Some(true));
    for text in ["two", "three"] {
        assert_said(&bob.receive().await, "Ada", text);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_to_whoever_did_it() {
    let (client, _folder) = client().await;
    let mut ada = join(&client, "lamps", "Ada").await;
    let problem = ada.request(&FromClient::Say { text: String::new(), key: None }).await.problem();
    assert_eq!((problem.status, problem.issues()), (422, vec!["body.say.text: string_too_short".to_owned()]));
    say(&mut ada, "still here").await;
    let refused = client.get("/live/rooms/NO").channel::<FromClient, ToClient>().await.unwrap_err();
    assert_eq!(refused.problem().issues(), ["path.room: string_pattern_mismatch", "query.name: missing"]);
}
