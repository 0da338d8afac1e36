//! What `Accept` permits (RFC 9110 §12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether one of the media types is acceptable; all are where none is known.
pub(super) fn is_acceptable(headers: &HeaderMap, produces: &[String]) -> bool {
    let Some(accept) = headers.get(ACCEPT) else { return true };
    // What most clients send, without taking it apart.
    if produces.is_empty() || accept.as_bytes() == b"*/*" {
        return true;
    }
    let fields = headers.get_all(ACCEPT).iter().filter_map(|field| field.to_str().ok());
    let ranges: Vec<Range<'_>> = fields.flat_map(|field| field.split(',')).filter_map(Range::parse).collect();
    ranges.is_empty() || produces.iter().any(|media_type| is_permitted(media_type, &ranges))
}

/// The most specific range that a media type is in says whether it is wanted.
fn is_permitted(media_type: &str, ranges: &[Range<'_>]) -> bool {
    let matching = ranges.iter().filter_map(|range| Some((range.specificity(media_type)?, range.is_wanted)));
    matching.max().is_some_and(|(_, is_wanted)| is_wanted)
}

struct Range<'a> {
    media_range: &'a str,
    is_wanted: bool,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media_range = parts.next().filter(|range| !range.is_empty())?;
        let weight =
            parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let is_wanted =
            weight.and_then(|(_, weight)| weight.trim().parse::<f32>().ok()).is_none_or(|weight| weight > 0.0);
        Some(Self { media_range, is_wanted })
    }

    fn specificity(&self, media_type: &str) -> Option<u8> {
        let media_type = media_type.split(';').next().unwrap_or_default().trim_end();
        let kind = media_type.split('/').next().unwrap_or_default();
        match self.media_range.split_once('/') {
            Some(("*", "*")) => Some(0),
            Some((range, "*")) => range.eq_ignore_ascii_case(kind).then_some(1),
            _ => self.media_range.eq_ignore_ascii_case(media_type).then_some(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::is_acceptable;

    #[track_caller]
    fn check(accept: &'static str, expected: bool) {
        let headers = HeaderMap::from_iter([(super::ACCEPT, HeaderValue::from_static(accept))]);
        assert_eq!(is_acceptable(&headers, &["application/json".to_owned()]), expected, "{accept}");
    }

    #[test]
    fn the_most_specific_range_counts() {
        for accept in ["", "*/*", "application/*", "Application/JSON", "application/json;q=0.1", "text/html, */*;q=0.1"]
        {
            check(accept, true);
        }
        for accept in ["text/html", "application/json;q=0", "application/json; Q=0.000", "*/*;q=0", "image/*"] {
            check(accept, false);
        }
        check("application/json;q=0, */*", false);
        check("application/*;q=0, application/json", true);
        check("*/*;q=0, application/json;q=0.5", true);
    }

    #[test]
    fn parameters_of_what_is_produced_do_not_count() {
        let headers = HeaderMap::from_iter([(super::ACCEPT, HeaderValue::from_static("text/plain"))]);
        assert!(is_acceptable(&headers, &["text/plain; charset=utf-8".to_owned()]));
    }

    #[test]
    fn an_operation_that_says_nothing_answers_anything() {
        let headers = HeaderMap::from_iter([(super::ACCEPT, HeaderValue::from_static("image/png"))]);
        assert!(is_acceptable(&headers, &[]));
    }
}
