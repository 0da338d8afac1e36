//! Where a body ends (RFC 9112 §6).

use super::{Answered, Closed, Refused, check, get, post};

/// RFC 9112 §6.3, rule 3: the coding wins, and the connection ends.
#[test]
fn a_length_and_a_coding() {
    let empty = "0\r\n\r\n";
    check([
        ("SMUG-CL-TE-BOTH", post("content-length: 4\r\ntransfer-encoding: chunked\r\n", empty), Closed(200)),
        ("SMUG-TE-CL", post("transfer-encoding: chunked\r\ncontent-length: 4\r\n", empty), Closed(200)),
        ("no length of 0 either", post("transfer-encoding: chunked\r\ncontent-length: 0\r\n", empty), Closed(200)),
        ("a coding that is none", post("content-length: 4\r\ntransfer-encoding: xchunked\r\n", "abcd"), Refused(400)),
        ("a length that is none", post("content-length: x\r\ntransfer-encoding: chunked\r\n", empty), Refused(400)),
    ]);
}

/// RFC 9110 §8.6; RFC 9112 §6.3, rule 5.
#[test]
fn lengths() {
    let length = |value: &str| post(&format!("content-length:{value}\r\n"), "abcd");
    check([
        ("COMP-CL", length(" 4"), Answered(200)),
        ("SMUG-CL-LEADING-ZEROS", length(" 0004"), Answered(200)),
        ("SMUG-CL-TRAILING-SPACE", length(" 4 "), Answered(200)),
        ("SMUG-CL-EXTRA-LEADING-SP", length("   4"), Answered(200)),
        ("a tab", length("\t4\t"), Answered(200)),
        ("twice the same", post("content-length: 4\r\ncontent-length: 4\r\n", "abcd"), Answered(200)),
        ("SMUG-DUPLICATE-CL", post("content-length: 4\r\ncontent-length: 5\r\n", "abcd"), Refused(400)),
        ("SMUG-CL-COMMA-DIFFERENT", length(" 4, 5"), Refused(400)),
        ("SMUG-CL-COMMA-SAME", length(" 4, 4"), Refused(400)),
        ("SMUG-CL-COMMA-TRAILING", length(" 4,"), Refused(400)),
        ("SMUG-CL-PLUS", length(" +4"), Refused(400)),
        ("SMUG-CL-NEGATIVE", length(" -4"), Refused(400)),
        ("SMUG-CL-NEGATIVE-ZERO", length(" -0"), Refused(400)),
        ("SMUG-CL-HEX", length(" 0x4"), Refused(400)),
        ("SMUG-CL-OCTAL", length(" 0o4"), Refused(400)),
        ("SMUG-CL-BINARY", length(" 0b100"), Refused(400)),
        ("SMUG-CL-UNDERSCORE", length(" 1_0"), Refused(400)),
        ("SMUG-CL-INTERNAL-SPACE", length(" 4 4"), Refused(400)),
        ("SMUG-CL-EMPTY", length(""), Refused(400)),
        ("a fraction", length(" 4.0"), Refused(400)),
        ("quoted", length(" \"4\""), Refused(400)),
        ("digits past ASCII", length(" \u{664}"), Refused(400)),
        ("MAL-CL-OVERFLOW", length(" 99999999999999999999"), Refused(400)),
        // hyper's word for a number that it keeps for itself.
        ("MAL-CL-MAX", length(" 18446744073709551615"), Refused(431)),
        ("SMUG-CL-SP-BEFORE-COLON", post("content-length : 4\r\n", "abcd"), Refused(400)),
        ("folded", post("content-length:\r\n 4\r\n", "abcd"), Refused(400)),
        ("SMUG-CL0-BODY-POISON", post("content-length: 0\r\n", ""), Answered(200)),
        ("no length", post("", ""), Answered(200)),
    ]);
}

/// RFC 9112 §6.1, §7: what is not understood is never guessed.
#[test]
fn codings() {
    let coding = |field: &str| post(&format!("{field}\r\n"), "4\r\nabcd\r\n0\r\n\r\n");
    check([
        ("COMP-TE", coding("transfer-encoding: chunked"), Answered(200)),
        ("SMUG-TE-CASE", coding("Transfer-Encoding: Chunked"), Answered(200)),
        ("SMUG-TE-TRAILING-SPACE", coding("transfer-encoding: chunked "), Answered(200)),
        // By its last coding its end is known; what is within is not taken apart.
        ("SMUG-TE-IDENTITY-CHUNKED", coding("transfer-encoding: identity, chunked"), Answered(200)),
        ("SMUG-TE-XCHUNKED", coding("transfer-encoding: xchunked"), Refused(400)),
        ("SMUG-TE-IDENTITY", coding("transfer-encoding: identity"), Refused(400)),
        ("SMUG-TE-NOT-FINAL", coding("transfer-encoding: chunked, identity"), Refused(400)),
        ("SMUG-TE-EMPTY", coding("transfer-encoding:"), Refused(400)),
        ("SMUG-TE-SP-BEFORE-COLON", coding("transfer-encoding : chunked"), Refused(400)),
        ("SMUG-TE-VTAB", coding("transfer-encoding: \u{b}chunked"), Refused(400)),
        ("SMUG-TE-FORMFEED", coding("transfer-encoding: \u{c}chunked"), Refused(400)),
        ("SMUG-TE-NULL", coding("transfer-encoding: chunked\0"), Refused(400)),
        ("SMUG-TE-OBS-FOLD", coding("transfer-encoding:\r\n chunked"), Refused(400)),
        ("SMUG-TE-QUOTED", coding("transfer-encoding: \"chunked\""), Refused(400)),
        ("SMUG-TE-PARAMETER", coding("transfer-encoding: chunked;a=b"), Refused(400)),
        ("SMUG-TE-DUPLICATE-HEADERS", coding("transfer-encoding: chunked\r\ntransfer-encoding: x"), Refused(400)),
        ("SMUG-TE-LEADING-COMMA", coding("transfer-encoding: , chunked"), Answered(200)),
        ("past ASCII", coding("transfer-encoding: chun\u{212a}ed"), Refused(400)),
    ]);
}

/// RFC 9112 §6.1: of HTTP/1.0 such framing is faulty.
#[test]
fn codings_of_the_first_version() {
    let head = "POST /echo HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    check([("SMUG-TE-HTTP10", head, Refused(400))]);
}

/// RFC 9110 §9.3.1, §9.3.2, §9.3.7: what no handler reads is a body all the same, and never a request.
#[test]
fn bodies_where_none_is_expected() {
    let inner = "GET /sleep/1 HTTP/1.1\r\nhost: a\r\n\r\n";
    let with_body =
        |method: &str| format!("{method} / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{inner}", inner.len());
    let in_chunks = format!("{}{:x}\r\n{inner}\r\n0\r\n\r\n", get("transfer-encoding: chunked\r\n"), inner.len());
    check([
        ("SMUG-GET-CL-BODY-DESYNC", with_body("GET"), Answered(200)),
        ("SMUG-OPTIONS-CL-BODY-DESYNC", with_body("OPTIONS"), Answered(405)),
        ("an unknown method", with_body("BREW"), Answered(405)),
        ("SMUG-GET-TE-BODY-DESYNC", in_chunks, Answered(200)),
    ]);
}
