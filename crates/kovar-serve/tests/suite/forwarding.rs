//! Fields in which proxies say for whom they ask.

use std::io::{Read as _, Write as _};
use std::num::NonZeroUsize;
use std::os::unix::net::UnixStream;

use kovar_serve::{Address, ForwardedFields, Runtime, Server, TrustedProxy};

use super::support::TestServer;

fn proxies(list: &[&str]) -> Vec<TrustedProxy> {
    list.iter().map(|text| text.parse().unwrap()).collect()
}

fn check(server: &TestServer, fields: &str, expected: &str) {
    let answer = server.ask(format!("GET /asker HTTP/1.1\r\nhost: a\r\n{fields}\r\n"));
    assert_eq!((answer.status, answer.body.as_str()), (200, expected), "{fields:?}");
}

#[test]
fn by_default_nobody_is_believed() {
    let all =
        "x-forwarded-for: 1.1.1.1\r\nx-forwarded-proto: https\r\nx-forwarded-host: b\r\nforwarded: for=1.1.1.1\r\n";
    check(&TestServer::start(), all, "127.0.0.1 http -");
    let others = TestServer::set(|server| server.trusted_proxies(proxies(&["10.0.0.0/8", "unix"])));
    check(&others, all, "127.0.0.1 http -");
}

#[test]
fn a_trusted_proxy_is_believed() {
    let server = TestServer::set(|server| server.trusted_proxies(proxies(&["127.0.0.0/8", "10.0.0.0/8"])));
    check(&server, "", "127.0.0.1 http -");
    check(&server, "x-forwarded-for: 1.1.1.1, 203.0.113.9, 10.0.0.1\r\n", "203.0.113.9 http -");
    check(&server, "x-forwarded-for: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9 http -");
    check(&server, "x-forwarded-proto: https\r\nx-forwarded-host: shop.example\r\n", "127.0.0.1 https shop.example");
    check(&server, "x-forwarded-for: unknown\r\n", "nobody http -");
    check(&server, "forwarded: for=1.1.1.1;proto=https\r\n", "127.0.0.1 http -");
}

#[test]
fn the_standard_field_is_believed_where_it_is_chosen() {
    let server = TestServer::set(|server| {
        server.trusted_proxies(proxies(&["127.0.0.1"])).forwarded_fields(ForwardedFields::Forwarded)
    });
    let both = "x-forwarded-for: 1.1.1.1\r\nforwarded: for=\"[2001:db8::1]:80\";proto=https;host=b\r\n";
    check(&server, both, "2001:db8::1 https b");
    check(&server, "x-forwarded-for: 1.1.1.1\r\n", "127.0.0.1 http -");
}

/// Each request on a connection speaks for itself.
#[test]
fn nothing_is_left_of_the_request_before() {
    let server = TestServer::set(|server| server.trusted_proxies(proxies(&["127.0.0.1"])));
    let mut client = server.send("GET /asker HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 203.0.113.9\r\n\r\n");
    assert_eq!(client.answer().body, "203.0.113.9 http -");
    client.send("GET /asker HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(client.answer().body, "127.0.0.1 http -");
}

#[test]
fn whoever_connects_to_a_unix_socket_may_be_trusted() {
    for (trusted, expected) in [("unix", "203.0.113.9"), ("127.0.0.1", "nobody")] {
        let path = std::env::temp_dir().join(format!("kovar-serve-{}-{trusted}.sock", std::process::id()));
        let server = Server::bind(&[Address::Unix(path.clone())], Runtime::PerCore, NonZeroUsize::MIN).unwrap();
        let asker = async |axum::Extension(peer): axum::Extension<kovar_serve::Peer>| {
            peer.client_ip().map_or("nobody".to_owned(), |client| client.to_string())
        };
        let router = axum::Router::new().route("/", axum::routing::get(asker));
        let running = server.trusted_proxies(proxies(&[trusted])).serve(router).unwrap();
        let mut stream = UnixStream::connect(&path).unwrap();
        let request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-forwarded-for: 203.0.113.9\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with(&format!("\r\n\r\n{expected}")), "{answer}");
        running.drain();
        running.join();
        std::fs::remove_file(path).unwrap();
    }
}
