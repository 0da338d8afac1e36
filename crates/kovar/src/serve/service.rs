//! An app's service as a server calls it.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use http::header::{HeaderValue, RETRY_AFTER};
use http::request::Parts;
use http::{Request, StatusCode};
use http_body::Body as _;
use kovar_http::app::{AppFuture, AppService};
use kovar_http::layers::ClientAddress;
use kovar_http::problem::{ErrorFormat, builtin, refused};
use kovar_serve::{Peer, Refusal, RequestBody};
use tower::Service;

/// The app, for requests with the server's bodies.
#[derive(Clone)]
pub(super) struct ServedApp(pub(super) AppService);

impl Service<Request<RequestBody>> for ServedApp {
    type Response = Response;
    type Error = Infallible;
    type Future = AppFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let mut request = request.map(body);
        // A client that its proxy does not know is counted as the proxy: nobody is without a limit.
        let address = |peer: &Peer| peer.client_ip().or(peer.ip());
        if self.0.has_layers()
            && let Some(address) = request.extensions().get().and_then(address)
        {
            request.extensions_mut().insert(ClientAddress(address));
        }
        self.0.call(request)
    }
}

/// A body in axum's box; without one where there is nothing to read.
fn body(body: RequestBody) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(body) }
}

/// Answers what the server refuses with the problems of an app.
pub(super) fn refuse(format: ErrorFormat) -> impl Fn(Refusal, Option<&Parts>) -> Response {
    move |refusal, parts| {
        let details = match refusal {
            Refusal::Host(error) => builtin::MALFORMED.details().detail(error.message()),
            Refusal::Unreadable(StatusCode::URI_TOO_LONG) => builtin::TARGET_TOO_LONG.details(),
            Refusal::Unreadable(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => builtin::FIELDS_TOO_LARGE.details(),
            Refusal::Unreadable(_) => builtin::MALFORMED.details().detail("the request is not HTTP as it can be read"),
            Refusal::Overloaded => builtin::UNAVAILABLE
                .details()
                .detail("the server answers as many requests as it may")
                .header(RETRY_AFTER, HeaderValue::from_static("1")),
            Refusal::Panicked(message) => builtin::INTERNAL.details().log(format!("the app panicked: {message}")),
            refusal => builtin::INTERNAL.details().log(format!("{refusal:?}")),
        };
        refused(details, format, parts)
    }
}
