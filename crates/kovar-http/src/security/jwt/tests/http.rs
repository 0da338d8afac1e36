//! Fetching over HTTP from a real server: one that is good, slow, endless, elsewhere, or somebody else.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// What the server says to each path; `{base}` in a body becomes the server's own address.
type Answers = Vec<(&'static str, String)>;

async fn serve(answers: Answers) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (answers, own) = (Arc::new(answers), base.clone());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket, Arc::clone(&answers), own.clone()));
        }
    });
    base
}

async fn answer(mut socket: impl AsyncRead + AsyncWrite + Unpin, answers: Arc<Answers>, base: String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = socket.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap();
    match answers.iter().find(|(known, _)| *known == path) {
        Some((_, text)) if text == "silence" => std::future::pending().await,
        Some((_, text)) if text == "endless" => {
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            while socket.write_all(chunk.as_bytes()).await.is_ok() {}
        }
        Some((_, text)) => drop(socket.write_all(text.replace("{base}", &base).as_bytes()).await),
        None => drop(socket.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await),
    }
    let _ = socket.shutdown().await;
}

/// A 200 whose length is that of the body once `{base}` is filled in: the connection's end says it.
fn ok(body: &Value) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: max-age=120\r\nconnection: close\r\n\r\n{body}"
    )
}

async fn failure(source: HttpSource) -> String {
    source.fetch().await.expect_err("the fetch fails").to_string()
}

#[tokio::test]
async fn a_set_is_fetched_from_its_url() {
    let (key, published) = ed25519("a");
    let base = serve(vec![("/keys", ok(&json!({"keys": [published]})))]).await;
    let document = HttpSource::jwks(&format!("{base}/keys")).unwrap().fetch().await.unwrap();
    assert_eq!(document.max_age, Some(Duration::from_secs(120)));
    let verifier = verifier(Jwks::url(&format!("{base}/keys")).unwrap());
    verifier.verify(&token_of(key)).await.unwrap();
}

#[tokio::test]
async fn a_set_is_found_through_its_issuer() {
    let (key, published) = ed25519("a");
    for path in ["", "/", "/realm"] {
        let document = ok(&json!({"issuer": format!("{{base}}{path}"), "jwks_uri": "{base}/keys"}));
        let keys = ok(&json!({"keys": [published]}));
        let well_known = if path == "/realm" {
            "/realm/.well-known/openid-configuration"
        } else {
            "/.well-known/openid-configuration"
        };
        let base = serve(vec![(well_known, document), ("/keys", keys)]).await;
        let verifier = verifier(Jwks::discover(&format!("{base}{path}")).unwrap());
        verifier.verify(&token_with_header(&key, &json!({"alg": "EdDSA", "kid": "a"}))).await.unwrap();
    }
}

#[tokio::test]
async fn a_document_of_another_issuer_is_refused() {
    for issuer in ["https://id.test", "{base}/", "{base}/other", ""] {
        let document = ok(&json!({"issuer": issuer, "jwks_uri": "{base}/keys"}));
        let base = serve(vec![("/.well-known/openid-configuration", document)]).await;
        let error = failure(HttpSource::discovery(&base).unwrap()).await;
        assert!(error.starts_with("the discovery document is of issuer"), "{error}");
    }
    for body in [json!({}), json!({"issuer": "{base}"}), json!([])] {
        let base = serve(vec![("/.well-known/openid-configuration", ok(&body))]).await;
        failure(HttpSource::discovery(&base).unwrap()).await;
    }
}

#[tokio::test]
async fn keys_elsewhere_without_https_are_refused() {
    let document = ok(&json!({"issuer": "{base}", "jwks_uri": "http://10.0.0.1/keys"}));
    let base = serve(vec![("/.well-known/openid-configuration", document)]).await;
    let error = failure(HttpSource::discovery(&base).unwrap()).await;
    assert!(error.contains("is neither `https`"), "{error}");
}

#[tokio::test]
async fn redirects_and_errors_are_not_keys() {
    let (_, published) = ed25519("a");
    let keys = json!({"keys": [published]}).to_string();
    for status in [
        "301 Moved",
        "302 Found",
        "307 Temporary Redirect",
        "204 No Content",
        "206 Partial Content",
        "404 Not Found",
        "500 Oops",
    ] {
        let moved = format!("HTTP/1.1 {status}\r\nlocation: {{base}}/keys\r\nconnection: close\r\n\r\n{keys}");
        let base = serve(vec![("/moved", moved), ("/keys", ok(&json!({"keys": []})))]).await;
        let error = failure(HttpSource::jwks(&format!("{base}/moved")).unwrap()).await;
        assert_eq!(error, format!("the source answered {}", &status[..3]));
    }
}

#[tokio::test]
async fn an_oversized_answer_is_refused() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n".to_owned() + &" ".repeat(1_048_577);
    let head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(200_000));
    let base = serve(vec![("/announced", announced), ("/endless", "endless".to_owned()), ("/head", head)]).await;
    for path in ["announced", "endless"] {
        let error = failure(HttpSource::jwks(&format!("{base}/{path}")).unwrap()).await;
        assert_eq!(error, "length limit exceeded", "{path}");
    }
    failure(HttpSource::jwks(&format!("{base}/head")).unwrap()).await;
}

#[tokio::test]
async fn a_cut_answer_is_refused() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\": []}".to_owned();
    let base = serve(vec![("/cut", cut), ("/garbage", "garbage".to_owned())]).await;
    failure(HttpSource::jwks(&format!("{base}/cut")).unwrap()).await;
    failure(HttpSource::jwks(&format!("{base}/garbage")).unwrap()).await;
    failure(HttpSource::jwks("http://127.0.0.1:1/nobody").unwrap()).await;
}

/// The clock is paused: it jumps to the deadline as soon as everybody waits.
#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up_after_5_s() {
    let base = serve(vec![("/keys", "silence".to_owned())]).await;
    let verifier = verifier(Jwks::url(&format!("{base}/keys")).unwrap());
    let start = tokio::time::Instant::now();
    assert!(verifier.preload().await.unwrap_err().is_unavailable());
    assert!((4900..5100).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

async fn serve_tls(answers: Answers) -> u16 {
    let chain = CertificateDer::pem_slice_iter(fixture!("server.pem").as_bytes()).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(fixture!("server.private.pem").as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = Arc::new(answers);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if let Ok(socket) = acceptor.accept(socket).await {
                tokio::spawn(answer(socket, Arc::clone(&answers), String::new()));
            }
        }
    });
    port
}

#[tokio::test]
async fn tls_trusts_only_whom_it_should() {
    let (key, published) = ed25519("a");
    let port = serve_tls(vec![("/keys", ok(&json!({"keys": [published]})))]).await;
    let stranger = HttpSource::jwks(&format!("https://localhost:{port}/keys")).unwrap();
    failure(stranger.clone()).await;
    let ca = fixture!("ca.pem").as_bytes();
    let other_name = HttpSource::jwks(&format!("https://127.0.0.1:{port}/keys")).unwrap().trust_pem(ca).unwrap();
    failure(other_name).await;
    let trusting = stranger.trust_pem(ca).unwrap();
    verifier(Jwks::from_source(trusting.clone())).verify(&token_of(key)).await.unwrap();
    assert!(trusting.trust_pem(b"no certificate").is_err());
}
