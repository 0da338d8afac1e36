//! The document of channels, and where it is served.

use std::marker::PhantomData;

use kovar_contract::shape::Shape;
use kovar_contract::{Catalog, Schema};
use kovar_http::RequestContext;
use kovar_http::app::App;
use kovar_http::describe::{Argument, Describer};
use kovar_http::documents::{Contact, License, Server};
use kovar_http::extract::{Extract, Path, Phase, Query, Rejection};
use kovar_http::operation::Operation;
use kovar_http::problem::builtin;
use kovar_http::respond::NoContent;
use kovar_http::security::{Flow, Requirement, SchemeDeclaration};
use serde_json::{Value, json};

use super::support::{self, ID, app, client};

/// An argument that is nothing, and says something about its operation.
struct Says<W>(PhantomData<W>);

trait What: Send + 'static {
    fn say(describer: &mut Describer<'_>);
}

impl<W: What> Extract for Says<W> {
    const PHASE: Phase = Phase::Dependency;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        W::say(describer);
    }

    async fn extract(_: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        Ok(Self(PhantomData))
    }
}

/// A channel on which clients send `In`s and get `Out`s.
struct Talk<In, Out>(PhantomData<fn(In) -> Out>);

impl<In: Schema + 'static, Out: Schema + 'static> What for Talk<In, Out> {
    fn say(describer: &mut Describer<'_>) {
        let messages = (In::shape(describer.catalog), Out::shape(describer.catalog));
        describer.channel(Some(messages));
        describer.problem(&builtin::UPGRADE_REQUIRED);
    }
}

struct Raw;

impl What for Raw {
    fn say(describer: &mut Describer<'_>) {
        describer.channel(None);
    }
}

async fn talk<W: What>(_: Says<W>) -> NoContent {
    NoContent
}

async fn room<W: What>(Path(_): Path<u32>, Query(_): Query<support::Value>, _: Says<W>) -> NoContent {
    NoContent
}

async fn guarded<W: What>(_: Says<Talk<u32, u32>>, _: Says<W>) -> NoContent {
    NoContent
}

async fn nothing() -> NoContent {
    NoContent
}

fn document(app: &App) -> Value {
    let document: Value = serde_json::from_str(&app.asyncapi().unwrap().to_string()).unwrap();
    check_references(&document, &document);
    document
}

/// Each reference leads somewhere, and stands alone.
fn check_references(value: &Value, document: &Value) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref") {
                let reference = reference.as_str().unwrap();
                assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
                assert_eq!(object.len(), 1, "{reference} has neighbours");
            }
            object.values().for_each(|value| check_references(value, document));
        }
        Value::Array(items) => items.iter().for_each(|value| check_references(value, document)),
        _ => {}
    }
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The keys of the messages of an operation.
fn messages<'d>(document: &'d Value, operation: &str, list: &str) -> Vec<&'d str> {
    let list = document["operations"][operation].pointer(list).unwrap().as_array().unwrap();
    list.iter().map(|message| message["$ref"].as_str().unwrap().rsplit('/').next().unwrap()).collect()
}

#[test]
fn a_channel_has_its_place_and_what_opens_it() {
    let operation = Operation::get("/rooms/{id}", room::<Talk<u32, bool>>).arguments(ID).id("room");
    let document = document(&app([operation.summary("Be there").tag("rooms").deprecated()]).tag("rooms", "Rooms."));
    let channel = &document["channels"]["room"];
    assert_eq!((&channel["address"], &channel["summary"]), (&json!("/rooms/{id}"), &json!("Be there")));
    assert_eq!((&channel["tags"], &channel["x-deprecated"]), (&json!([{ "name": "rooms" }]), &json!(true)));
    assert_eq!(channel["parameters"]["id"]["x-schema"]["type"], "integer");
    let binding = &channel["bindings"]["ws"];
    assert_eq!((&binding["method"], &binding["query"]["required"]), (&json!("GET"), &json!(["value"])));
    assert_eq!(binding["query"]["properties"]["value"]["type"], "integer");
    assert!(binding["headers"]["properties"]["Sec-WebSocket-Protocol"].is_object());
    assert!(
        channel["x-problems"].as_array().unwrap().contains(&json!({ "$ref": "#/components/schemas/UpgradeRequired" }))
    );
    assert_eq!(document["info"]["tags"][0]["description"], "Rooms.");
}

#[test]
fn what_clients_send_is_what_the_app_receives() {
    let document = document(&app([Operation::get("/", talk::<Talk<u32, support::Value>>).id("talk")]));
    assert_eq!(names(&document["operations"]), ["receive_talk", "send_talk"]);
    assert_eq!(document["operations"]["receive_talk"]["action"], "receive");
    let received = ["messageFromClient", "acknowledgement", "pong"];
    assert_eq!(messages(&document, "receive_talk", "/messages"), received);
    assert_eq!(messages(&document, "send_talk", "/reply/messages"), received[..2]);
    let sent = messages(&document, "send_talk", "/messages");
    assert_eq!((sent[0], sent.len()), ("messageFromServer", 10));
    assert_eq!(
        messages(&document, "receive_talk", "/reply/messages"),
        ["messageFromServer", "acknowledgement", "problem"]
    );

    let messages = &document["channels"]["talk"]["messages"];
    let payload = &messages["messageFromClient"]["payload"];
    assert_eq!((names(&payload["properties"]), &payload["required"]), (vec!["data", "id", "re"], &json!(["data"])));
    assert_eq!(payload["properties"]["data"]["maximum"], u32::MAX);
    let payload = &messages["messageFromServer"]["payload"];
    assert_eq!(names(&payload["properties"]), ["data", "id", "offset", "re", "topic"]);
    assert_eq!(payload["properties"]["data"]["properties"]["value"]["type"], "integer");
}

/// A schema with a name.
struct Note;

impl Schema for Note {
    fn shape(catalog: &mut Catalog) -> Shape {
        catalog.define::<Note>(
            || "Note".to_owned(),
            module_path!(),
            |catalog| {
                (kovar_contract::shape::About::new().description("What is noted.\n\nMore."), String::shape(catalog))
            },
        )
    }
}

/// A schema that is called as a frame is.
struct Session;

impl Schema for Session {
    fn shape(catalog: &mut Catalog) -> Shape {
        let about = kovar_contract::shape::About::new();
        catalog.define::<Session>(|| "session".to_owned(), module_path!(), |catalog| (about, bool::shape(catalog)))
    }
}

#[test]
fn messages_of_one_name_are_told_apart() {
    let document = document(&app([Operation::get("/", talk::<Talk<Note, Note>>).id("talk")]));
    let messages = &document["channels"]["talk"]["messages"];
    for key in ["NoteFromClient", "NoteFromServer"] {
        assert_eq!(messages[key]["summary"], "What is noted.");
        assert_eq!(messages[key]["payload"]["properties"]["data"], json!({ "$ref": "#/components/schemas/Note" }));
    }
}

#[test]
fn a_frame_keeps_its_name() {
    let document = document(&app([Operation::get("/", talk::<Talk<Session, Note>>).id("talk")]));
    let messages = &document["channels"]["talk"]["messages"];
    assert!(messages["sessionFromClient"]["payload"]["properties"]["data"].is_object() && messages["Note"].is_object());
    assert_eq!(messages["session"], json!({ "$ref": "#/components/messages/session" }));
}

#[test]
fn a_channel_without_a_contract_has_text_and_bytes() {
    let document = document(&app([Operation::get("/echo", talk::<Raw>).id("echo")]));
    let channel = &document["channels"]["echo"];
    assert_eq!(names(&channel["messages"]), ["bytes", "text"]);
    assert_eq!(channel["messages"]["text"]["contentType"], "text/plain");
    assert!(channel["bindings"]["ws"]["headers"].is_null() && document["components"]["messages"].is_null());
    assert!(document["operations"]["receive_echo"]["reply"].is_null());
}

#[test]
fn channels_are_in_one_document_and_operations_in_the_other() {
    let app = app([
        Operation::get("/talk", talk::<Raw>).id("talk"),
        Operation::get("/hidden", talk::<Raw>).id("hidden").hidden(),
        Operation::get("/plain", nothing).id("plain"),
    ]);
    assert_eq!(names(&document(&app)["channels"]), ["talk"]);
    let openapi: Value = serde_json::from_str(&app.openapi().unwrap().to_string()).unwrap();
    assert_eq!(names(&openapi["paths"]), ["/plain"]);
    assert!(openapi["components"]["schemas"]["UpgradeRequired"].is_null());
}

#[test]
fn a_channel_without_an_id_is_called_after_its_path() {
    let operations = ["/a/{id}", "/a-b", "/a/b", "/"].map(|path| match path.contains("id") {
        true => Operation::get(path, room::<Raw>).arguments(ID),
        false => Operation::get(path, talk::<Raw>),
    });
    assert_eq!(names(&document(&app(operations))["channels"]), ["a-b", "a__id", "a_b", "channel"]);
}

#[test]
fn what_people_read_about_an_app_is_there() {
    let server = |url: &'static str| Server { url: url.into(), description: None };
    let app = app([])
        .summary("A line.")
        .description("More.")
        .contact(Contact { name: Some("The office".into()), url: Some("/contact".into()), email: None })
        .terms_of_service("/terms")
        .license(License { name: "MIT".into(), identifier: Some("MIT".into()) })
        .server(server("https://chat.example/v1/"))
        .server(server("http://127.0.0.1:8000"))
        .server(server("/v1"))
        .server(server("https://{tenant}.example"));
    let document = document(&app);
    assert_eq!(document["info"]["description"], "A line.\n\nMore.");
    let (license, contact) = (&document["info"]["license"], &document["info"]["contact"]);
    assert_eq!((license, contact), (&json!({ "name": "MIT" }), &json!({ "name": "The office" })));
    assert!(document["info"]["termsOfService"].is_null(), "AsyncAPI takes no relative URLs");
    let expected = json!({
        "server1": { "host": "chat.example", "pathname": "/v1", "protocol": "wss" },
        "server2": { "host": "127.0.0.1:8000", "protocol": "ws" },
    });
    assert_eq!(document["servers"], expected);
}

fn requirement(scheme: &'static str, scopes: &[&'static str]) -> Requirement {
    Requirement { scheme, scopes: scopes.to_vec() }
}

struct Token;

impl What for Token {
    fn say(describer: &mut Describer<'_>) {
        let alternatives = vec![requirement("token", &[]), requirement("key", &[])];
        describer
            .security(alternatives, [SchemeDeclaration::jwt("token"), SchemeDeclaration::api_key_query("key", "k")]);
    }
}

struct Scoped;

impl What for Scoped {
    fn say(describer: &mut Describer<'_>) {
        let flow = Flow::client_credentials("https://login.example/token").scope("talk", "May talk");
        describer.security(vec![requirement("login", &["talk"])], [SchemeDeclaration::oauth2("login", vec![flow])]);
    }
}

struct Relative;

impl What for Relative {
    fn say(describer: &mut Describer<'_>) {
        let schemes = [SchemeDeclaration::oauth2("login", vec![Flow::password("/token")])];
        describer.security(vec![requirement("login", &["talk"])], schemes);
    }
}

struct Optional;

impl What for Optional {
    fn say(describer: &mut Describer<'_>) {
        let alternatives = vec![requirement("token", &[]), requirement("", &[])];
        describer.security(alternatives, [SchemeDeclaration::bearer("token")]);
    }
}

#[test]
fn security_is_said_in_asyncapis_words_where_it_has_them() {
    let of = |operation: Operation| document(&app([operation.id("talk")]));
    let several = of(Operation::get("/", guarded::<Token>));
    let schemes = ["token", "key"].map(|name| json!({ "$ref": format!("#/components/securitySchemes/{name}") }));
    assert_eq!(several["operations"]["receive_talk"]["security"], json!(schemes));
    let expected = json!({
        "key": { "type": "httpApiKey", "in": "query", "name": "k" },
        "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
    });
    assert_eq!(several["components"]["securitySchemes"], expected);

    let scoped = of(Operation::get("/", guarded::<Scoped>));
    let scheme = &scoped["operations"]["send_talk"]["security"][0];
    assert_eq!((&scheme["type"], &scheme["scopes"]), (&json!("oauth2"), &json!(["talk"])));
    assert_eq!(scheme["flows"]["clientCredentials"]["availableScopes"], json!({ "talk": "May talk" }));

    // AsyncAPI takes no relative URLs: then it is a bearer's token, and the scopes are said otherwise.
    let relative = of(Operation::get("/", guarded::<Relative>));
    let scheme = &relative["components"]["securitySchemes"]["login"];
    assert_eq!(scheme, &json!({ "type": "http", "scheme": "bearer" }));
    assert_eq!(relative["operations"]["send_talk"]["x-security"], json!([{ "login": ["talk"] }]));

    let optional = of(Operation::get("/", guarded::<Optional>));
    assert!(optional["operations"]["send_talk"]["security"].is_null());
    assert_eq!(optional["operations"]["send_talk"]["x-security"], json!([{ "token": [] }, {}]));
}

#[tokio::test]
async fn the_document_is_served_where_there_is_a_channel() {
    let with = || app([Operation::get("/talk", talk::<Raw>).id("talk")]);
    let served = client(with()).await;
    let answer = served.get("/asyncapi.json").send().await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let tag = answer.header("etag").unwrap().to_owned();
    assert_eq!(answer.json::<Value>()["asyncapi"], "3.0.0");
    served.get("/asyncapi.json").header("if-none-match", &tag).send().await.assert_status(304);

    let elsewhere = client(with().documents(|pages| pages.asyncapi_path = Some("/live.json".into()))).await;
    elsewhere.get("/live.json").send().await.assert_status(200);
    let without = client(with().documents(|pages| pages.asyncapi_path = None)).await;
    without.get("/openapi.json").send().await.assert_status(200);
    let alone = client(with().documents(|pages| pages.openapi_path = None)).await;
    alone.get("/asyncapi.json").send().await.assert_status(200);
    let no_channel = app([Operation::get("/talk", talk::<Raw>).hidden(), Operation::get("/", nothing)]);
    for client in [elsewhere, without, client(with().without_documents()).await, client(no_channel).await] {
        client.get("/asyncapi.json").send().await.assert_status(404);
    }
    alone.get("/openapi.json").send().await.assert_status(404);
}

#[cfg(feature = "docs-ui")]
#[tokio::test]
async fn the_page_of_channels_is_there_where_one_is() {
    let with = || app([Operation::get("/talk", talk::<Raw>).id("talk")]);
    let served = client(with()).await;
    let page = served.get("/docs/live").send().await;
    assert_eq!(page.status(), 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';") && policy.contains("require-trusted-types-for 'script'"), "{policy}");
    assert!(served.get("/docs").send().await.text().contains("<a href=\"./docs/live\">Channels</a>"));

    let off = client(with().documents(|pages| pages.live_path = None)).await;
    let without = client(app([Operation::get("/", nothing)])).await;
    for client in [off, without] {
        client.get("/docs/live").send().await.assert_status(404);
        assert!(!client.get("/docs").send().await.text().contains("Channels"));
    }
}

#[test]
fn clients_are_generated_from_operations_and_channels_together() {
    let channel = Operation::get("/rooms/{id}", room::<Talk<u32, bool>>).arguments(ID).id("room");
    let raw = Operation::get("/echo", talk::<Raw>).id("echo");
    let hidden = Operation::get("/hidden", talk::<Talk<u32, u32>>).id("hidden").hidden();
    let app = app([channel, raw, hidden, Operation::get("/rooms", nothing).id("rooms")]);
    let document: Value = serde_json::from_str(&app.client_document().unwrap().to_string()).unwrap();
    assert_eq!(names(&document["paths"]), ["/echo", "/rooms", "/rooms/{id}"]);
    let room = &document["paths"]["/rooms/{id}"]["get"];
    assert_eq!(room["x-channel"]["receives"]["type"], json!("integer"));
    assert_eq!(room["x-channel"]["sends"], json!({ "type": "boolean" }));
    assert!(room["responses"]["426"].is_object(), "{room}");
    assert_eq!(document["paths"]["/echo"]["get"]["x-channel"], json!({}));
    assert_eq!(document["paths"]["/rooms"]["get"].get("x-channel"), None);
    let openapi: Value = serde_json::from_str(&app.openapi().unwrap().to_string()).unwrap();
    assert_eq!(names(&openapi["paths"]), ["/rooms"]);
}
