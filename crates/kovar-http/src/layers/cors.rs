//! CORS: which pages of other origins may ask, and read the answers.
//!
//! tower-http's layer was tried. It answers each `OPTIONS` as a preflight, so that an app has none of its own, and
//! it tells origins that are not allowed which methods and credentials are.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION,
    ORIGIN, RETRY_AFTER, VARY,
};
use http::{Method, Request, StatusCode};

use super::{Next, origin};
use crate::error::StartError;
use crate::request_id::X_REQUEST_ID;

/// Which pages of other origins may ask (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).
///
/// Preflights are answered before the router is asked. An origin that is not allowed gets no field
/// of CORS at all, so its browser refuses; the request itself is answered, since CORS protects
/// readers of answers and nothing else: see [`Csrf`](super::Csrf) for the rest.
///
/// # Example
///
/// ```
/// use kovar_http::app::App;
/// use kovar_http::layers::Cors;
///
/// let app = App::new("Example", "1.0.0").cors(Cors::new().allow_origin("https://shop.example").allow_credentials());
/// # let _ = app;
/// ```
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Vec<String>,
    allows_any_origin: bool,
    methods: Vec<Method>,
    headers: Vec<HeaderName>,
    exposed: Vec<HeaderName>,
    allows_credentials: bool,
    max_age: Duration,
}

impl Default for Cors {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            allows_any_origin: false,
            methods: [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE].to_vec(),
            headers: vec![
                ACCEPT,
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_MATCH,
                IF_NONE_MATCH,
                HeaderName::from_static("last-event-id"),
                X_REQUEST_ID,
            ],
            exposed: vec![ETAG, LINK, LOCATION, RETRY_AFTER, X_REQUEST_ID],
            allows_credentials: false,
            max_age: Duration::from_secs(600),
        }
    }
}

impl Cors {
    /// No origin is allowed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows the pages of an origin: `https://shop.example`, as browsers write it.
    ///
    /// What no browser sends, `null` and wildcards stop the start of the app.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// Allows the pages of all origins: for what anybody may read. With
    /// [`allow_credentials`](Self::allow_credentials) it stops the start of the app.
    #[must_use]
    pub fn allow_any_origin(mut self) -> Self {
        self.allows_any_origin = true;
        self
    }

    /// The methods that pages may use. Default: `GET`, `HEAD`, `POST`, `PUT`, `PATCH` and `DELETE`.
    #[must_use]
    pub fn allow_methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.methods = methods.into_iter().collect();
        self
    }

    /// The header fields that pages may send. Default: `Accept`, `Authorization`, `Content-Type`, `If-Match`,
    /// `If-None-Match`, `Last-Event-ID` and `X-Request-Id`.
    #[must_use]
    pub fn allow_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.headers = headers.into_iter().collect();
        self
    }

    /// The header fields of answers that pages may read. Default: `ETag`, `Link`, `Location`,
    /// `Retry-After` and `X-Request-Id`.
    #[must_use]
    pub fn expose_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.exposed = headers.into_iter().collect();
        self
    }

    /// Lets pages send cookies and HTTP authentication. Default: no.
    #[must_use]
    pub fn allow_credentials(mut self) -> Self {
        self.allows_credentials = true;
        self
    }

    /// How long a browser may remember a preflight. Default: 10 minutes; Chromium takes two hours at most.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    pub(super) fn around(&self, next: Next) -> Result<Next, StartError> {
        let rules = Arc::new(Rules::of(self)?);
        Ok(Arc::new(move |request| {
            let origin = rules.allowed_origin(request.headers());
            if is_preflight(&request) {
                return Box::pin(ready(rules.preflight(origin)));
            }
            let (rules, answered) = (Arc::clone(&rules), next(request));
            Box::pin(async move {
                let mut response = answered.await;
                rules.add_to(response.headers_mut(), origin);
                response
            })
        }))
    }
}

/// Fetch §3.3.2: an `OPTIONS` of anything else is the app's own.
fn is_preflight(request: &Request<Body>) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The fields as they are sent.
struct Rules {
    /// `None` for any.
    origins: Option<Vec<String>>,
    /// For preflights and other requests.
    common: Vec<(HeaderName, HeaderValue)>,
    preflight: Vec<(HeaderName, HeaderValue)>,
    exposed: Option<HeaderValue>,
}

impl Rules {
    fn of(cors: &Cors) -> Result<Self, StartError> {
        if cors.allows_any_origin && cors.allows_credentials {
            return Err(StartError::new(
                "CORS allows any origin and credentials: each page of the web could act for whoever is logged in; \
                 name the origins with `Cors::allow_origin`",
            ));
        }
        if !cors.allows_any_origin && cors.origins.is_empty() {
            return Err(StartError::new("CORS allows no origin; name one with `Cors::allow_origin`"));
        }
        let origins = cors.origins.iter().map(|origin| origin::parse("CORS", origin)).collect::<Result<_, _>>()?;
        let credentials = cors.allows_credentials.then(|| HeaderValue::from_static("true"));
        let preflight = [
            (ACCESS_CONTROL_ALLOW_METHODS, joined(cors.methods.iter().map(Method::as_str))),
            (ACCESS_CONTROL_ALLOW_HEADERS, joined(cors.headers.iter().map(HeaderName::as_str))),
            (ACCESS_CONTROL_MAX_AGE, Some(HeaderValue::from(cors.max_age.as_secs()))),
        ];
        Ok(Self {
            origins: (!cors.allows_any_origin).then_some(origins),
            common: credentials.map(|value| (ACCESS_CONTROL_ALLOW_CREDENTIALS, value)).into_iter().collect(),
            preflight: preflight.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
            exposed: joined(cors.exposed.iter().map(HeaderName::as_str)),
        })
    }

    /// What `Access-Control-Allow-Origin` says, if the request's origin is allowed.
    fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        match &self.origins {
            None => Some(HeaderValue::from_static("*")),
            Some(origins) => origins.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone()),
        }
    }

    fn preflight(&self, origin: Option<HeaderValue>) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        if origin.is_some() {
            response.headers_mut().extend(self.preflight.iter().cloned());
        }
        self.add_common(response.headers_mut(), origin);
        response
    }

    fn add_to(&self, headers: &mut HeaderMap, origin: Option<HeaderValue>) {
        if let (Some(exposed), true) = (&self.exposed, origin.is_some()) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
        self.add_common(headers, origin);
    }

    /// The answer depends on the origin, also where there is none: a cache must know.
    fn add_common(&self, headers: &mut HeaderMap, origin: Option<HeaderValue>) {
        if self.origins.is_some() {
            headers.append(VARY, HeaderValue::from_static("origin"));
        }
        if let Some(origin) = origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.extend(self.common.iter().cloned());
        }
    }
}

fn joined<'n>(names: impl Iterator<Item = &'n str>) -> Option<HeaderValue> {
    let names = names.collect::<Vec<_>>().join(", ");
    HeaderValue::try_from(names).ok().filter(|names| !names.is_empty())
}
