//! What the tests share: an issuer, its keys, and tokens that can be bent.

mod attacks;
mod claims;
#[cfg(feature = "jwks-http")]
mod http;
mod jwk;
mod keys;
mod malformed;
mod outage;
mod refresh;
mod source;

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://id.test";
const AUDIENCE: &str = "api";
const SECRET: &[u8] = b"an HMAC secret for tests, long enough for HS512: sixty-four bytes and more";

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
}

/// A file of the `fixtures` folder.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name))
    };
}
use fixture;

fn builder(keys: impl Into<Keys>) -> Builder<Claims> {
    Verifier::builder().keys(keys).issuer(ISSUER).audience(AUDIENCE)
}

fn verifier(keys: impl Into<Keys>) -> Verifier<Claims> {
    builder(keys).build().unwrap()
}

/// Why the token is refused.
async fn refused(verifier: &Verifier<Claims>, token: &str) -> JwtError {
    verifier.verify(token).await.expect_err(token)
}

/// A verifier of HS256, and the key that signs for it.
fn hs256() -> (Verifier<Claims>, SigningKey) {
    let key = SigningKey::from_secret(Algorithm::Hs256, SECRET).unwrap();
    (verifier(key.verifying_key().unwrap()), key)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Claims that are good.
fn good_claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": now() + 600})
}

/// The good claims with one replaced, or removed by `null`.
fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = good_claims();
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(name),
        value => claims.as_object_mut().unwrap().insert(name.to_owned(), value),
    };
    claims
}

/// A token of good claims with this header, signed well.
fn token_with_header(key: &SigningKey, header: &Value) -> String {
    key.sign_segments(header, &good_claims()).unwrap()
}

/// A token of these claims with a plain header, signed well.
fn token_with_claims(key: &SigningKey, algorithm: Algorithm, claims: &Value) -> String {
    key.sign_segments(&json!({"alg": algorithm.name()}), claims).unwrap()
}

/// A token of these very bytes, signed well.
fn token_of_bytes(key: &SigningKey, header: &[u8], payload: &[u8]) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature = encode(&key.sign_bytes(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An Ed25519 key with its published half.
fn ed25519(id: &str) -> (SigningKey, Value) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let der = STANDARD.encode(pair.to_pkcs8v1().unwrap().as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
    let key = SigningKey::from_pem(Algorithm::EdDsa, pem.as_bytes()).unwrap().with_id(id);
    let x = encode(pair.public_key().as_ref());
    (key, json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "use": "sig", "x": x}))
}

/// A good token of this key, with its `kid`.
fn token_of(key: SigningKey) -> String {
    Signer::new(key, ISSUER, AUDIENCE).sign(&json!({"sub": "ada"})).unwrap()
}
