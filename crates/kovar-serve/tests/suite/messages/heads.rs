//! Request lines and fields (RFC 9112 §2 to §5).

use super::{Answered, Refused, check, get};

fn line(line: &str) -> String {
    format!("{line}\r\nhost: a\r\n\r\n")
}

/// RFC 9112 §3, §3.1, §3.2, §2.3.
#[test]
fn request_lines() {
    check([
        ("COMP-BASELINE", line("GET / HTTP/1.1"), Answered(200)),
        ("COMP-LEADING-CRLF (§2.2)", format!("\r\n\r\n{}", get("")), Answered(200)),
        ("COMP-METHOD-UNKNOWN", line("BREW / HTTP/1.1"), Answered(405)),
        ("COMP-METHOD-CASE", line("get / HTTP/1.1"), Answered(405)),
        ("COMP-ABSOLUTE-FORM (§3.2.2)", line("GET http://a/ HTTP/1.1"), Answered(200)),
        ("COMP-OPTIONS-STAR (§3.2.4)", line("OPTIONS * HTTP/1.1"), Answered(404)),
        ("MAL-URL-PERCENT-CRLF", line("GET /%0d%0ax:y HTTP/1.1"), Answered(404)),
        ("MAL-URL-PERCENT-NULL", line("GET /%00 HTTP/1.1"), Answered(404)),
        ("a null", line("GET /\0 HTTP/1.1"), Refused(400)),
        ("a tab", line("GET /\ta HTTP/1.1"), Refused(400)),
        ("COMP-SPACE-IN-TARGET", line("GET /a b HTTP/1.1"), Refused(400)),
        ("COMP-NO-TARGET", line("GET  HTTP/1.1"), Refused(400)),
        ("COMP-NO-VERSION", line("GET /"), Refused(400)),
        ("COMP-VERSION-1.9", line("GET / HTTP/1.9"), Refused(400)),
        ("COMP-VERSION-CASE", line("GET / http/1.1"), Refused(400)),
        ("COMP-VERSION-2", line("GET / HTTP/2.0"), Refused(400)),
        ("COMP-VERSION-ZEROS", line("GET / HTTP/01.1"), Refused(400)),
        ("COMP-VERSION-LONG", line("GET / HTTP/1.10"), Refused(400)),
        ("COMP-VERSION-SPACE", line("GET / HTTP/1.1 "), Refused(400)),
        ("COMP-NO-METHOD", line(" / HTTP/1.1"), Refused(400)),
        ("a method with a slash", line("GE/T / HTTP/1.1"), Refused(400)),
        ("a method with a null", line("G\0T / HTTP/1.1"), Refused(400)),
        ("COMP-TAB-SEPARATOR", line("GET\t/\tHTTP/1.1"), Refused(400)),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n".to_owned(), Refused(400)),
        ("PROXY", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n\r\n".to_owned(), Refused(400)),
    ]);
}

/// RFC 9112 §2.2, §5, §5.1, §5.2; RFC 9110 §5.1, §5.5.
#[test]
fn fields() {
    check([
        ("COMP-NO-SPACE-AFTER-COLON", get("x:y\r\n"), Answered(200)),
        ("COMP-SPACES-AROUND-VALUE", get("x: \t y \t\r\n"), Answered(200)),
        ("an empty value", get("x:\r\n"), Answered(200)),
        ("COMP-OBS-TEXT", get("x: \u{e9}\r\n"), Answered(200)),
        // A line may end with a line feed alone (§2.2); then it does so for every reader.
        ("COMP-BARE-LF", "GET / HTTP/1.1\nhost: a\nx: y\n\n".to_owned(), Answered(200)),
        ("COMP-OBS-FOLD", get("x: a\r\n b\r\n"), Refused(400)),
        ("folded by a tab", get("x: a\r\n\tb\r\n"), Refused(400)),
        ("COMP-LEADING-SP-HEADER", "GET / HTTP/1.1\r\n host: a\r\n\r\n".to_owned(), Refused(400)),
        ("COMP-SP-BEFORE-COLON", get("x : y\r\n"), Refused(400)),
        ("COMP-NO-COLON", get("x\r\n"), Refused(400)),
        ("COMP-EMPTY-NAME", get(": y\r\n"), Refused(400)),
        ("a name with a space", get("x y: z\r\n"), Refused(400)),
        ("a name past ASCII", get("\u{e9}: y\r\n"), Refused(400)),
        ("MAL-NULL-VALUE", get("x: a\0b\r\n"), Refused(400)),
        ("MAL-NULL-NAME", get("x\0: y\r\n"), Refused(400)),
        ("MAL-CONTROL", get("x: a\u{7}b\r\n"), Refused(400)),
        ("MAL-DELETE", get("x: a\u{7f}b\r\n"), Refused(400)),
        ("COMP-BARE-CR", get("x: a\rb\r\n"), Refused(400)),
        ("a bare carriage return in a name", get("x\ry: z\r\n"), Refused(400)),
        ("COMP-HOST-MISSING", "GET / HTTP/1.1\r\n\r\n".to_owned(), Refused(400)),
        ("COMP-HOST-DUPLICATE", get("host: a\r\n"), Refused(400)),
        ("COMP-HOST-INVALID", "GET / HTTP/1.1\r\nhost: a/b\r\n\r\n".to_owned(), Refused(400)),
    ]);
}

/// RFC 9110 §15.5.15; RFC 6585 §5. hyper's own limits are wider than an app's.
#[test]
fn heads_that_are_too_long() {
    let many: String = (0..300).map(|index| format!("x-{index}: 1\r\n")).collect();
    check([
        ("MAL-MANY-HEADERS", get(&many), Refused(431)),
        ("MAL-LONG-URL", line(&format!("GET /{} HTTP/1.1", "a".repeat(70_000))), Refused(414)),
        ("MAL-LONG-HEADER-VALUE", get(&format!("x: {}\r\n", "a".repeat(200_000))), Refused(431)),
        ("MAL-LONG-HEADER-NAME", get(&format!("{}: x\r\n", "a".repeat(200_000))), Refused(431)),
        ("MAL-LONG-METHOD", line(&format!("{} / HTTP/1.1", "A".repeat(200_000))), Refused(431)),
    ]);
}
