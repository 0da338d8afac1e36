//! The documents of an app as a browser meets them: `openapi.json`, Swagger UI and Redoc, `asyncapi.json` and the page
//! of channels, with all assets.
//!
//! Nothing is loaded from a CDN, and a strict `Content-Security-Policy` says so: no inline script, no `eval`, no
//! call to another origin that the app did not name. Assets are in the binary gzipped, so nothing is compressed at
//! start; the plain bytes of an asset are made when a client without gzip first asks for it, and the gzipped bytes
//! of the document when a client with gzip does. Brotli would add 0.6 MB to each binary to save a browser 0.1 MB
//! once, and browsers take it over TLS only: refused.
//!
//! Not supported: ranges, and images that a description loads from elsewhere (the policy stops them).

mod config;
#[cfg(feature = "docs-ui")]
mod interface;
mod negotiation;
mod resource;
#[cfg(test)]
mod tests;

use std::fmt;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Response};

pub use config::{OAuth2Client, PagesConfig};
use resource::Resource;

/// The documents of an app, ready to be served.
///
/// Made once, shared by all workers.
///
/// # Example
///
/// ```
/// use http::{HeaderMap, Method, header};
/// use kovar_http::documents::pages::{Pages, PagesConfig};
///
/// let pages = Pages::new(r#"{"openapi":"3.1.0"}"#, &PagesConfig::default());
/// let answer = pages.respond(&Method::GET, "/openapi.json", &HeaderMap::new()).expect("the path is a page's");
/// assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
/// assert!(pages.respond(&Method::GET, "/products", &HeaderMap::new()).is_none());
/// ```
pub struct Pages {
    /// A dozen at most: a search through them costs less than a hash of the path.
    resources: Vec<(String, Resource)>,
}

impl Pages {
    /// Makes the pages for the text of `openapi.json`.
    ///
    /// The document is not parsed.
    pub fn new(document_json: impl Into<Bytes>, config: &PagesConfig) -> Self {
        let document_json = document_json.into();
        Self::written_later(move || document_json, config)
    }

    /// Makes the pages for an `openapi.json` that is written when a client first asks for it.
    pub fn written_later(openapi: impl FnOnce() -> Bytes + Send + 'static, config: &PagesConfig) -> Self {
        // Nothing leads to a page that is not there.
        let config = PagesConfig { asyncapi_path: None, ..config.clone() };
        Self::with_channels(openapi, Bytes::new, &config)
    }

    /// Makes the pages for an app that has channels, too: for an `openapi.json` and an `asyncapi.json`, each written
    /// when a client first asks for it.
    pub fn with_channels(
        openapi: impl FnOnce() -> Bytes + Send + 'static,
        asyncapi: impl FnOnce() -> Bytes + Send + 'static,
        config: &PagesConfig,
    ) -> Self {
        #[cfg(feature = "docs-ui")]
        let mut resources = interface::resources(config);
        #[cfg(not(feature = "docs-ui"))]
        let mut resources = Vec::new();
        if let Some(path) = config.openapi_path.as_deref().map(rooted) {
            resources.push((path, Resource::revalidated("application/json", openapi)));
        }
        if let Some(path) = config.asyncapi_path.as_deref().map(rooted) {
            resources.push((path, Resource::revalidated("application/json", asyncapi)));
        }
        Self { resources }
    }

    /// The answer to a request, when its path is one of [`paths`](Self::paths); `None` otherwise.
    ///
    /// 200, or 304 where `If-None-Match` names the current tag. `HEAD` has the headers of `GET`, and another method
    /// gets 405 with `Allow` and no body. Each path is answered as gzip where `Accept-Encoding` allows it.
    pub fn respond(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        let (_, resource) = self.resources.iter().find(|(own, _)| own == path)?;
        Some(resource.respond(method, headers))
    }

    /// Every path that is answered, as the router sees it: literal, without a mount prefix.
    ///
    /// A path is there twice when the configuration gave two pages the same one.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(|(path, _)| path.as_str())
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.paths()).finish()
    }
}

fn rooted(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}
