//! Requests that are none, from RFC 9113 §8.

use super::super::support::TestServer;
use super::frames::*;

const GET: [(&str, &str); 4] = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")];
const POST: [(&str, &str); 4] = [(":method", "POST"), (":scheme", "http"), (":path", "/echo"), (":authority", "a")];

/// What becomes of frames on the first stream: its status, or `None` when it is reset, or the connection ends, with
/// `PROTOCOL_ERROR`.
fn answer(frames: impl AsRef<[u8]>) -> Option<u16> {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send(frames);
    let end = client.find("an answer", |frame| {
        frame.kind == GOAWAY || frame.stream == 1 && matches!(frame.kind, HEADERS | RST_STREAM)
    });
    if end.kind == HEADERS {
        return Some(end.status());
    }
    assert_eq!(end.error(), PROTOCOL_ERROR);
    if end.kind == RST_STREAM {
        client.send(get(3, "/"));
        assert_eq!(client.status(3), 200, "the connection lives on");
    }
    None
}

fn with(more: &[(&str, &str)]) -> Vec<u8> {
    request(&[&GET[..], more].concat())
}

fn request(list: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, WHOLE, 1, fields(list.iter().copied()))
}

fn without(name: &str) -> Vec<u8> {
    request(&GET.into_iter().filter(|(known, _)| *known != name).collect::<Vec<_>>())
}

fn instead(name: &str, value: &str) -> Vec<u8> {
    request(&GET.map(|(known, usual)| (known, if known == name { value } else { usual })))
}

/// Malformed: never seen by the service (RFC 9113 §8.1.1).
fn check_malformed(cases: impl IntoIterator<Item = (&'static str, Vec<u8>)>) {
    for (name, frames) in cases {
        let status = answer(frames);
        assert!(matches!(status, None | Some(400)), "{name}: {status:?}");
    }
}

#[test]
fn what_is_allowed() {
    for (name, frames, status) in [
        ("the least", with(&[]), 200),
        ("te: trailers (§8.2.2)", with(&[("te", "trailers")]), 200),
        ("several cookies (§8.2.3)", with(&[("cookie", "a=1"), ("cookie", "b=2")]), 200),
        ("the host said twice (§8.3.1)", with(&[("host", "a")]), 200),
        ("a host without an authority (§8.3.1)", request(&[GET[0], GET[1], GET[2], ("host", "a")]), 200),
        ("a method that nobody knows (RFC 9110 §9.1)", instead(":method", "BREW"), 405),
    ] {
        assert_eq!(answer(frames), Some(status), "{name}");
    }
    let body = [frame(HEADERS, END_HEADERS, 1, fields(POST)), frame(DATA, END_STREAM, 1, b"hello")].concat();
    assert_eq!(answer(body), Some(200));
    let trailers = frame(HEADERS, WHOLE, 1, fields([("x", "y")]));
    let body = [frame(HEADERS, END_HEADERS, 1, fields(POST)), frame(DATA, 0, 1, b"hello"), trailers].concat();
    assert_eq!(answer(body), Some(200), "trailers (§8.1)");
}

/// RFC 9113 §8.3, §8.3.1.
#[test]
fn pseudo_fields() {
    check_malformed([
        ("no method", without(":method")),
        ("no scheme", without(":scheme")),
        ("no path", without(":path")),
        ("no host", without(":authority")),
        ("an empty method", instead(":method", "")),
        ("a method with a space", instead(":method", "GET /")),
        ("an empty path", instead(":path", "")),
        ("a path without a slash", instead(":path", "echo")),
        ("a path with a space", instead(":path", "/ HTTP/1.1")),
        ("a path with a line", instead(":path", "/\r\nx: y")),
        ("an authority with a user", instead(":authority", "user@a")),
        ("an empty authority", instead(":authority", "")),
        ("another host", with(&[("host", "b")])),
        ("two methods", with(&[(":method", "GET")])),
        ("two paths", with(&[(":path", "/")])),
        ("two schemes", with(&[(":scheme", "http")])),
        ("two authorities", with(&[(":authority", "a")])),
        ("one after the fields", with(&[("x", "y"), (":authority", "a")])),
        ("an unknown one", with(&[(":x", "y")])),
        ("one of answers", with(&[(":status", "200")])),
        ("a protocol (RFC 8441 §4, not offered)", with(&[(":protocol", "websocket")])),
    ]);
}

/// Malformed by the letter (RFC 9113 §8.1, §8.3.1), but h2 drops what is wrong before the service sees it. Should it
/// refuse them one day, they belong to [`pseudo_fields`].
#[test]
fn what_h2_forgives() {
    assert_eq!(answer(instead(":scheme", "")), Some(200), "an empty scheme");
    let trailers = frame(HEADERS, WHOLE, 1, fields([(":method", "GET")]));
    let frames = [frame(HEADERS, END_HEADERS, 1, fields(POST)), frame(DATA, 0, 1, b"x"), trailers].concat();
    assert_eq!(answer(frames), Some(200), "a pseudo-field in trailers");
}

/// RFC 9113 §8.2.2.
#[test]
fn fields_of_connections() {
    check_malformed([
        ("connection", with(&[("connection", "close")])),
        ("keep-alive", with(&[("keep-alive", "5")])),
        ("proxy-connection", with(&[("proxy-connection", "close")])),
        ("transfer-encoding", with(&[("transfer-encoding", "chunked")])),
        ("upgrade", with(&[("upgrade", "h2c")])),
        ("te", with(&[("te", "gzip")])),
    ]);
}

/// RFC 9113 §8.2, §8.2.1.
#[test]
fn names_and_values() {
    check_malformed([
        ("upper case", with(&[("X-Name", "y")])),
        ("an empty name", with(&[("", "y")])),
        ("a space in a name", with(&[("x y", "z")])),
        ("a colon in a name", with(&[("x:y", "z")])),
        ("a line in a name", with(&[("x\r\ny", "z")])),
        ("a null in a name", with(&[("x\0", "z")])),
        ("a name past ASCII", with(&[("\u{e9}", "z")])),
        ("a carriage return", with(&[("x", "a\rb")])),
        ("a line feed", with(&[("x", "a\nb")])),
        ("a line", with(&[("x", "a\r\nhost: b")])),
        ("a null", with(&[("x", "a\0b")])),
    ]);
}

/// RFC 9113 §8.1.1.
#[test]
fn lengths_that_disagree() {
    let post = |fields_more: &[(&str, &str)], flags, data: &[&[u8]]| {
        let head = frame(HEADERS, flags, 1, fields([&POST[..], fields_more].concat()));
        let last = data.len().saturating_sub(1);
        let data = data.iter().enumerate();
        let data = data.flat_map(|(index, data)| frame(DATA, if index == last { END_STREAM } else { 0 }, 1, data));
        [head, data.collect()].concat()
    };
    check_malformed([
        ("too short", post(&[("content-length", "5")], END_HEADERS, &[b"abcd"])),
        ("too long", post(&[("content-length", "3")], END_HEADERS, &[b"abcd"])),
        ("too long in two", post(&[("content-length", "3")], END_HEADERS, &[b"ab", b"cd"])),
        ("no body", post(&[("content-length", "3")], WHOLE, &[])),
        ("not a number", post(&[("content-length", "x")], END_HEADERS, &[b"abcd"])),
        ("a sign", post(&[("content-length", "+4")], END_HEADERS, &[b"abcd"])),
        ("two", post(&[("content-length", "4"), ("content-length", "5")], END_HEADERS, &[b"abcd"])),
    ]);
    assert_eq!(answer(post(&[("content-length", "4")], END_HEADERS, &[b"ab", b"cd"])), Some(200));
}

/// RFC 9113 §5.1.2.
#[test]
fn streams_past_the_limit_are_refused() {
    let limits = kovar_serve::Limits { http2_streams: 2, ..super::super::support::short() };
    let server = TestServer::with(limits);
    let mut client = Http2::connect(&server);
    client.send([get(1, "/sleep/500"), get(3, "/sleep/500"), get(5, "/")].concat());
    let refused = client.find("a refusal", |frame| frame.stream == 5);
    assert_eq!((refused.kind, refused.error()), (RST_STREAM, REFUSED_STREAM));
    assert_eq!((client.status(1), server.begun.load(std::sync::atomic::Ordering::SeqCst)), (200, 2));
}

/// RFC 9113 §10.5.1; RFC 6585 §5.
#[test]
fn a_head_past_the_limit() {
    let large = |count: usize| {
        let part = fields([("x", "y".repeat(8000))]);
        let first = frame(HEADERS, END_STREAM, 1, head("GET", "/"));
        let parts: Vec<u8> = (0..count).flat_map(|_| frame(CONTINUATION, 0, 1, &part)).collect();
        [first, parts, frame(CONTINUATION, END_HEADERS, 1, [])].concat()
    };
    assert_eq!(answer(large(3)), Some(200));
    assert_eq!(answer(large(5)), Some(431));
    let server = TestServer::start();
    let mut hasty = Http2::silent(server.send([PREFACE, &settings(&[]), &large(5)].concat()));
    assert_eq!(hasty.status(1), 431, "also for who has not acknowledged it (§6.5.3)");
}

/// RFC 7541 §6.1: one field of four thousand bytes, named four thousand times with one byte each.
#[test]
fn a_head_that_unpacks_to_much_more() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    let kept = [vec![0x40], fields([("x", "y".repeat(3900))])[1..].to_vec()].concat();
    let bomb = [head("GET", "/"), kept, vec![0x80 | 62; 8000]].concat();
    client.send(frame(HEADERS, WHOLE, 1, bomb));
    let end = client.find("a refusal", |frame| frame.kind == GOAWAY || frame.stream == 1);
    match end.kind {
        HEADERS => assert_eq!(end.status(), 431),
        _ => assert_eq!(end.error(), ENHANCE_YOUR_CALM),
    }
}

/// RFC 9113 §6.9.1.
#[test]
fn windows_past_the_limit() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send([get(1, "/sleep/60000"), window(1, 0x7fff_ffff)].concat());
    let end = client.find("a reset", |frame| frame.stream == 1);
    assert_eq!((end.kind, end.error()), (RST_STREAM, FLOW_CONTROL_ERROR));
    client.send(window(0, 0x7fff_ffff));
    assert_eq!(client.goodbye(), Some(FLOW_CONTROL_ERROR));
}
