//! Header fields that tell browsers what not to do with answers.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::Next;

/// Header fields that tell browsers what not to do with answers. A field that an answer sets itself stays as it is.
///
/// | field | value | what it stops |
/// |---|---|---|
/// | `X-Content-Type-Options` | `nosniff` | taking an upload for a script |
/// | `Referrer-Policy` | `no-referrer` | ids in addresses that other sites see |
/// | `X-Frame-Options` | `DENY` | framing, in old browsers |
/// | `Content-Security-Policy` | `frame-ancestors 'none'` | framing |
/// | `Cross-Origin-Opener-Policy` | `same-origin` | pages of other sites that hold a window of this one |
/// | `Cross-Origin-Resource-Policy` | `same-origin` | embedding in pages of other sites, unless CORS allows it |
///
/// `Strict-Transport-Security` is there when it is asked for: [`hsts`](Self::hsts).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use kovar_http::app::App;
/// use kovar_http::layers::SecurityHeaders;
///
/// let two_years = Duration::from_secs(63_072_000);
/// let app = App::new("Example", "1.0.0").security_headers(SecurityHeaders::default().hsts(two_years));
/// # let _ = app;
/// ```
#[derive(Clone, Debug)]
pub struct SecurityHeaders(Vec<(HeaderName, HeaderValue)>);

impl Default for SecurityHeaders {
    fn default() -> Self {
        let fields = [
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (X_FRAME_OPTIONS, "DENY"),
            (CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        Self(fields.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect())
    }
}

impl SecurityHeaders {
    /// Browsers use HTTPS alone for this host and all below it, for that long. Default: off.
    ///
    /// It cannot be taken back before then: start with minutes.
    #[must_use]
    pub fn hsts(self, max_age: Duration) -> Self {
        let value = HeaderValue::try_from(format!("max-age={}; includeSubDomains", max_age.as_secs()));
        match value {
            Ok(value) => self.set(STRICT_TRANSPORT_SECURITY, value),
            Err(_) => self,
        }
    }

    /// Sets a field to another value, or another field.
    #[must_use]
    pub fn set(self, name: HeaderName, value: HeaderValue) -> Self {
        let mut headers = self.without(&name);
        headers.0.push((name, value));
        headers
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, name: &HeaderName) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub(super) fn around(self, next: Next) -> Next {
        let fields = Arc::new(self.0);
        Arc::new(move |request| {
            let (fields, answered) = (Arc::clone(&fields), next(request));
            Box::pin(async move {
                let mut response = answered.await;
                for (name, value) in fields.iter() {
                    response.headers_mut().entry(name).or_insert_with(|| value.clone());
                }
                response
            })
        })
    }
}
