//! The PROXY protocol on real connections.

use std::time::Duration;

use kovar_serve::{Limits, TrustedProxy};

use super::support::{TestServer, lifetime, short, wait_until};

const GET: &str = "GET /addresses HTTP/1.1\r\nhost: a\r\n\r\n";
const LINE: &str = "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n";
const BINARY: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x21\x00\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xdc\x04\x01\xbb";

fn from(network: &str) -> TestServer {
    let proxy: TrustedProxy = network.parse().unwrap();
    TestServer::set(|server| server.proxy_protocol([proxy]))
}

fn check(bytes: &[u8], expected: &str) {
    let server = from("127.0.0.0/8");
    let mut client = server.send(bytes);
    client.send(GET);
    assert_eq!(client.answer().body, expected, "{}", bytes.escape_ascii());
    client.send(GET);
    assert_eq!(client.answer().body, expected, "also the second time");
    let mut client = server.connect();
    for byte in [bytes, GET.as_bytes()].concat() {
        client.send([byte]);
    }
    assert_eq!(client.answer().body, expected, "in single bytes");
}

#[test]
fn a_header_names_the_client() {
    check(LINE.as_bytes(), "203.0.113.9 by 127.0.0.1");
    check(BINARY, "2001:db8::1 by 127.0.0.1");
}

#[test]
fn a_header_that_names_nobody_leaves_the_proxy() {
    check(b"PROXY UNKNOWN\r\n", "127.0.0.1 by 127.0.0.1");
    check(b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "127.0.0.1 by 127.0.0.1");
}

#[test]
fn without_a_header_a_proxy_is_closed() {
    let server = from("127.0.0.1");
    for bytes in [GET.as_bytes(), b"PROXY TCP4 a b c d\r\n", b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0"] {
        let mut client = server.send(bytes);
        assert!(client.try_answer().is_none(), "{}", bytes.escape_ascii());
    }
    wait_until("they are forgotten", || server.open() == 0);
}

/// RFC 9112 §2.2: such a line is no request line.
#[test]
fn from_others_a_header_is_no_request() {
    for server in [TestServer::start(), from("10.0.0.0/8")] {
        assert_eq!(server.ask(GET).body, "127.0.0.1 by 127.0.0.1");
        for header in [LINE.as_bytes(), BINARY] {
            let mut client = server.send([header, GET.as_bytes()].concat());
            assert_eq!(client.answer().status, 400, "{}", header.escape_ascii());
            assert!(client.closes_within(Duration::from_secs(1)));
        }
    }
}

#[test]
fn a_header_must_arrive_in_time() {
    let server = TestServer::set(|server| {
        let limits = Limits { head_timeout: Some(Duration::from_secs(5)), ..short() };
        server.limits(limits).proxy_protocol(["127.0.0.1".parse::<TrustedProxy>().unwrap()])
    });
    for start in ["", "PROXY", "PROXY TCP4 203.0.113.9"] {
        let lived = lifetime(&mut server.send(start));
        assert!((Duration::from_millis(450)..Duration::from_millis(1000)).contains(&lived), "{start:?}: {lived:?}");
    }
    wait_until("they are forgotten", || server.open() == 0);
}

#[test]
fn the_head_has_its_own_time() {
    let server = from("127.0.0.1");
    let mut client = server.connect();
    std::thread::sleep(Duration::from_millis(350));
    client.send(LINE);
    std::thread::sleep(Duration::from_millis(350));
    client.send(GET);
    assert_eq!(client.answer().status, 200);
}

/// Who is let through by a proxy is trusted for what it is, not for how it came.
#[test]
fn fields_are_believed_of_the_client_that_is_named() {
    let server = TestServer::set(|server| {
        let trusted = |text: &str| text.parse::<TrustedProxy>().unwrap();
        server.proxy_protocol([trusted("127.0.0.1")]).trusted_proxies([trusted("127.0.0.1"), trusted("198.51.100.1")])
    });
    let asker = "GET /asker HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 203.0.113.9\r\n\r\n";
    let check = |header: &str, expected: &str| {
        assert_eq!(server.ask([header, asker].concat()).body, expected, "{header}");
    };
    check("PROXY TCP4 198.51.100.1 10.0.0.1 1 2\r\n", "203.0.113.9 http -");
    check("PROXY TCP4 198.51.100.2 10.0.0.1 1 2\r\n", "198.51.100.2 http -");
    check("PROXY UNKNOWN\r\n", "127.0.0.1 http -");
}
