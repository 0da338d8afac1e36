//! Rows 45 to 59: what is sent.

use futures_util::stream;
use kovar::Operation;
use kovar::http::extract::LastEventId;
use kovar::http::respond::{
    Binary, Event, EventStream, File, JsonLines, MediaType, Redirect, RespondExt as _, SetCookie, Text, Undocumented,
    With,
};
use kovar::prelude::*;
use serde_json::{Value, json};

use super::{app, client_of, document, documented};

/// A user as others see them.
#[schema]
#[derive(Debug)]
struct UserOut {
    #[field(min_length = 3)]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
}

#[get("/users/{name}")]
async fn user(Path(name): Path<String>) -> Json<UserOut> {
    Json(UserOut { name, nickname: None })
}

#[tokio::test]
async fn answers_keep_their_schema() {
    let client = client_of(operations![user]).await;
    assert_eq!(client.get("/users/ada").send().await.text(), r#"{"name":"ada"}"#);
    client.get("/users/x").send().await.assert_status(500);
    let schema = &documented(operations![user], "get", "/users/{name}")["responses"]["200"]["content"];
    assert_eq!(schema["application/json"]["schema"]["$ref"], "#/components/schemas/UserOut");
}

#[tokio::test]
async fn the_type_says_the_status() {
    #[post("/users")]
    async fn create() -> Created<u32> {
        Created(1)
    }
    #[delete("/users")]
    async fn remove() -> NoContent {
        NoContent
    }
    let client = client_of(operations![create, remove]).await;
    client.post("/users").send().await.assert_status(201);
    let gone = client.delete("/users").send().await;
    assert_eq!((gone.assert_status(204).text(), gone.header("content-type")), ("", None));
    let described = documented(operations![create, remove], "delete", "/users");
    assert!(described["responses"]["204"]["content"].is_null(), "{described}");
}

#[tokio::test]
async fn other_responses_are_types() {
    enum Png {}
    impl MediaType for Png {
        const MEDIA_TYPE: &'static str = "image/png";
    }
    let client = client_of([
        Operation::get("/text", async || Text("plain")),
        Operation::get("/png", async || Binary::<Png>::new("\u{89}PNG")),
        Operation::get("/moved", async || Redirect::temporary("/text")),
        Operation::get("/axum", async || Undocumented((axum::http::StatusCode::IM_A_TEAPOT, "short and stout"))),
        Operation::get("/file", async || File::bytes("report").attachment("report.txt")),
    ])
    .await;
    assert_eq!(client.get("/text").send().await.text(), "plain");
    assert_eq!(client.get("/png").send().await.header("content-type"), Some("image/png"));
    assert_eq!(client.get("/moved").send().await.assert_status(307).header("location"), Some("/text"));
    client.get("/axum").send().await.assert_status(418);
    let file = client.get("/file").send().await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"report.txt\""));
    client.get("/file").header("range", "bytes=0-1").send().await.assert_status(206);
}

#[tokio::test]
async fn fields_and_cookies_are_added_to_any_response() {
    #[get("/hello")]
    async fn hello() -> With<Json<u32>, SetCookie> {
        Json(1).cookie(SetCookie::new("seen", "yes"))
    }
    let client = client_of(operations![hello]).await;
    let cookie = client.get("/hello").send().await;
    assert_eq!(cookie.header("set-cookie"), Some("seen=yes; HttpOnly; SameSite=Lax; Secure; Path=/"));
    let described = documented(operations![hello], "get", "/hello");
    assert!(described["responses"]["200"]["headers"]["set-cookie"].is_object(), "{described}");
}

#[schema]
#[derive(Debug, PartialEq)]
struct Tick {
    number: u32,
}

#[get("/lines")]
async fn lines() -> JsonLines<Tick> {
    JsonLines::new(stream::iter([Tick { number: 1 }, Tick { number: 2 }]))
}

#[get("/events")]
async fn events(LastEventId(last): LastEventId) -> EventStream<Tick> {
    let first = last.and_then(|id| id.parse().ok()).map_or(1, |last: u32| last + 1);
    let wait = std::time::Duration::from_secs(3);
    EventStream::new(stream::iter(
        (first..=2).map(move |number| Event::new(Tick { number }).id(number.to_string()).name("tick").retry(wait)),
    ))
}

#[tokio::test]
async fn json_lines_are_typed_items() {
    let client = client_of(operations![lines]).await;
    let mut stream = client.get("/lines").stream().await;
    assert_eq!(stream.header("content-type"), Some("application/jsonl"));
    assert_eq!(stream.json_line::<Tick>().await, Some(Tick { number: 1 }));
    let described = documented(operations![lines], "get", "/lines");
    let item = &described["responses"]["200"]["content"]["application/jsonl"]["x-itemSchema"]["$ref"];
    assert_eq!(*item, "#/components/schemas/Tick");
}

#[tokio::test]
async fn events_have_ids_names_and_a_way_back() {
    let client = client_of(operations![events]).await;
    let mut stream = client.get("/events").header("last-event-id", "1").stream().await;
    let buffering = stream.header("x-accel-buffering").map(str::to_owned);
    assert_eq!((buffering.as_deref(), stream.header("cache-control")), (Some("no"), Some("no-cache")));
    let event = stream.event().await.expect("one is left");
    assert_eq!((event.id.as_deref(), event.event.as_deref(), event.retry_ms), (Some("2"), Some("tick"), Some(3000)));
    assert_eq!(event.json::<Tick>(), Tick { number: 2 });
}

/// A tree.
#[schema]
#[derive(Debug)]
struct Node {
    #[field(default = 1)]
    weight: u32,
    children: Vec<Node>,
}

/// A square.
#[schema(computed(
    /// How large it is.
    area: u32 = Square::area
))]
#[derive(Debug)]
struct Square {
    side: u32,
}

impl Square {
    fn area(&self) -> u32 {
        self.side * self.side
    }
}

#[post("/nodes")]
async fn node(Json(node): Json<Node>) -> Json<Node> {
    Json(node)
}

#[post("/squares")]
async fn square(Json(square): Json<Square>) -> Json<Square> {
    Json(square)
}

#[test]
fn input_and_output_differ_only_where_they_must() {
    let described = document(&app(operations![node, square, user]));
    let names: Vec<_> = described["components"]["schemas"].as_object().expect("an object").keys().cloned().collect();
    for expected in ["Node", "NodeInput", "Square", "SquareInput", "UserOut"] {
        assert!(names.iter().any(|name| name == expected), "{expected} is not among {names:?}");
    }
    assert!(!names.iter().any(|name| name == "UserOutInput"), "{names:?}");
    assert_eq!(described["components"]["schemas"]["NodeInput"]["required"], json!(["children"]));
}

#[tokio::test]
async fn computed_fields_are_read_only() {
    let client = client_of(operations![square]).await;
    let answer = client.post("/squares").json(&json!({"side": 3})).send().await;
    assert_eq!(answer.json::<Value>(), json!({"side": 3, "area": 9}));
    let described = document(&app(operations![square]));
    let area = &described["components"]["schemas"]["Square"]["properties"]["area"];
    assert_eq!((&area["readOnly"], &area["description"]), (&true.into(), &"How large it is.".into()));
}

#[test]
fn any_value_of_serde_becomes_json() {
    let value = kovar::contract::json::to_value(&Tick { number: 1 }).expect("it is JSON");
    assert_eq!(value.to_string(), r#"{"number":1}"#);
}

#[tokio::test]
async fn a_deadline_ends_what_takes_too_long() {
    #[get("/slow", deadline = "20 ms")]
    async fn slow() -> Json<u32> {
        std::future::pending().await
    }
    let problem = client_of(operations![slow]).await.get("/slow").send().await.problem();
    assert_eq!((problem.status, problem.kind.as_str()), (503, "/problems/unavailable"));
}
