//! Asks an app in process, in one call.

use axum::body::Body;
use axum::http::Method;
use kovar::Operation;
use kovar::contract::json::{self, Value};
use kovar::http::testing::{TestClient, TestResponse};
use kovar::prelude::*;

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    response: TestResponse,
}

impl Answer {
    pub(crate) fn json(&self) -> Value<'_> {
        json::parse(&self.text, 64).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The text at a pointer into the body, or the JSON there.
    pub(crate) fn at(&self, pointer: &str) -> String {
        let body = self.json();
        let value = body.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}: {}", self.text));
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// A header field; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.response.header(name).unwrap_or_default()
    }
}

pub(crate) fn app(operations: impl IntoIterator<Item = Operation>) -> App {
    App::new("Samples", "1.0.0").mount(operations)
}

/// A request with fields and a body.
pub(crate) async fn send(
    app: App,
    method: &str,
    target: &str,
    fields: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let client = TestClient::new(app).await.expect("the app starts");
    let media_type = fields.iter().find(|(name, _)| *name == "content-type").map_or("", |(_, value)| *value);
    let mut request = client.request(Method::from_bytes(method.as_bytes()).expect("a method"), target);
    if !media_type.is_empty() || method != "GET" {
        request = request.body(body, media_type);
    }
    for (name, value) in fields.iter().filter(|(name, _)| *name != "content-type") {
        request = request.header(name, value);
    }
    let response = request.send().await;
    Answer { status: response.status(), text: response.text().to_owned(), response }
}

pub(crate) async fn get(app: App, target: &str) -> Answer {
    send(app, "GET", target, &[], "").await
}

pub(crate) async fn post_json(app: App, target: &str, body: &'static str) -> Answer {
    send(app, "POST", target, &[("content-type", "application/json")], body).await
}
