use std::borrow::Cow;
use std::sync::Mutex;
use std::time::Duration;

use kovar_http::app::App;
use kovar_http::dependency::Dep;
use kovar_http::describe::Argument;
use kovar_http::extract::Query;
use kovar_http::operation::Operation;
use kovar_http::security::{Authenticated, AuthenticationError, Bearer, Scheme, SchemeDeclaration};
use kovar_http::testing::{TestClient, TestResponse, TestStream};
use serde_json::Value;
use tokio::time::timeout;

use crate::app::WithLive as _;
use crate::hub::Live;
use crate::limits::Limits;
use crate::opening::{Opened, Opening};
use crate::socket::{Sender, Socket};

const PATIENCE: Duration = Duration::from_secs(10);

/// A token is the name of its owner, and what comes after a dot.
struct Token;

impl Scheme for Token {
    type Credential = Bearer;
    type Principal = String;
    type Needs = ();

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::bearer("token")
    }

    async fn authenticate(bearer: Bearer, (): ()) -> Result<String, AuthenticationError> {
        Ok(bearer.token().split('.').next().unwrap_or_default().to_owned())
    }

    fn name(owner: &String) -> Option<Cow<'_, str>> {
        Some(owner.into())
    }
}

type Numbers = Socket<u32, u32>;

async fn listen(_: Option<Authenticated<Token>>, opening: Opening<Numbers>) -> Opened {
    opening.run(async |mut socket| while socket.receive().await.is_some() {})
}

/// Panics, or returns.
async fn end(_: Authenticated<Token>, Query(panics): Query<bool>, opening: Opening<Numbers>) -> Opened {
    opening.run(async move |_| assert!(!panics, "on purpose"))
}

/// Does not end with its client, and keeps what sends to it.
async fn linger(_: Authenticated<Token>, kept: Dep<Senders>, opening: Opening<Numbers>) -> Opened {
    opening.run(async move |socket: Numbers| {
        kept.all.lock().unwrap().push(socket.sender());
        std::future::pending::<()>().await;
    })
}

#[derive(Default)]
struct Senders {
    all: Mutex<Vec<Sender<u32>>>,
}

struct Test {
    live: Live,
    client: TestClient,
}

impl Test {
    async fn with(most: Option<usize>) -> Self {
        const PANICS: Argument = Argument { names: &["panics"], ..Argument::NONE };
        let live = Live::new().limits(Limits { connections_per_principal: most, ..Limits::default() });
        let app = App::new("Test", "1.0.0").live(live.clone()).provide(Senders::default()).mount([
            Operation::get("/listen", listen).id("listen"),
            Operation::get("/end", end).id("end").arguments(&[Argument::NONE, PANICS, Argument::NONE]),
            Operation::get("/linger", linger).id("linger"),
        ]);
        Self { live, client: TestClient::new(app).await.unwrap() }
    }

    /// Opens a channel that is fetched.
    async fn fetched(&self, path: &str, token: &str) -> TestResponse {
        let request = self.client.get(path).header("accept", "application/json");
        if token.is_empty() { request.send().await } else { request.bearer(token).send().await }
    }

    async fn events(&self, path: &str, token: &str) -> TestStream {
        self.client.get(path).header("accept", "text/event-stream").bearer(token).stream().await
    }

    /// Waits until nobody has a channel open.
    async fn until_free(&self) {
        let free = async {
            while self.live.hub().callers.len() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(2 * PATIENCE, free).await.unwrap();
        assert_eq!(self.live.hub().workers.load().0, 0);
    }
}

fn path_of(opened: &TestResponse) -> String {
    opened.json::<Value>()["frames"][0]["post"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_caller_has_no_more_channels_than_it_may_whichever_way_they_are_opened() {
    let test = Test::with(Some(2)).await;
    assert_eq!(test.fetched("/listen", "ada.1").await.status(), 200);
    let events = test.events("/listen", "ada.2").await;
    assert_eq!(events.status(), 200);

    let refused = test.fetched("/listen", "ada.3").await.problem();
    assert_eq!((refused.status, refused.kind.as_str()), (429, "/problems/too-many-channels"));
    assert_eq!(refused.detail.as_deref(), Some("a caller may have 2 open"));
    assert_eq!(test.events("/listen", "ada.1").await.status(), 429);
    // A WebSocket, and who asks why one was refused.
    let web_socket = test.client.get("/listen").bearer("ada").header("upgrade", "websocket").send().await;
    assert_eq!(web_socket.status(), 429);
    let why = test.client.get("/listen").bearer("ada").header("accept", "application/problem+json").send().await;
    assert_eq!(why.status(), 429);
    assert_eq!(test.live.overview(9).counted.refused, 4);

    // Others have their own, and who is nobody is not counted.
    assert_eq!(test.fetched("/listen", "bob").await.status(), 200);
    for _ in 0..3 {
        assert_eq!(test.fetched("/listen", "").await.status(), 200);
    }
    drop(events);
    assert_eq!(test.events("/listen", "ada").await.status(), 200);
}

#[tokio::test]
async fn without_a_limit_a_caller_has_as_many_as_it_likes_and_none_with_a_limit_of_none() {
    let test = Test::with(None).await;
    for _ in 0..150 {
        assert_eq!(test.fetched("/listen", "ada").await.status(), 200);
    }
    let none = Test::with(Some(0)).await;
    assert_eq!(none.fetched("/listen", "ada").await.status(), 429);
    assert_eq!(none.fetched("/listen", "").await.status(), 200);
    assert_eq!(Limits::default().connections_per_principal, Some(100));
}

#[tokio::test]
async fn what_is_no_opening_takes_no_place() {
    let test = Test::with(Some(1)).await;
    for _ in 0..3 {
        assert_eq!(test.client.get("/listen").bearer("ada").send().await.status(), 426);
        assert_eq!(test.fetched("/end?panics=perhaps", "ada").await.status(), 422);
    }
    assert_eq!(test.live.hub().callers.len(), 0);
    assert_eq!(test.live.overview(9).counted.refused, 0);
}

#[tokio::test]
async fn a_function_that_returns_or_panics_leaves_its_place() {
    for panics in [false, true] {
        let test = Test::with(Some(1)).await;
        let path = format!("/end?panics={panics}");
        let mut events = test.events(&path, "ada").await;
        while events.event().await.is_some() {}
        drop(events);
        test.until_free().await;

        let session = path_of(&test.fetched(&path, "ada").await);
        let bye = test.client.get(&format!("{session}?has=0")).send().await;
        let code = if panics { 1011 } else { 1000 };
        assert_eq!(bye.json::<Value>()["frames"][0]["bye"]["code"], code);
        // It has all there is to come.
        assert_eq!(test.client.get(&format!("{session}?has=1")).send().await.status(), 404);
        test.until_free().await;
    }
}

#[tokio::test]
async fn whoever_keeps_a_sender_keeps_no_place() {
    let test = Test::with(Some(1)).await;
    for _ in 0..3 {
        let mut events = test.events("/linger", "ada").await;
        assert_eq!(events.status(), 200);
        events.event().await.unwrap();
        drop(events);
        test.until_free().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_fetches_no_more_leaves_its_place() {
    let test = Test::with(Some(1)).await;
    assert_eq!(test.fetched("/listen", "ada").await.status(), 200);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(test.fetched("/listen", "ada").await.status(), 429);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(test.fetched("/listen", "ada").await.status(), 200);
}

#[tokio::test]
async fn who_is_disconnected_by_hand_leaves_its_place() {
    let test = Test::with(Some(1)).await;
    let mut events = test.events("/listen", "ada").await;
    let session = events.event().await.unwrap().json::<Value>()["session"].as_str().unwrap().to_owned();
    assert!(test.live.disconnect(&session));
    let bye: Value = events.event().await.unwrap().json();
    assert_eq!(bye["bye"], serde_json::json!({ "code": 4003 }));
    assert!(events.event().await.is_none());
    drop(events);
    test.until_free().await;
    assert!(!test.live.disconnect(&session));
}

#[test]
fn the_document_says_so_of_channels_that_know_their_callers() {
    async fn open(opening: Opening<Numbers>) -> Opened {
        opening.run(async |_| {})
    }
    let app = App::new("Test", "1.0.0")
        .live(Live::new())
        .mount([Operation::get("/listen", listen).id("listen"), Operation::get("/open", open).id("open")]);
    let document: Value = serde_json::from_str(&app.client_document().unwrap().to_string()).unwrap();
    let too_many = |path: &str| document["paths"][path]["get"]["responses"]["429"].to_string();
    assert!(too_many("/listen").contains("TooManyChannels"), "{}", too_many("/listen"));
    assert_eq!(too_many("/open"), "null");
    let channels = app.asyncapi().unwrap().to_string();
    assert!(channels.contains("/problems/too-many-channels"), "{channels}");
}
