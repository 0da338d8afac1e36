use bytes::Bytes;
use http::HeaderMap;

use super::close::CloseCode;
use super::deflate::{Deflate, inflate};
use super::frame::{Opcode, encode};
use super::handshake::{Unmet, accept};
use super::reader::{Event, Reader, Violation};

const MOST: usize = 64 * 1024;
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame as a client sends it; the first byte as it is on the wire.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ ..=125 => frame.push(0x80 | length as u8),
        length @ ..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// All events of some bytes that come in pieces of a length.
fn read_in(pieces: usize, bytes: &[u8], may_compress: bool) -> Result<Vec<Event>, Violation> {
    let mut reader = Reader::new(MOST, may_compress);
    let mut events = Vec::new();
    for piece in bytes.chunks(pieces) {
        let mut piece = piece.to_vec();
        let mut input = piece.as_mut_slice();
        while let Some(event) = reader.take(&mut input)? {
            events.push(event);
        }
        assert!(input.is_empty());
    }
    Ok(events)
}

/// The same, however the bytes are cut.
fn read(bytes: &[u8]) -> Result<Vec<Event>, Violation> {
    let whole = read_in(bytes.len().max(1), bytes, false);
    for pieces in [1, 2, 3, 7, 13] {
        assert_eq!(read_in(pieces, bytes, false), whole);
    }
    whole
}

fn text(text: &str) -> Event {
    Event::Text(Bytes::copy_from_slice(text.as_bytes()))
}

#[test]
fn messages_are_read_however_they_are_cut() {
    for length in [0, 1, 125, 126, 127, 65_535, 65_536] {
        let payload: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
        assert_eq!(read(&frame(0x82, &payload)).unwrap(), [Event::Binary(payload.into())], "{length}");
    }
    let bytes =
        [frame(0x01, b"Hel"), frame(0x89, b"?"), frame(0x00, b"l"), frame(0x80, b"o"), frame(0x8a, b"")].concat();
    assert_eq!(read(&bytes).unwrap(), [Event::Ping(Bytes::from_static(b"?")), text("Hello"), Event::Pong]);
}

#[test]
fn text_is_utf8_and_what_is_not_is_told_at_once() {
    for good in ["κόσμε", "\u{10ffff}", "", "\u{fffe}"] {
        let bytes = good.as_bytes();
        let (first, rest) = bytes.split_at(bytes.len() / 2);
        assert_eq!(read(&[frame(0x01, first), frame(0x80, rest)].concat()).unwrap(), [text(good)]);
    }
    for bad in [&b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80"[..], b"\xf4\x90\x80\x80", b"\xff", b"\xc0\x80"] {
        assert_eq!(read(&frame(0x81, bad)), Err(Violation::INVALID_TEXT));
        // The message is not over.
        assert_eq!(read(&frame(0x01, bad)), Err(Violation::INVALID_TEXT));
    }
    // A character that never ends is wrong once the message does.
    assert_eq!(read(&frame(0x01, b"\xce")).unwrap(), []);
    assert_eq!(read(&frame(0x81, b"\xce")), Err(Violation::INVALID_TEXT));
}

#[test]
fn what_breaks_the_protocol_is_refused() {
    let long = frame(0x89, &[0; 126]);
    let unmasked = [0x81, 0x00];
    for (what, bytes) in [
        ("a reserved bit", frame(0x91, b"")),
        ("compression that was not agreed on", frame(0xc1, b"")),
        ("an opcode that is none", frame(0x83, b"")),
        ("a control opcode that is none", frame(0x8b, b"")),
        ("a long ping", long),
        ("a ping in parts", frame(0x09, b"")),
        ("no mask", unmasked.to_vec()),
        ("a continuation of nothing", frame(0x80, b"a")),
        ("a message within another", [frame(0x01, b"a"), frame(0x81, b"b")].concat()),
        ("a close of one byte", frame(0x88, b"\x03")),
        ("a length past the sign", [vec![0x82, 0xff, 0x80], vec![0; 7], MASK.to_vec()].concat()),
    ] {
        assert_eq!(read(&bytes), Err(Violation::PROTOCOL), "{what}");
    }
}

#[test]
fn a_close_says_a_code_that_may_be_said() {
    let close = |code: u16, reason: &[u8]| frame(0x88, &[&code.to_be_bytes(), reason].concat());
    assert_eq!(read(&frame(0x88, b"")).unwrap(), [Event::Close(None)]);
    for code in [1000, 1001, 1003, 1007, 1011, 3000, 3999, 4000, 4999] {
        assert_eq!(read(&close(code, b"why")).unwrap(), [Event::Close(Some(CloseCode(code)))]);
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        assert_eq!(read(&close(code, b"why")), Err(Violation::PROTOCOL), "{code}");
    }
    assert_eq!(read(&close(1000, b"\xff")), Err(Violation::INVALID_TEXT));
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let head = |length: u64| [vec![0x82, 0xff], length.to_be_bytes().to_vec(), MASK.to_vec()].concat();
    assert_eq!(read(&head(MOST as u64)).unwrap(), []);
    assert_eq!(read(&head(MOST as u64 + 1)), Err(Violation::TOO_LARGE));
    assert_eq!(read(&head(i64::MAX as u64)), Err(Violation::TOO_LARGE));
    let half = vec![0; MOST / 2 + 1];
    assert_eq!(read_in(999, &[frame(0x02, &half), frame(0x80, &half)].concat(), false), Err(Violation::TOO_LARGE));
}

#[test]
fn what_is_sent_has_the_shortest_head() {
    for (length, head) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
        let frame = encode(Opcode::Binary, false, &vec![7; length]);
        assert_eq!(frame.len(), length + head);
        assert_eq!(frame[0], 0x82);
    }
}

#[test]
fn messages_are_compressed_and_inflated() {
    for window_bits in 9..=15 {
        let deflate = Deflate { window_bits };
        for payload in [&b""[..], b"a", &[b'x'; 60_000], "κόσμε ".repeat(5_000).as_bytes()] {
            let compressed = deflate.compress(payload);
            assert!(payload.len() < 1000 || compressed.len() < payload.len() / 10);
            assert_eq!(inflate(&compressed, MOST).unwrap(), payload, "{window_bits}");
            let event = read_in(5, &frame(0xc2, &compressed), true).unwrap();
            assert_eq!(event, [Event::Binary(payload.to_vec().into())]);
        }
    }
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = Deflate { window_bits: 15 }.compress(&vec![0; 4_000_000]);
    assert!(bomb.len() < MOST);
    assert_eq!(inflate(&bomb, MOST), Err(Violation::TOO_LARGE));
    let exact = Deflate { window_bits: 15 }.compress(&vec![0; MOST]);
    assert_eq!(inflate(&exact, MOST).unwrap().len(), MOST);
    assert_eq!(inflate(b"\xff\xff\xff\xff", MOST), Err(Violation::PROTOCOL));
    let not_utf8 = Deflate { window_bits: 15 }.compress(b"\xff");
    assert_eq!(read_in(3, &frame(0xc1, &not_utf8), true), Err(Violation::INVALID_TEXT));
}

#[test]
fn compression_is_agreed_on_as_far_as_it_can_be() {
    let agreed = |offers: &[&str]| Deflate::negotiate(offers.iter().copied()).map(|(deflate, _)| deflate.window_bits);
    assert_eq!(agreed(&["permessage-deflate"]), Some(15));
    assert_eq!(agreed(&["permessage-deflate; client_max_window_bits"]), Some(15));
    assert_eq!(agreed(&["permessage-deflate; server_max_window_bits=10; client_max_window_bits=9"]), Some(10));
    assert_eq!(agreed(&["permessage-deflate; server_max_window_bits=\"12\""]), Some(12));
    // zlib has no window of 8.
    assert_eq!(agreed(&["permessage-deflate; server_max_window_bits=8", "permessage-deflate"]), Some(15));
    for wrong in [
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; unheard_of",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_max_window_bits=9; client_max_window_bits=9",
        "x-webkit-deflate-frame",
    ] {
        assert_eq!(agreed(&[wrong]), None, "{wrong}");
    }
}

#[test]
fn a_handshake_is_met_or_not() {
    // RFC 6455 §1.3.
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("upgrade", "WebSocket"),
        ("connection", "keep-alive, Upgrade"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "chat, kovar.json"),
        ("sec-websocket-extensions", "permessage-deflate"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let accepted = accept(&headers, &["kovar.json"], true).unwrap();
    assert_eq!(accepted.headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(
        (accepted.protocol, accepted.headers["sec-websocket-protocol"].to_str().unwrap()),
        (Some("kovar.json"), "kovar.json")
    );
    assert!(accepted.deflate.is_some());
    for (wanted, taken) in [("a, b", Some("a")), ("b,a", Some("b")), ("c, b", Some("b")), ("c", None)] {
        let mut headers = headers.clone();
        headers.insert("sec-websocket-protocol", wanted.parse().unwrap());
        assert_eq!(accept(&headers, &["a", "b"], true).unwrap().protocol, taken, "the client's order decides");
    }
    let plain = accept(&headers, &[], false).unwrap();
    assert!(plain.deflate.is_none() && !plain.headers.contains_key("sec-websocket-extensions"));

    for (name, value, expected) in [
        ("upgrade", "h2c", Unmet::NotWebSocket),
        ("connection", "close", Unmet::NotWebSocket),
        ("sec-websocket-version", "8", Unmet::Version),
        ("sec-websocket-key", "short", Unmet::Key),
        ("sec-websocket-key", "", Unmet::Key),
    ] {
        let mut headers = headers.clone();
        headers.insert(name, value.parse().unwrap());
        assert_eq!(accept(&headers, &[], false).unwrap_err(), expected, "{name}: {value}");
    }
}
