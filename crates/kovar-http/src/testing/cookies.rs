//! Cookies that a client keeps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};

/// Cookies by name. A browser would also look at path, domain and expiry date; here only
/// `Max-Age` counts, which is how a server removes one.
#[derive(Clone, Debug, Default)]
pub(super) struct CookieJar(Arc<Mutex<BTreeMap<String, String>>>);

impl CookieJar {
    /// Puts the cookies before those that the request already has.
    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        let own = headers.get(COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs = kept.iter().map(|(name, value)| format!("{name}={value}")).chain(own);
        let joined = pairs.collect::<Vec<_>>().join("; ");
        if let (false, Ok(value)) = (joined.is_empty(), HeaderValue::try_from(joined)) {
            headers.insert(COOKIE, value);
        }
    }

    pub(super) fn keep_from(&self, headers: &HeaderMap) {
        for field in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            self.keep(field);
        }
    }

    fn keep(&self, field: &str) {
        let mut parts = field.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let max_age =
            parts.filter_map(|part| part.split_once('=')).find(|(key, _)| key.eq_ignore_ascii_case("max-age"));
        // RFC 6265 §5.2.2: zero or less removes it.
        let is_removed =
            max_age.and_then(|(_, seconds)| seconds.parse::<i64>().ok()).is_some_and(|seconds| seconds <= 0);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_removed {
            kept.remove(name);
        } else {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }
}
