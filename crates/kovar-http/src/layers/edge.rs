//! The outermost service of an app with layers: what must hold whatever the layers do.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{Method, Request};
use tower::Service;

use super::{Next, Refusing};
use crate::problem::ErrorFormat;
use crate::request_id::X_REQUEST_ID;
use crate::router::{panicked, without_body};

/// Gives each request its id, contains panics of layers, and leaves the content of `HEAD` out: here
/// and not in the router, so that compression says of `HEAD` what it says of `GET`.
#[derive(Clone)]
pub(crate) struct Edge {
    next: Next,
    format: ErrorFormat,
}

impl Edge {
    pub(super) fn new(next: Next, format: ErrorFormat) -> Self {
        Self { next, format }
    }

    async fn answer(self, mut request: Request<Body>) -> Response {
        let refusing = Refusing::of(&request, self.format);
        let is_head = request.method() == Method::HEAD;
        request.extensions_mut().insert(refusing.request_id.clone());
        let answered = AssertUnwindSafe(async { (self.next)(request).await }).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|panic| refusing.refuse(panicked("a layer", &*panic)));
        response.headers_mut().insert(X_REQUEST_ID, refusing.request_id.header_value());
        if is_head { without_body(response) } else { response }
    }
}

impl Service<Request<Body>> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let edge = self.clone();
        Box::pin(async { Ok(edge.answer(request).await) })
    }
}
