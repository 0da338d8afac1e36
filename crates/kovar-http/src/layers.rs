//! What most apps want around everything: CORS, protection against CSRF, security headers,
//! compression, allowed hosts.
//!
//! They stand in one order, whatever the order of the calls, because any other order is a mistake:
//!
//! 1. the edge: the request's id, panics, `HEAD`
//! 2. security headers, so that refusals have them, too
//! 3. allowed hosts: another host's page learns nothing, not even by CORS
//! 4. CORS, so that a page that may ask can read the refusals below
//! 5. the rate limit, before anything costs
//! 6. compression
//! 7. protection against CSRF
//! 8. the app's own layers ([`App::layer`](crate::app::App::layer)), and the router
//!
//! Each is off until it is asked for, and what it refuses is a problem like any other.
//!
//! Requests are never decompressed: 1 MiB of gzip is a gibibyte of zeros, and few clients compress
//! what they send. A body with a `Content-Encoding` is read as the bytes that it is.

mod compression;
mod cors;
mod csrf;
mod edge;
mod hosts;
mod origin;
mod rate_limit;
mod security_headers;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::{Request, Uri};
use tower::ServiceExt as _;

pub use self::compression::Compression;
pub use self::cors::Cors;
pub use self::csrf::Csrf;
pub(crate) use self::edge::Edge;
use self::hosts::AllowedHosts;
pub use self::rate_limit::{ClientAddress, RateLimit};
pub use self::security_headers::SecurityHeaders;
use crate::context::problem_response;
use crate::error::StartError;
use crate::group::{BoxLayer, BoxService};
use crate::problem::builtin::{self, Builtin};
use crate::problem::{ErrorFormat, ProblemDetails};
use crate::request_id::RequestId;

/// What answers a request. Sharing it costs a count, where cloning a boxed service costs an
/// allocation for each service inside it.
type Next = Arc<dyn Fn(Request<Body>) -> BoxFuture<'static, Response> + Send + Sync>;

/// The layers of an app.
#[derive(Clone, Default)]
pub(crate) struct Layers {
    pub(crate) security_headers: Option<SecurityHeaders>,
    pub(crate) hosts: Option<Vec<String>>,
    pub(crate) cors: Option<Cors>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) compression: Option<Compression>,
    pub(crate) csrf: Option<Csrf>,
    pub(crate) own: Vec<BoxLayer>,
}

impl Layers {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { security_headers, hosts, cors, rate_limit, compression, csrf, own } = self;
        security_headers.is_none()
            && hosts.is_none()
            && cors.is_none()
            && rate_limit.is_none()
            && compression.is_none()
            && csrf.is_none()
            && own.is_empty()
    }

    /// The problems that they may answer with.
    pub(crate) fn problems(&self) -> Vec<Builtin> {
        let csrf = self.csrf.as_ref().map(|_| builtin::CROSS_SITE);
        let hosts = self.hosts.as_ref().map(|_| builtin::MISDIRECTED);
        let rate_limit = self.rate_limit.as_ref().map(|_| builtin::TOO_MANY_REQUESTS);
        csrf.into_iter().chain(hosts).chain(rate_limit).collect()
    }

    /// Puts the layers around a service.
    pub(crate) fn around(&self, service: BoxService, format: ErrorFormat) -> Result<Edge, StartError> {
        let service = self.own.iter().fold(service, |service, layer| layer(service));
        let mut next: Next = Arc::new(move |request| {
            let answered = service.clone().oneshot(request);
            Box::pin(async { answered.await.unwrap_or_else(|never| match never {}) })
        });
        if let Some(csrf) = &self.csrf {
            next = csrf.around(next, format)?;
        }
        if let Some(compression) = &self.compression {
            next = compression.around(next);
        }
        if let Some(rate_limit) = &self.rate_limit {
            next = rate_limit.around(next, format)?;
        }
        if let Some(cors) = &self.cors {
            next = cors.around(next)?;
        }
        if let Some(hosts) = &self.hosts {
            next = AllowedHosts::parse(hosts)?.around(next, format);
        }
        if let Some(headers) = &self.security_headers {
            next = headers.clone().around(next);
        }
        Ok(Edge::new(next, format))
    }
}

/// What a problem of a layer says about its request.
struct Refusing {
    uri: Uri,
    request_id: RequestId,
    format: ErrorFormat,
}

impl Refusing {
    fn of(request: &Request<Body>, format: ErrorFormat) -> Self {
        Self { uri: request.uri().clone(), request_id: RequestId::of(request.headers(), request.extensions()), format }
    }

    fn refuse(&self, details: ProblemDetails) -> Response {
        problem_response(details, self.format, &self.uri, &self.request_id)
    }
}
