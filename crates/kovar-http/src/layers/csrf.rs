//! Protection against CSRF, by what browsers say about where a request comes from.
//!
//! Tokens in forms are what was done before browsers said it; they need state, a place in each
//! form, and are forgotten. tower-http's layer is Go's `CrossOriginProtection`.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::{Method, Request};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::csrf::{CsrfLayer, ProtectionError, ProtectionErrorKind};

use super::{Next, Refusing, origin};
use crate::error::StartError;
use crate::problem::ErrorFormat;
use crate::problem::builtin::CROSS_SITE;

/// Refuses what another site's page makes a browser send: a 403 for methods other than `GET`,
/// `HEAD` and `OPTIONS` whose `Sec-Fetch-Site` is neither `same-origin` nor `none`, or, of browsers
/// from before 2023, whose `Origin` is not the `Host`.
///
/// It is needed where cookies or HTTP authentication say who the caller is. Requests that are no
/// browser's have neither field, and pass. An origin that [`Cors`](super::Cors) allows is not
/// trusted here by that: it must be named in both.
///
/// # Example
///
/// ```
/// use kovar_http::app::App;
/// use kovar_http::layers::Csrf;
///
/// let app = App::new("Example", "1.0.0").csrf(Csrf::new().trust_origin("https://shop.example"));
/// # let _ = app;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Csrf {
    trusted: Vec<String>,
}

impl Csrf {
    /// Trusts the app's own origin alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the pages of another origin: `https://shop.example`, as browsers write it.
    ///
    /// What no browser sends stops the start of the app.
    #[must_use]
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted.push(origin.into());
        self
    }

    pub(super) fn around(&self, next: Next, format: ErrorFormat) -> Result<Next, StartError> {
        let mut layer = CsrfLayer::new();
        for trusted in &self.trusted {
            let trusted = origin::parse("the protection against CSRF", trusted)?;
            layer = layer
                .add_trusted_origin(trusted)
                .map_err(|cause| StartError::new(format!("the protection against CSRF: {cause}")))?;
        }
        let protected = Arc::clone(&next);
        let service = layer.layer(service_fn(move |request| {
            let answered = protected(request);
            async { Ok::<_, Infallible>(answered.await) }
        }));
        Ok(Arc::new(move |request| {
            if is_safe(&request) {
                return next(request);
            }
            let refusing = Refusing::of(&request, format);
            let answered = service.clone().oneshot(request);
            Box::pin(async move {
                let response = answered.await.unwrap_or_else(|never| match never {});
                match response.extensions().get::<ProtectionError>() {
                    Some(error) => refuse(&refusing, error),
                    None => response,
                }
            })
        }))
    }
}

/// What the layer lets pass anyway, before it costs anything.
fn is_safe(request: &Request<Body>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

fn refuse(refusing: &Refusing, error: &ProtectionError) -> Response {
    let detail = match error.kind() {
        ProtectionErrorKind::CrossOriginRequest => "`Sec-Fetch-Site` says that another site's page sends this",
        _ => "`Origin` is not the host that is asked",
    };
    refusing.refuse(CROSS_SITE.details().detail(detail).log(error.to_string()))
}
