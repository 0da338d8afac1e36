//! TLS: real handshakes, certificates that change, and clients that do not shake hands.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kovar_serve::{Limits, Runtime, Tls, TlsError, TrustedProxy};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::support::{Client, TestServer, lifetime, patient, short, wait_until};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

type TlsClient = Client<StreamOwned<ClientConnection, TcpStream>>;

/// A directory with a certificate and its key, which goes with this.
struct Files {
    directory: PathBuf,
}

impl Files {
    fn new() -> (Self, CertificateDer<'static>) {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("kovar-tls-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let files = Self { directory: std::env::temp_dir().join(name) };
        std::fs::create_dir_all(&files.directory).unwrap();
        let certificate = files.renew();
        (files, certificate)
    }

    fn certificate(&self) -> PathBuf {
        self.directory.join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.directory.join("key.pem")
    }

    /// Writes another certificate and its key.
    fn renew(&self) -> CertificateDer<'static> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(self.certificate(), made.cert.pem()).unwrap();
        std::fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
        made.cert.der().clone()
    }

    fn load(&self) -> Result<Tls, TlsError> {
        Tls::from_files(self.certificate(), self.key())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn start() -> (TestServer, CertificateDer<'static>) {
    start_with(short())
}

/// The files may go: what is loaded stays.
fn start_with(limits: Limits) -> (TestServer, CertificateDer<'static>) {
    let (files, certificate) = Files::new();
    let tls = files.load().unwrap();
    (TestServer::set(|server| server.limits(limits).tls(tls)), certificate)
}

fn config(trusted: &CertificateDer<'static>, protocols: &[&str]) -> Arc<ClientConfig> {
    config_of(trusted, protocols, rustls::ALL_VERSIONS)
}

fn config_of(
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// Shakes hands with whoever has this certificate.
fn try_connect(server: &TestServer, config: Arc<ClientConfig>) -> std::io::Result<TlsClient> {
    let mut stream = patient(TcpStream::connect(server.address).unwrap());
    shake(&mut stream, config).map(|session| Client::through(StreamOwned::new(session, stream)))
}

fn shake(stream: &mut TcpStream, config: Arc<ClientConfig>) -> std::io::Result<ClientConnection> {
    let mut session = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    while session.is_handshaking() {
        session.complete_io(stream)?;
    }
    Ok(session)
}

fn connect(server: &TestServer, certificate: &CertificateDer<'static>) -> TlsClient {
    try_connect(server, config(certificate, &["http/1.1"])).unwrap()
}

/// What a client begins with.
fn client_hello(certificate: &CertificateDer<'static>) -> Vec<u8> {
    let mut session = ClientConnection::new(config(certificate, &[]), "localhost".try_into().unwrap()).unwrap();
    let mut bytes = Vec::new();
    session.write_tls(&mut bytes).unwrap();
    bytes
}

fn within(duration: Duration, least: u64, most: u64) {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap();
    assert!((least..=most).contains(&milliseconds), "{milliseconds} ms is not within {least} and {most}");
}

#[test]
fn both_versions_are_spoken_with_and_without_a_choice_of_protocol() {
    let (server, certificate) = start();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for protocols in [&[][..], &["http/1.1"], &["h3", "http/1.1"]] {
            let config = config_of(&certificate, protocols, &[version]);
            let mut client = try_connect(&server, config).unwrap();
            assert_eq!(client.stream.conn.protocol_version(), Some(version.version));
            let chosen = (!protocols.is_empty()).then_some(&b"http/1.1"[..]);
            assert_eq!(client.stream.conn.alpn_protocol(), chosen);
            for _ in 0..2 {
                client.send("GET /asker HTTP/1.1\r\nhost: a\r\n\r\n");
                assert_eq!(client.answer().body, "127.0.0.1 https -");
            }
        }
    }
    assert!(try_connect(&server, config(&certificate, &["spdy/1"])).is_err(), "RFC 7301 §3.2");
}

#[tokio::test(flavor = "current_thread")]
async fn http2_is_spoken_where_it_is_chosen() {
    let (server, certificate) = start();
    let connector = tokio_rustls::TlsConnector::from(config(&certificate, &["h2", "http/1.1"]));
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    for _ in 0..3 {
        let request = http::Request::get("https://a/asker").body(()).unwrap();
        let (response, _) = client.send_request(request, true).unwrap();
        let mut response = response.await.unwrap();
        assert_eq!(response.status(), 200);
        let body = response.body_mut().data().await.unwrap().unwrap();
        assert_eq!(body, "127.0.0.1 https -");
    }
    server.begin_drain();
    drop(client);
    assert!(tokio::task::spawn_blocking(move || server.join()).await.unwrap() < Duration::from_secs(2));
}

#[test]
fn a_new_certificate_is_for_new_handshakes() {
    let (files, old) = Files::new();
    let tls = files.load().unwrap();
    let server = TestServer::set(|server| server.tls(tls.clone()));
    let mut open = connect(&server, &old);
    open.send(GET);
    assert_eq!(open.answer().body, "hello");
    let new = files.renew();
    tls.reload().unwrap();
    open.send(GET);
    assert_eq!(open.answer().body, "hello", "the open connection goes on");
    assert!(try_connect(&server, config(&old, &[])).is_err(), "the old one is gone");
    let mut client = connect(&server, &new);
    client.send(GET);
    assert_eq!(client.answer().body, "hello");
}

#[test]
fn files_that_change_are_noticed() {
    let (files, old) = Files::new();
    let tls = files.load().unwrap();
    let server = TestServer::set(|server| server.tls(tls));
    assert!(try_connect(&server, config(&old, &[])).is_ok());
    let new = files.renew();
    wait_until("it is loaded", || try_connect(&server, config(&new, &[])).is_ok());
    // As a directory of secrets is swapped by a link.
    let (others, newest) = Files::new();
    for (link, target) in [(files.certificate(), others.certificate()), (files.key(), others.key())] {
        std::fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(target, link).unwrap();
    }
    wait_until("it is loaded", || try_connect(&server, config(&newest, &[])).is_ok());
}

#[test]
fn files_that_cannot_be_used_change_nothing() {
    let (files, old) = Files::new();
    let tls = files.load().unwrap();
    let server = TestServer::set(|server| server.tls(tls.clone()));
    let key = std::fs::read(files.key()).unwrap();
    for broken in [&b""[..], b"-----BEGIN PRIVATE KEY-----\n", &key[..key.len() / 2]] {
        std::fs::write(files.key(), broken).unwrap();
        assert!(tls.reload().is_err());
        assert!(try_connect(&server, config(&old, &[])).is_ok());
    }
    std::fs::remove_file(files.key()).unwrap();
    assert!(tls.reload().is_err());
    assert!(try_connect(&server, config(&old, &[])).is_ok());
    // The certificate is written first, and the key a moment later.
    let (others, new) = Files::new();
    std::fs::write(files.key(), &key).unwrap();
    std::fs::copy(others.certificate(), files.certificate()).unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::Mismatch { .. })));
    assert!(try_connect(&server, config(&old, &[])).is_ok());
    std::fs::copy(others.key(), files.key()).unwrap();
    wait_until("it is loaded", || try_connect(&server, config(&new, &[])).is_ok());
}

#[test]
fn errors_name_the_file() {
    let (files, _) = Files::new();
    let (others, _) = Files::new();
    let check = |certificate: PathBuf, key: PathBuf, expected: &str| {
        let error = Tls::from_files(certificate, key).unwrap_err().to_string();
        let expected = expected.replace("DIR", &files.directory.display().to_string());
        assert!(error.starts_with(&expected), "{error}");
    };
    let written = |name: &str, text: &str| {
        std::fs::write(files.directory.join(name), text).unwrap();
        files.directory.join(name)
    };
    check(files.directory.join("none"), files.key(), "DIR/none cannot be read: No such file");
    check(files.certificate(), files.directory.join("none"), "DIR/none cannot be read: No such file");
    check(files.directory.clone(), files.key(), "DIR cannot be read: ");
    check(files.key(), files.key(), "there is no certificate in DIR/key.pem");
    check(written("empty", ""), files.key(), "there is no certificate in DIR/empty");
    check(files.certificate(), files.certificate(), "there is no private key in DIR/certificate.pem");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    check(files.certificate(), written("locked", encrypted), "there is no private key in DIR/locked; an encrypted");
    check(written("cut", "-----BEGIN CERTIFICATE-----\nAAAA\n"), files.key(), "DIR/cut is not PEM: ");
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    check(written("odd", no_certificate), files.key(), "DIR/odd and DIR/key.pem cannot be used: ");
    let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    check(files.certificate(), written("odd-key", no_key), "DIR/certificate.pem and DIR/odd-key cannot be used: ");
    let expected = format!("the key in {} does not fit the certificate in DIR/certificate.pem", others.key().display());
    check(files.certificate(), others.key(), &expected);
    let both = [files.certificate(), files.key()].map(|path| std::fs::read_to_string(path).unwrap()).concat();
    let both = written("both", &both);
    assert!(Tls::from_files(both.clone(), both).is_ok(), "one file may have both");
}

#[test]
fn a_client_that_never_shakes_hands_is_closed() {
    let (server, certificate) = start_with(Limits { head_timeout: Some(Duration::from_secs(5)), ..short() });
    within(lifetime(&mut server.connect()), 450, 1000);
    let hello = client_hello(&certificate);
    within(lifetime(&mut server.send(&hello[..hello.len() / 2])), 450, 1000);
    within(lifetime(&mut server.send(&hello)), 450, 1000);
    wait_until("they are forgotten", || server.open() == 0);
}

#[test]
fn a_handshake_that_drips_is_not_waited_for_longer() {
    let (server, certificate) = start();
    let mut client = server.connect();
    let mut stream = client.stream.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        for byte in client_hello(&certificate) {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    within(lifetime(&mut client), 450, 1000);
    dripping.join().unwrap();
}

#[test]
fn nobody_who_is_slow_at_it_keeps_others_waiting() {
    let limits = Limits { handshake_timeout: Some(Duration::from_secs(5)), ..short() };
    let (server, certificate) = start_with(limits);
    let hello = client_hello(&certificate);
    let silent: Vec<Client> = (0..50).map(|index| server.send(&hello[..index % 3])).collect();
    wait_until("they are counted", || server.open() == 50);
    let start = Instant::now();
    let mut client = connect(&server, &certificate);
    client.send(GET);
    assert_eq!(client.answer().status, 200);
    within(start.elapsed(), 0, 500);
    drop(silent);
    wait_until("they are forgotten", || server.open() == 1);
}

#[test]
fn handshakes_count_as_connections() {
    let (server, certificate) = start_with(Limits { connections: Some(2), ..short() });
    let slow = [server.connect(), server.connect()];
    wait_until("they are counted", || server.open() == 2);
    let start = Instant::now();
    let mut third = connect(&server, &certificate);
    third.send(GET);
    assert_eq!(third.answer().status, 200);
    within(start.elapsed(), 200, 1500);
    drop(slow);
}

#[test]
fn a_client_without_tls_is_told_so() {
    let (server, _) = start();
    let mut client = server.send(GET);
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (400, Some("close")));
    assert_eq!(answer.body, "this port speaks HTTPS\n");
    assert!(client.closes_within(Duration::from_secs(1)));
    for bytes in [&b"\0"[..], b"\r\n", b"\x16\x03\x01\0\x05hello", b"\x16\xff\xff\xff\xff\xff\xff"] {
        let mut client = server.send(bytes);
        assert!(client.closes_within(Duration::from_secs(1)), "{}", bytes.escape_ascii());
    }
    wait_until("they are forgotten", || server.open() == 0);
}

/// RFC 8446 §6.1.
#[test]
fn what_is_in_flight_is_finished_and_the_end_is_announced() {
    let (server, certificate) = start();
    let mut busy = connect(&server, &certificate);
    busy.send("GET /sleep/700 HTTP/1.1\r\nhost: a\r\n\r\n");
    let mut idle = connect(&server, &certificate);
    idle.send(GET);
    assert_eq!(idle.answer().status, 200);
    wait_until("it is in flight", || server.in_flight() == 1);
    server.begin_drain();
    let answer = busy.answer();
    assert_eq!((answer.body.as_str(), answer.header("connection")), ("slept", Some("close")));
    for client in [&mut busy, &mut idle] {
        assert_eq!(client.stream.read(&mut [0; 16]).unwrap(), 0, "the end is announced");
    }
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn a_drain_does_not_wait_for_handshakes() {
    let (server, certificate) = start_with(Limits { handshake_timeout: None, ..short() });
    let mut slow = server.send(&client_hello(&certificate)[..10]);
    wait_until("it is counted", || server.open() == 1);
    server.begin_drain();
    assert!(slow.closes_within(Duration::from_secs(2)));
    assert!(server.join() < Duration::from_secs(2));
}

#[test]
fn limits_hold_by_tls_as_they_do_without() {
    let (server, certificate) = start();
    let mut slow_head = connect(&server, &certificate);
    slow_head.send("GET / HTTP/1.1\r\nhost:");
    assert_eq!(slow_head.answer().status, 408);
    let mut silent = connect(&server, &certificate);
    let start = Instant::now();
    assert!(silent.try_answer().is_none());
    within(start.elapsed(), 450, 1000);
    let mut stalled = connect(&server, &certificate);
    stalled.send("GET /big HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it is being answered", || server.in_flight() == 1);
    let start = Instant::now();
    wait_until("it is given up", || server.open() == 0);
    within(start.elapsed(), 600, 2000);
}

#[test]
fn a_big_answer_and_a_big_body_arrive_whole() {
    // To decrypt so much in a debug build takes longer than a connection may be idle.
    let (server, certificate) = start_with(Limits { keep_alive_timeout: None, ..short() });
    let mut client = connect(&server, &certificate);
    client.send("GET /big HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(client.answer().body.len(), 64 << 20);
    let body = "0123456789abcdef".repeat(1 << 16);
    client.send(format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
    assert!(client.answer().body == body);
}

#[test]
fn the_header_of_a_proxy_comes_before_the_handshake() {
    let (files, certificate) = Files::new();
    let tls = files.load().unwrap();
    let proxy: TrustedProxy = "127.0.0.1".parse().unwrap();
    let server = TestServer::set(|server| server.tls(tls).proxy_protocol([proxy]));
    let mut stream = patient(TcpStream::connect(server.address).unwrap());
    stream.write_all(b"PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n").unwrap();
    let session = shake(&mut stream, config(&certificate, &[])).unwrap();
    let mut client = Client::through(StreamOwned::new(session, stream));
    client.send("GET /asker HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(client.answer().body, "203.0.113.9 https -");
    assert!(try_connect(&server, config(&certificate, &[])).is_err(), "without a header");
}

#[test]
fn both_runtimes_spread_connections_of_tls() {
    for runtime in [Runtime::PerCore, Runtime::Shared] {
        let (files, certificate) = Files::new();
        let tls = files.load().unwrap();
        // The first waits until all have shaken hands.
        let server = TestServer::set_up(runtime, 2, |server| server.limits(Limits::default()).tls(tls));
        let mut clients: Vec<TlsClient> = (0..60).map(|_| connect(&server, &certificate)).collect();
        for client in &mut clients {
            client.send(GET);
            assert_eq!(client.answer().body, "hello");
        }
        let open = server.stats().iter().map(|stats| stats.open());
        let most = open.max().unwrap();
        assert!(most <= 36 || server.stats().len() == 1, "{most} of 60");
    }
}

/// RFC 8446 §6.1 wants a `close_notify`; not all clients send one. What is cut off has a length of its own, so it is not
/// taken for whole.
#[test]
fn a_client_that_ends_without_saying_so_is_answered() {
    let (server, certificate) = start();
    for path in ["/", "/sleep/300"] {
        let mut client = connect(&server, &certificate);
        client.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        client.stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(client.answer().status, 200, "{path}");
    }
    let mut client = connect(&server, &certificate);
    client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345");
    client.stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(client.try_answer().is_none_or(|answer| answer.status >= 400));
    wait_until("nothing is left", || (server.open(), server.in_flight()) == (0, 0));
}
