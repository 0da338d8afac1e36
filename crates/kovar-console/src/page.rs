//! The page's files, and the policy that it is under.

use std::sync::LazyLock;

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use http::{Response, StatusCode};
use sha2::{Digest as _, Sha256};

/// Nothing but this page's own files, and no markup made from text: names and ids may be hostile.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// What every answer says.
const HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", POLICY),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];

struct Asset {
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
    etag: HeaderValue,
}

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    [
        ("/", "text/html; charset=utf-8", include_str!("page/console.html")),
        ("/console.css", "text/css; charset=utf-8", include_str!("page/console.css")),
        ("/console.js", "text/javascript; charset=utf-8", include_str!("page/console.js")),
        ("/live.js", "text/javascript; charset=utf-8", include_str!("page/live.js")),
        ("/console.svg", "image/svg+xml", include_str!("page/console.svg")),
    ]
    .map(|(path, media_type, text)| Asset { path, media_type, text, etag: etag(text) })
});

fn etag(text: &str) -> HeaderValue {
    let digest: [u8; 32] = Sha256::digest(text).into();
    let tag: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The file at a path, or 304 to who has it.
pub(crate) fn answer(path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    let asset = ASSETS.iter().find(|asset| asset.path == path)?;
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known == asset.etag);
    let mut response = guarded(Body::from(if is_known { "" } else { asset.text }));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, asset.etag.clone());
    Some(response)
}

/// An answer under the page's policy.
pub(crate) fn guarded(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_light_and_asks_for_nothing_from_elsewhere() {
        let size: usize = ASSETS.iter().map(|asset| asset.text.len()).sum();
        assert!(size < 48 * 1024, "{size} bytes");
        for asset in &*ASSETS {
            let links = asset.text.replace("http://www.w3.org/2000/svg", "");
            assert!(!links.contains("://"), "{} names another place", asset.path);
            assert!(!asset.text.contains("innerHTML"), "{} makes markup from text", asset.path);
        }
        let html = ASSETS[0].text;
        assert!(!html.contains("style=") && !html.contains("<style"));
        assert_eq!(html.matches("<script").count(), html.matches("<script src=\"/").count());
    }

    #[test]
    fn who_has_a_file_is_not_sent_it_again() {
        let first = answer("/", &HeaderMap::new()).unwrap();
        assert_eq!((first.status(), &first.headers()[CACHE_CONTROL]), (StatusCode::OK, &"no-cache".parse().unwrap()));
        assert_eq!(first.headers()["content-security-policy"], POLICY);
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, first.headers()[ETAG].clone())]);
        assert_eq!(answer("/", &known).unwrap().status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer("/console.js", &known).unwrap().status(), StatusCode::OK);
        assert!(answer("/console", &known).is_none());
    }
}
