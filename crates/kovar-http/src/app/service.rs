//! An app that is ready to serve.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Request;
use pin_project_lite::pin_project;
use tower::Service;

use crate::layers::Edge;
use crate::router::{Answering, Router};

/// An app that is ready to serve: a tower service that cannot fail.
///
/// It can be mounted in a router of axum, or served by whatever serves tower services.
#[derive(Clone)]
pub struct AppService(Inner);

/// Without layers, a request goes to the router as it is, and costs no box.
#[derive(Clone)]
enum Inner {
    Plain(Router),
    Layered(Edge),
}

impl AppService {
    pub(super) fn plain(router: Router) -> Self {
        Self(Inner::Plain(router))
    }

    pub(super) fn layered(edge: Edge) -> Self {
        Self(Inner::Layered(edge))
    }

    /// Whether anything stands around the operations that might ask for a
    /// [`ClientAddress`](crate::layers::ClientAddress).
    pub fn has_layers(&self) -> bool {
        matches!(self.0, Inner::Layered(_))
    }
}

impl Service<Request<Body>> for AppService {
    type Response = Response;
    type Error = Infallible;
    type Future = AppFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> AppFuture {
        AppFuture {
            future: match &mut self.0 {
                Inner::Plain(router) => InnerFuture::Plain { future: router.call(request) },
                Inner::Layered(edge) => InnerFuture::Layered { future: edge.call(request) },
            },
        }
    }
}

pin_project! {
    /// The answer of an app, on its way.
    pub struct AppFuture {
        #[pin]
        future: InnerFuture,
    }
}

pin_project! {
    #[project = InnerProjection]
    enum InnerFuture {
        Plain { #[pin] future: Answering },
        Layered { future: BoxFuture<'static, Result<Response, Infallible>> },
    }
}

impl Future for AppFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().future.project() {
            InnerProjection::Plain { future } => future.poll(context),
            InnerProjection::Layered { future } => future.as_mut().poll(context),
        }
    }
}

impl fmt::Debug for AppService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppService")
    }
}

impl fmt::Debug for AppFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppFuture")
    }
}
