//! What is put around a whole app.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::IntoResponse;
use http::Request;
use tower::{Layer, Service};

use super::App;
use crate::group::{BoxService, boxed_layer};
use crate::layers::{Compression, Cors, Csrf, RateLimit, SecurityHeaders};

impl App {
    /// Lets pages of other origins ask. Default: off.
    #[must_use]
    pub fn cors(mut self, cors: Cors) -> Self {
        self.layers.cors = Some(cors);
        self
    }

    /// Refuses what another site's page makes a browser send. Default: off.
    #[must_use]
    pub fn csrf(mut self, csrf: Csrf) -> Self {
        self.layers.csrf = Some(csrf);
        self
    }

    /// Tells browsers what not to do with answers. Default: off.
    #[must_use]
    pub fn security_headers(mut self, headers: SecurityHeaders) -> Self {
        self.layers.security_headers = Some(headers);
        self
    }

    /// Limits how many requests each caller may have. Default: off.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.layers.rate_limit = Some(limit);
        self
    }

    /// Compresses answers. Default: off.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.layers.compression = Some(compression);
        self
    }

    /// Answers for these hosts alone, with a 421 for others: `api.example.com`, `*.example.com` for
    /// all below it, either with a port. Default: any host.
    ///
    /// It stops DNS rebinding, and addresses that are made from a forged `Host`.
    #[must_use]
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.layers.hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Puts a tower layer around the whole app, inside of the layers above. The last one added is the outermost.
    ///
    /// The request's extensions hold its [`RequestId`](crate::RequestId).
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxService> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        self.layers.own.push(boxed_layer(layer));
        self
    }
}
