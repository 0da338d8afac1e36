//! Asking a whole app, for the tests of responses.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use kovar_contract::json::{self, Value};
use tower::ServiceExt as _;

use crate::app::App;
use crate::operation::Operation;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header field's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value<'_> {
        json::parse(self.text(), json::DEPTH_LIMIT).unwrap()
    }
}

/// An app of these operations.
pub(crate) fn app(operations: impl IntoIterator<Item = Operation>) -> App {
    App::new("test", "1").mount(operations)
}

/// Asks an app with GET.
pub(crate) async fn get(app: App, target: &str) -> Answer {
    ask(app, Request::get(target)).await
}

/// Asks an app without a body.
pub(crate) async fn ask(app: App, request: http::request::Builder) -> Answer {
    send(app, request.body(Body::empty()).unwrap()).await
}

/// Asks an app.
pub(crate) async fn send(app: App, request: Request<Body>) -> Answer {
    let response = app.build().await.unwrap().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}
