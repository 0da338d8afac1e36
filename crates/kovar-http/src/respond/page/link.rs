//! The `Link` field of a page (RFC 8288).

use std::borrow::Cow;

use http::Uri;
use http::header::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The parameter of the query that takes a cursor.
const CURSOR: &str = "cursor";

/// What may not stand in a target (RFC 3986 §3.4); `%` begins an escape that is there already.
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// `rel="next"` where there is a cursor, and `rel="first"`.
pub(super) fn links(uri: &Uri, next_cursor: Option<&str>) -> Option<HeaderValue> {
    let first = target(uri);
    let links = match next_cursor {
        Some(cursor) => {
            let separator = if first.contains('?') { '&' } else { '?' };
            format!("<{first}{separator}{CURSOR}={cursor}>; rel=\"next\", <{first}>; rel=\"first\"")
        }
        None => format!("<{first}>; rel=\"first\""),
    };
    HeaderValue::try_from(links).ok()
}

/// The request's target without its cursor, the other parameters as they were sent. It is a
/// relative reference, which holds behind a proxy whose host the app does not know.
fn target(uri: &Uri) -> String {
    let mut target = utf8_percent_encode(uri.path(), UNSAFE).to_string();
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut separator = '?';
    for pair in pairs.filter(|pair| name_of(pair) != CURSOR) {
        target.push(separator);
        target.extend(utf8_percent_encode(pair, UNSAFE));
        separator = '&';
    }
    target
}

fn name_of(pair: &str) -> Cow<'_, str> {
    form_urlencoded::parse(pair.as_bytes()).next().map_or(Cow::Borrowed(""), |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, cursor: Option<&str>, expected: &str) {
        let links = links(&target.parse().unwrap(), cursor).unwrap();
        assert_eq!(links.to_str().unwrap(), expected);
    }

    #[test]
    fn other_parameters_are_kept_as_they_were_sent() {
        check(
            "/products?category=a%26b&cursor=old&limit=2",
            Some("new"),
            "</products?category=a%26b&limit=2&cursor=new>; rel=\"next\", </products?category=a%26b&limit=2>; rel=\"first\"",
        );
    }

    #[test]
    fn the_last_page_has_no_next() {
        check("/products?cursor=old", None, "</products>; rel=\"first\"");
    }

    #[test]
    fn a_cursor_that_is_spelled_otherwise_is_replaced_too() {
        check("/p?%63ursor=old", Some("new"), "</p?cursor=new>; rel=\"next\", </p>; rel=\"first\"");
    }

    #[test]
    fn what_ends_a_target_is_escaped() {
        check("/{p}\"?q={%22}|^`ü", None, "</%7Bp%7D%22?q=%7B%22%7D%7C%5E%60%C3%BC>; rel=\"first\"");
    }
}
