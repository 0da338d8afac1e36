//! What a request's headers say about the answer that it wants: which coding, and whether it has it already.

use http::{HeaderMap, header};

/// Whether gzip is acceptable to the client, and not less than the plain bytes are.
pub(super) fn prefers_gzip(headers: &HeaderMap) -> bool {
    let gzip = weight(headers, &["gzip", "x-gzip"]).or_else(|| weight(headers, &["*"])).unwrap_or(0.0);
    let identity = weight(headers, &["identity"]).unwrap_or(0.0);
    gzip > 0.0 && gzip >= identity
}

/// RFC 9110 §12.5.3: the weight that `Accept-Encoding` gives to a coding, `None` where it does not name it.
///
/// A weight that cannot be read refuses the coding, since the plain bytes are understood by everyone.
fn weight(headers: &HeaderMap, names: &[&str]) -> Option<f32> {
    let weight_of = |element: &str| {
        let (coding, parameters) = element.split_once(';').unwrap_or((element, "q=1"));
        let is_named = names.iter().any(|name| coding.trim().eq_ignore_ascii_case(name));
        is_named.then(|| quality(parameters.trim()).unwrap_or(0.0))
    };
    elements(headers, header::ACCEPT_ENCODING).find_map(weight_of)
}

/// RFC 9110 §12.4.2: `q=` and a number from 0 to 1.
fn quality(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().ok())?
}

/// RFC 9110 §13.1.2: whether `If-None-Match` names this tag. The comparison is the weak one.
pub(super) fn has_current(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let current = opaque(tag);
    elements(headers, header::IF_NONE_MATCH).any(|element| element == "*" || opaque(element) == current)
}

fn elements(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}
