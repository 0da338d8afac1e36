//! The document of the channels, and whether what is said is what it says.

use jsonschema::Validator;
use kovar::prelude::*;
use serde_json::{Map, Value, json};

use super::support::Running;

/// The app, with a database that nobody uses.
pub(super) async fn app() -> App {
    chat::app(Live::new()).provide(Db::open("sqlite::memory:").await.unwrap())
}

async fn document() -> String {
    app().await.asyncapi().unwrap().to_pretty_string()
}

#[tokio::test]
async fn the_committed_document_is_the_apps() {
    let document = document().await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/asyncapi.json");
    if std::env::var_os("KOVAR_BLESS").is_some() {
        std::fs::write(path, &document).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap() == document, "look at the change with KOVAR_BLESS=1 and `git diff`");
}

#[tokio::test]
async fn channels_are_no_operations() {
    let document: Value = serde_json::from_str(&app().await.openapi().unwrap().to_pretty_string()).unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/rooms/{room}/messages"]);
}

/// The messages of an operation of the document, each with what judges its frames.
struct Messages(Vec<(String, Validator)>);

impl Messages {
    async fn of(operation: &str) -> Self {
        let document: Value = serde_json::from_str(&document().await).unwrap();
        let at = |reference: &Value| document.pointer(&reference["$ref"].as_str().unwrap()[1..]).unwrap().clone();
        let messages = document["operations"][operation]["messages"].as_array().unwrap().iter();
        let validator = |reference: &Value| {
            let mut message = at(reference);
            if message["$ref"].is_string() {
                message = at(&message);
            }
            let mut schema: Map<String, Value> = message["payload"].as_object().unwrap().clone();
            schema.insert("components".to_owned(), document["components"].clone());
            let validator = jsonschema::draft7::options().should_validate_formats(true).build(&Value::Object(schema));
            (message["name"].as_str().unwrap().to_owned(), validator.unwrap())
        };
        Self(messages.map(validator).collect())
    }

    /// The one message that a frame is.
    #[track_caller]
    fn name(&self, frame: &Value) -> &str {
        let names: Vec<_> = self.0.iter().filter(|(_, validator)| validator.is_valid(frame)).collect();
        match names.as_slice() {
            [(name, _)] => name,
            names => panic!("{frame} is {:?}", names.iter().map(|(name, _)| name).collect::<Vec<_>>()),
        }
    }
}

#[tokio::test]
async fn each_frame_is_one_message_of_the_document() {
    let (sent, received) = (Messages::of("send_room").await, Messages::of("receive_room").await);
    let running = Running::start();
    let mut ada = running.open("/live/rooms/lamps?name=Ada").await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(sent.name(&ada.frame().await).to_owned());
    }
    assert_eq!(seen, ["session", "subscribed", "subscribed", "subscribed", "ToClientMarks"]);

    let bob = running.open("/live/rooms/lamps?name=Bob").await;
    assert_eq!(sent.name(&ada.frame().await), "joined");
    bob.close().await;
    assert_eq!(sent.name(&ada.frame().await), "left");

    for (frame, is, answers) in [
        (
            json!({ "data": { "type": "say", "text": "good evening" }, "id": 1 }),
            "FromClientSay",
            ["ToClientSaid", "acknowledgement"].as_slice(),
        ),
        (
            json!({ "data": { "type": "read", "message_id": 1 }, "id": 3 }),
            "FromClientRead",
            &["ToClientRead", "acknowledgement"],
        ),
        (json!({ "data": { "type": "typing" } }), "FromClientTyping", &["ToClientTyping"]),
        (json!({ "data": { "type": "typing" }, "id": 2 }), "FromClientTyping", &["ToClientTyping", "acknowledgement"]),
    ] {
        assert_eq!(received.name(&frame), is);
        ada.send(&frame.to_string()).await;
        let mut seen = Vec::new();
        for _ in answers {
            seen.push(sent.name(&ada.frame().await).to_owned());
        }
        seen.sort();
        assert_eq!(seen, answers, "{frame}");
    }
}

#[tokio::test]
async fn what_is_no_message_of_the_document_is_refused() {
    let (sent, received) = (Messages::of("send_room").await, Messages::of("receive_room").await);
    let running = Running::start();
    let mut ada = running.open("/live/rooms/lamps?name=Ada").await;
    for frame in [
        json!({ "data": { "type": "say", "text": "" }, "id": 1 }),
        json!({ "data": { "type": "say" } }),
        json!({ "data": { "type": "shout" }, "id": 2 }),
        json!({ "data": 17 }),
        json!({ "data": { "type": "typing" }, "id": -1 }),
        json!({ "id": 3 }),
        json!([]),
        json!("text"),
    ] {
        assert!(!received.0.iter().any(|(_, validator)| validator.is_valid(&frame)), "{frame}");
        ada.send(&frame.to_string()).await;
        assert_eq!(sent.name(&ada.frame_with("problem").await), "problem", "{frame}");
    }
}
