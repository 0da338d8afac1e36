//! Bodies in chunks (RFC 9112 §7.1).

use super::super::support::TestServer;
use super::{Answered, Expected, Refused, check, post};

fn chunked(body: &str) -> String {
    post("transfer-encoding: chunked\r\n", body)
}

/// RFC 9112 §7.1, §7.1.1: extensions are skipped, zeros and both cases of letters are digits.
#[test]
fn what_is_allowed() {
    check([
        ("one", chunked("4\r\nabcd\r\n0\r\n\r\n"), Answered(200)),
        ("none", chunked("0\r\n\r\n"), Answered(200)),
        ("two", chunked("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"), Answered(200)),
        ("COMP-CHUNKED-HEX-UPPERCASE", chunked("A\r\n0123456789\r\n0\r\n\r\n"), Answered(200)),
        ("SMUG-CHUNK-LEADING-ZEROS", chunked("0004\r\nabcd\r\n000\r\n\r\n"), Answered(200)),
        ("COMP-CHUNKED-EXTENSION", chunked("4;a=b\r\nabcd\r\n0;c\r\n\r\n"), Answered(200)),
        ("COMP-CHUNKED-TRAILER-VALID", chunked("4\r\nabcd\r\n0\r\nx: y\r\n\r\n"), Answered(200)),
        // RFC 9112 §7.1.1: white space that is bad, and read nevertheless.
        ("a space after the size", chunked("4 \r\nabcd\r\n0\r\n\r\n"), Answered(200)),
        // No extension after it: wrong by the letter, but nobody sees another size in it.
        ("SMUG-CHUNK-BARE-SEMICOLON", chunked("4;\r\nabcd\r\n0\r\n\r\n"), Answered(200)),
    ]);
}

/// The test's handler has this for a body that it cannot read.
const UNREADABLE: Expected = Refused(408);

/// Where a size could be read in two ways, or a part does not end where it should, no end is guessed.
#[test]
fn what_is_refused() {
    let long = |length| format!("4;{}\r\nabcd\r\n0\r\n\r\n", "a".repeat(length));
    check([
        ("SMUG-CHUNK-HEX-PREFIX", chunked("0x4\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-PLUS", chunked("+4\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-NEGATIVE", chunked("-4\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-UNDERSCORE", chunked("1_0\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-LEADING-SP", chunked(" 4\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-EMPTY", chunked("\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-SIZE-OVERFLOW", chunked("FFFFFFFFFFFFFFFFF\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("as much as there are bytes", chunked("FFFFFFFFFFFFFFFF\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-LF-TERM", chunked("4\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-SPILL", chunked("4\r\nabcdefgh\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-MISSING-CRLF", chunked("4\r\nabcd0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-LF-AFTER-DATA", chunked("4\r\nabcd\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-EXT-CR", chunked("4;a\rb\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("SMUG-CHUNK-EXT-LF", chunked("4;a\nb\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("letters", chunked("abcq\r\nabcd\r\n0\r\n\r\n"), UNREADABLE),
        ("MAL-CHUNK-EXT-64K", chunked(&long(64 * 1024)), UNREADABLE),
        ("trailers without end", chunked(&format!("0\r\n{}\r\n", "x: y\r\n".repeat(20_000))), UNREADABLE),
        ("a trailer that is none", chunked("0\r\nx y\r\n\r\n"), UNREADABLE),
        ("SMUG-TRAILER-OBS-FOLD", chunked("0\r\nx: y\r\n z\r\n\r\n"), UNREADABLE),
    ]);
}

/// RFC 9110 §6.5.1: what trailers say is not a field of the head.
#[test]
fn trailers_change_nothing() {
    let server = TestServer::start();
    for (name, trailer) in [
        ("SMUG-TRAILER-HOST", "host: evil"),
        ("SMUG-TRAILER-CL", "content-length: 50"),
        ("SMUG-TRAILER-TE", "transfer-encoding: chunked"),
        ("SMUG-TRAILER-AUTH", "authorization: Bearer x"),
    ] {
        let body = format!("0\r\n{trailer}\r\n\r\nGET / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n");
        let head = "GET /host HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut client = server.send(format!("{head}{body}"));
        assert_eq!(client.answer().body, "a", "{name}");
        assert_eq!(client.answer().body, "hello", "{name}");
    }
}
