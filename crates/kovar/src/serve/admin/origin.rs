//! Whether something that does something comes from the console's own page.
//!
//! A page of any site can make a browser send a `POST` here. Browsers say where it comes from: in `Sec-Fetch-Site`, where
//! the address is one that they trust (HTTPS, this machine), and in `Origin`. Who is no browser says neither, and is let
//! through: there is nothing of a person's that it could use.

use http::header::{HOST, HeaderName, ORIGIN};
use http::{HeaderMap, HeaderValue};

pub(super) const REFUSAL: &str = "a page of another origin may do nothing here\n";

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a browser says that this console's page sends the request, or nobody says anything.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let all_are = |name: &HeaderName, wanted: &dyn Fn(&[u8]) -> bool| {
        headers.get_all(name).iter().all(|value| wanted(value.as_bytes()))
    };
    let host = headers.get(HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    let is_of_host = |origin: &[u8]| match origin.strip_prefix(b"http://").or(origin.strip_prefix(b"https://")) {
        Some(authority) => !host.is_empty() && authority.eq_ignore_ascii_case(host),
        None => false,
    };
    all_are(&SEC_FETCH_SITE, &|site| site == b"same-origin") && all_are(&ORIGIN, &is_of_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[(&'static str, &'static str)], is_allowed: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        assert_eq!(is_own(&headers), is_allowed, "{fields:?}");
    }

    #[test]
    fn what_another_page_sends_is_refused() {
        const HOST: (&str, &str) = ("host", "localhost:8001");
        for site in ["cross-site", "same-site", "none", ""] {
            check(&[HOST, ("sec-fetch-site", site)], false);
            check(&[HOST, ("sec-fetch-site", site), ("origin", "http://localhost:8001")], false);
            check(&[HOST, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", site)], false);
        }
        for origin in [
            "http://evil.example",
            "http://localhost:3000",
            "http://localhost",
            "http://localhost:8001.evil.example",
            "http://a@localhost:8001",
            "localhost:8001",
            "null",
            "",
        ] {
            check(&[HOST, ("origin", origin)], false);
            check(&[HOST, ("origin", origin), ("sec-fetch-site", "same-origin")], false);
            check(&[HOST, ("origin", "http://localhost:8001"), ("origin", origin)], false);
        }
        check(&[("origin", "http://")], false);
    }

    #[test]
    fn the_consoles_own_page_and_who_is_no_browser_are_let_through() {
        const HOST: (&str, &str) = ("host", "10.0.0.7:8001");
        check(&[HOST], true);
        check(&[HOST, ("origin", "http://10.0.0.7:8001")], true);
        check(&[("host", "Admin.internal"), ("origin", "https://admin.internal")], true);
        check(&[HOST, ("origin", "http://10.0.0.7:8001"), ("sec-fetch-site", "same-origin")], true);
    }
}
