//! What is said on a channel, in the frames of `docs/src/live-protocol.md`.

use std::collections::HashSet;

use kovar_contract::json::{Object, Value};

use super::{SCHEMAS, draft_07, keys};
use crate::documents::problem;

/// The frame by which either side says that a message has come.
const ACKNOWLEDGEMENT: &str = "acknowledgement";
const PROBLEM: &str = "problem";

/// Frames that the contract of a channel has no part in.
const OF_CLIENTS: [&str; 2] = [ACKNOWLEDGEMENT, "pong"];
const OF_SERVERS: [&str; 9] =
    ["session", "subscribed", "joined", "left", "ended", ACKNOWLEDGEMENT, PROBLEM, "ping", "bye"];

/// What is said on a channel.
pub(super) struct Messages {
    pub(super) of_client: Vec<Message>,
    pub(super) of_server: Vec<Message>,
}

/// One kind of message.
pub(super) struct Message {
    /// Its name in the channel.
    pub(super) key: String,
    /// Whether it can be the answer to another.
    pub(super) is_answer: bool,
    json: Object<'static>,
}

impl Messages {
    /// Those of the channel, each once: some are said by both sides.
    pub(super) fn into_json(self) -> Object<'static> {
        let mut said = HashSet::new();
        let messages = self.of_client.into_iter().chain(self.of_server);
        messages.filter(|message| said.insert(message.key.clone())).map(|message| (message.key, message.json)).collect()
    }
}

/// The messages of a contract, and the frames around them.
pub(super) fn framed(receives: &Object<'static>, sends: &Object<'static>, schemas: &Object<'static>) -> Messages {
    let (received, sent) = (kinds(receives, schemas), kinds(sends, schemas));
    let is_shared = |name: &str| OF_CLIENTS.contains(&name) || OF_SERVERS.contains(&name);
    let is_in = |kinds: &[Kind], name: &str| kinds.iter().any(|kind| kind.name == name);
    let key = |kind: &Kind, others: &[Kind], side: &str| match is_in(others, &kind.name) || is_shared(&kind.name) {
        true => format!("{}{side}", kind.name),
        false => kind.name.clone(),
    };
    let of_client = received.iter().map(|kind| kind.message(key(kind, &sent, "FromClient"), of_client));
    let of_server = sent.iter().map(|kind| kind.message(key(kind, &received, "FromServer"), of_server));
    Messages {
        of_client: of_client.chain(OF_CLIENTS.map(reference)).collect(),
        of_server: of_server.chain(OF_SERVERS.map(reference)).collect(),
    }
}

/// A frame that all channels share.
fn reference(key: &'static str) -> Message {
    let is_answer = [ACKNOWLEDGEMENT, PROBLEM].contains(&key);
    Message { key: key.to_owned(), is_answer, json: Object::new().with("$ref", format!("#/components/messages/{key}")) }
}

/// The messages of a channel without a contract.
pub(super) fn raw() -> Messages {
    let both = || {
        let message = |key: &'static str, summary: &'static str, media_type: &'static str, payload| Message {
            key: key.to_owned(),
            is_answer: false,
            json: described(key, summary, payload).with("contentType", media_type),
        };
        let bytes = Object::new().with("type", "string").with("format", "binary");
        vec![
            message("text", "Any text.", "text/plain", typed("string")),
            message("bytes", "Any bytes.", "application/octet-stream", bytes),
        ]
    };
    Messages { of_client: both(), of_server: both() }
}

/// A schema, or one variant of a union that its tag tells apart.
struct Kind {
    name: String,
    title: String,
    schema: Object<'static>,
    summary: Option<String>,
}

fn kinds(schema: &Object<'static>, schemas: &Object<'static>) -> Vec<Kind> {
    let name = schema.get("$ref").and_then(component);
    let definition = name.and_then(|name| schemas.get(name));
    let variants = definition.and_then(|definition| definition.pointer("/discriminator/mapping"));
    match (variants.and_then(Value::as_object), name) {
        (Some(variants), _) => variants
            .iter()
            .filter_map(|(tag, pointer)| {
                Some(Kind::new(component(pointer)?, tag, Object::new().with("$ref", pointer.clone()), schemas))
            })
            .collect(),
        (None, Some(name)) => vec![Kind::new(name, name, schema.clone(), schemas)],
        (None, None) => vec![Kind::new("message", "message", schema.clone(), schemas)],
    }
}

/// The name of the component that a reference leads to.
fn component<'r>(reference: &'r Value<'static>) -> Option<&'r str> {
    reference.as_str()?.strip_prefix(SCHEMAS)
}

impl Kind {
    fn new(name: &str, title: &str, schema: Object<'static>, schemas: &Object<'static>) -> Self {
        let description = schemas.get(name).and_then(|schema| schema.get("description")).and_then(Value::as_str);
        Self {
            name: keys::plain(name),
            title: title.to_owned(),
            schema: draft_07::one(schema),
            summary: description.and_then(|text| text.split("\n\n").next()).map(str::to_owned),
        }
    }

    fn message(&self, key: String, frame: fn(Object<'static>) -> Object<'static>) -> Message {
        let json = Object::new()
            .with("name", key.clone())
            .with("title", self.title.clone())
            .with_some("summary", self.summary.clone())
            .with("correlationId", Object::new().with("location", "$message.payload#/id"))
            .with("payload", frame(self.schema.clone()));
        Message { key, is_answer: true, json }
    }
}

/// A message of a client, in its frame.
fn of_client(data: Object<'static>) -> Object<'static> {
    object(
        [
            ("data", data),
            ("id", number("A number of the client's choice, if it wants an answer: that has it as `re`.")),
            ("re", number("The `id` of the server's message that this one answers.")),
        ],
        &["data"],
    )
}

/// A message of the server, in its frame.
fn of_server(data: Object<'static>) -> Object<'static> {
    let together = Object::new().with("topic", vec!["offset"]).with("offset", vec!["topic"]);
    object(
        [
            ("data", data),
            ("id", number("A number of the server's choice, if it waits for an answer: that has it as `re`.")),
            ("re", number("The `id` of the client's message that this one answers.")),
            ("topic", text("The topic that it was published to, if it is for all who have subscribed.")),
            ("offset", number("Its place in the topic: one more than that of the message before it.")),
        ],
        &["data"],
    )
    .with("dependencies", together)
}

/// The subprotocol by which a client says that it knows the frames.
pub(super) fn protocol() -> Object<'static> {
    text(
        "`kovar.json`, if the client answers heartbeats: then they are frames, and otherwise pings of WebSocket. \
         `kovar.msgpack` for the same frames as MessagePack, in binary messages. Of several, the first is taken.",
    )
    .with("examples", vec!["kovar.json", "kovar.msgpack"])
}

/// The frames that all channels share.
pub(super) fn shared() -> Object<'static> {
    let topic = || ("topic", text("Which topic."));
    let offset = number("The number of the last message that was published to it.");
    let present = typed("array").with("items", member()).with("description", "Who else is there.");
    let recovered = typed("boolean").with(
        "description",
        "If the client was there before: whether what it missed comes next, or something may be missing.",
    );
    let subscription = object(
        [
            topic(),
            ("epoch", text("The life of the topic in which its offsets count.")),
            ("offset", offset),
            ("recovered", recovered),
            ("present", present),
        ],
        &["topic", "epoch", "offset"],
    );
    let post = text("Where what the client says is sent to, if the channel is no WebSocket.");
    let session = object([("session", text("The name.")), ("post", post)], &["session"]);
    let code = number("The code that it is closed with.");
    let wait = number("When to come again, in milliseconds; not at all, if it is left out.");
    let bye = object([("code", code), ("reconnect_after_ms", wait)], &["code"]);
    let re = || ("re", number("The `id` of the message that is answered."));
    let frames = [
        ("session", "The first frame: the connection's name.", session),
        ("subscribed", "The client has subscribed to a topic.", subscription),
        ("joined", "Somebody has come.", object([topic(), ("joined", member())], &["topic", "joined"])),
        ("left", "Somebody has gone.", object([topic(), ("left", member())], &["topic", "left"])),
        ("ended", "The client has a topic no longer.", object([topic(), ("ended", yes())], &["topic", "ended"])),
        (
            ACKNOWLEDGEMENT,
            "A message has come, and that is all there is to say.",
            object([re()], &["re"]).with("maxProperties", 1),
        ),
        (
            PROBLEM,
            "A message broke its contract, or was refused.",
            object([re(), (PROBLEM, problem::schema_on_channels())], &[PROBLEM]),
        ),
        ("ping", "A heartbeat, after 25 s in which nothing came.", object([("ping", yes())], &["ping"])),
        ("pong", "The answer to a heartbeat, within 10 s.", object([("pong", yes())], &["pong"])),
        ("bye", "The connection is about to be closed.", object([("bye", bye)], &["bye"])),
    ];
    frames.into_iter().map(|(key, summary, payload)| (key, described(key, summary, payload))).collect()
}

fn described(key: &'static str, summary: &'static str, payload: Object<'static>) -> Object<'static> {
    Object::new().with("name", key).with("title", key).with("summary", summary).with("payload", payload)
}

/// A connection that has joined a topic.
fn member() -> Object<'static> {
    let since = typed("string").with("format", "date-time").with("description", "Since when.");
    let data = Object::new().with("description", "What it says of itself.");
    object([("id", text("The name of the connection.")), ("since", since), ("data", data)], &["id", "since"])
}

fn object<const N: usize>(
    properties: [(&'static str, Object<'static>); N],
    required: &[&'static str],
) -> Object<'static> {
    typed("object")
        .with("properties", properties.into_iter().collect::<Object<'static>>())
        .with("required", required.to_vec())
}

fn typed(kind: &'static str) -> Object<'static> {
    Object::new().with("type", kind)
}

fn text(description: &'static str) -> Object<'static> {
    typed("string").with("description", description)
}

fn number(description: &'static str) -> Object<'static> {
    typed("integer").with("minimum", 0).with("description", description)
}

fn yes() -> Object<'static> {
    typed("boolean").with("const", true)
}
