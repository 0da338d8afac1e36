//! The trace that a request is part of, as W3C's Trace Context says it.

use http::{HeaderMap, HeaderName};

/// The header field that carries it.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The trace and span of whoever sent the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceContext {
    /// The field's value, checked: `00-<32 digits>-<16 digits>-<2 digits>`.
    value: String,
}

impl TraceContext {
    /// That of a request's header; `None` if it has none, or one that means nothing (§3.2.2: then
    /// a trace begins anew).
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let (Some(value), None) = (values.next()?.to_str().ok(), values.next()) else { return None };
        Self::parse(value)
    }

    fn parse(value: &str) -> Option<Self> {
        let is_digits = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_something = |part: &str| part.bytes().any(|byte| byte != b'0');
        let mut parts = value.splitn(5, '-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let has_lengths = [version.len(), trace.len(), span.len(), flags.len()] == [2, 32, 16, 2];
        let is_known = version == "00" && parts.next().is_none();
        // §4.1: of later versions the first four parts are read as of this one.
        let is_later = version != "00" && version != "ff";
        let is_valid = has_lengths
            && [version, trace, span, flags].into_iter().all(is_digits)
            && is_something(trace)
            && is_something(span)
            && (is_known || is_later);
        is_valid.then(|| Self { value: format!("00-{trace}-{span}-{flags}") })
    }

    /// The trace's id: 32 hexadecimal digits.
    pub(crate) fn trace_id(&self) -> &str {
        &self.value[3..35]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_standard_says_is_a_trace() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let known = TraceContext::parse(&format!("00-{trace}-b7ad6b7169203331-01"));
        assert_eq!(known.as_ref().map(TraceContext::trace_id), Some(trace));
        let later = TraceContext::parse(&format!("01-{trace}-b7ad6b7169203331-01-more"));
        assert_eq!(later, known, "later versions may say more");
        for value in [
            "".to_owned(),
            trace.to_owned(),
            format!("00-{trace}-b7ad6b7169203331-01-more"),
            format!("ff-{trace}-b7ad6b7169203331-01"),
            format!("00-{}-b7ad6b7169203331-01", trace.to_uppercase()),
            format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{trace}-b7ad6b7169203331-1"),
            format!("00-{}-b7ad6b7169203331-01", "\u{e9}".repeat(16)),
        ] {
            assert_eq!(TraceContext::parse(&value), None, "{value}");
        }
    }
}
