use http::HeaderMap;

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

#[test]
fn only_what_the_standard_says_is_a_trace() {
    let known = TraceContext::parse(&format!("00-{TRACE}-{SPAN}-01")).unwrap();
    assert_eq!(known.trace_id().to_string(), TRACE);
    assert_eq!(known.parent_id().map(|id| id.to_string()).as_deref(), Some(SPAN));
    assert_ne!(Some(known.span_id()), known.parent_id(), "a span of its own");
    let later = TraceContext::parse(&format!("01-{TRACE}-{SPAN}-01-more")).expect("later versions may say more");
    assert_eq!((later.trace_id(), later.is_sampled()), (known.trace_id(), true));
    for value in [
        "".to_owned(),
        TRACE.to_owned(),
        format!("00-{TRACE}-{SPAN}-01-more"),
        format!("00-{TRACE}-{SPAN}-01-"),
        format!("ff-{TRACE}-{SPAN}-01"),
        format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
        format!("00-+{}-{SPAN}-01", &TRACE[1..]),
        format!("00-{}-{SPAN}-01", "0".repeat(32)),
        format!("00-{TRACE}-0000000000000000-01"),
        format!("00-{TRACE}-{SPAN}-1"),
        format!("00-{TRACE}-{SPAN}-0g"),
        format!("00-{}-{SPAN}-01", "\u{e9}".repeat(16)),
    ] {
        assert_eq!(TraceContext::parse(&value), None, "{value}");
    }
}

#[test]
fn what_is_passed_on_is_the_trace_with_a_span_of_ones_own() {
    for (flags, expected) in [("00", "00"), ("01", "01"), ("02", "02"), ("03", "03"), ("ff", "03"), ("fc", "00")] {
        let trace = TraceContext::parse(&format!("00-{TRACE}-{SPAN}-{flags}")).unwrap();
        let passed_on = format!("00-{TRACE}-{}-{expected}", trace.span_id());
        assert_eq!(trace.traceparent().to_str().unwrap(), passed_on);
    }
    let kept = TraceContext::parse(&format!("00-{TRACE}-{SPAN}-03")).unwrap().kept_as(SpanId::new(1).unwrap(), false);
    assert_eq!(kept.traceparent().to_str().unwrap(), format!("00-{TRACE}-0000000000000001-02"));
}

#[test]
fn a_trace_begins_with_the_id_of_its_request() {
    let mut headers = HeaderMap::new();
    let begin = |headers: &HeaderMap| {
        let id = RequestId::of(headers, &http::Extensions::new());
        (TraceContext::begin(&id), id)
    };
    let (trace, id) = begin(&headers);
    assert_eq!((trace.trace_id().to_string().as_str(), trace.parent_id()), (id.as_str(), None));
    assert!(!trace.is_sampled(), "nobody records it");
    headers.insert("x-request-id", HeaderValue::from_static("of-the-client"));
    let (one, other) = (begin(&headers).0, begin(&headers).0);
    assert!(one.trace_id() != other.trace_id() && one.span_id() != other.span_id());
}

fn headers(fields: &[(HeaderName, &str)]) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).unwrap();
    fields.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

#[test]
fn two_fields_are_no_trace() {
    let parent = format!("00-{TRACE}-{SPAN}-01");
    assert!(TraceContext::received(&headers(&[(TRACEPARENT, &parent)])).is_some());
    let mut twice = headers(&[(TRACEPARENT, &parent)]);
    twice.append(TRACEPARENT, HeaderValue::try_from(parent).unwrap());
    assert_eq!(TraceContext::received(&twice), None);
}

fn check_state(fields: &[&str], expected: Option<&str>) {
    let mut headers = headers(&[(TRACEPARENT, &format!("00-{TRACE}-{SPAN}-01"))]);
    for field in fields {
        headers.append(TRACESTATE, HeaderValue::from_bytes(field.as_bytes()).unwrap());
    }
    let trace = TraceContext::received(&headers).unwrap();
    assert_eq!(trace.tracestate().map(|state| state.to_str().unwrap()), expected, "{fields:?}");
}

#[test]
fn a_state_is_passed_on_if_it_is_valid() {
    check_state(&[], None);
    check_state(&["", " , "], None);
    check_state(&["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], Some("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"));
    check_state(&["rojo=1 ,\tcongo=a b", "t@acme=2,,"], Some("rojo=1,congo=a b,t@acme=2"));
    let long_key = format!("{}=1", "k".repeat(257));
    let long_value = format!("k={}", "v".repeat(257));
    for invalid in ["rojo", "rojo=", "=1", "Rojo=1", "r ojo=1", "rojo=a=b", "rojo=é", "a=1,a=2", &long_key, &long_value]
    {
        check_state(&[invalid], None);
        check_state(&["fine=1", invalid], None);
    }
    let members = |count: usize| (0..count).map(|index| format!("k{index}=v")).collect::<Vec<_>>().join(",");
    check_state(&[&members(32)], Some(&members(32)));
    check_state(&[&members(33)], None);
}

#[test]
fn a_long_state_is_cut_at_its_members() {
    let member = |key: char, length: usize| format!("{key}={}", "v".repeat(length - 2));
    let fits = [member('a', 128), member('b', 128), member('c', 128), member('d', 125)].join(",");
    assert_eq!(fits.len(), 512);
    check_state(&[&fits], Some(&fits));
    check_state(&[&fits, &member('e', 128)], Some(&fits));
    check_state(&[&member('l', 129), &fits, &member('m', 200)], Some(&fits));
    check_state(&[&member('a', 258), &member('b', 258), "c=1"], Some(&format!("{},c=1", member('a', 258))));
}
