//! JSON Web Tokens: verified against keys that the server chose, and nothing that the token says.
//!
//! A JWT names its own algorithm, its own key and sometimes the address of its own key. Every classic
//! attack on JWTs (`alg: none`, an RSA public key used as an HMAC secret, a key in the `jwk` header, a
//! `jku` that points home) comes from believing it. Here a [`VerifyingKey`] carries exactly one
//! [`Algorithm`]; the header only *selects* among keys that are already trusted, and the rest of it is
//! ignored, or refused where a standard says so (RFC 7519, RFC 7515, RFC 8725).
//!
//! ```
//! use kovar_http::security::jwt::{Algorithm, Signer, SigningKey, Verifier, VerifyingKey};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Claims {
//!     sub: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = b"a secret of at least thirty-two bytes!";
//! let verifier = Verifier::<Claims>::builder()
//!     .keys(VerifyingKey::from_secret(Algorithm::Hs256, secret)?)
//!     .issuer("https://id.example.com")
//!     .audience("https://api.example.com")
//!     .build()?;
//!
//! let key = SigningKey::from_secret(Algorithm::Hs256, secret)?;
//! let signer = Signer::new(key, "https://id.example.com", "https://api.example.com");
//! let token = signer.sign(&Claims { sub: "ada".to_owned() })?;
//!
//! assert_eq!(verifier.verify(&token).await?.claims.sub, "ada");
//! # Ok(())
//! # }
//! ```
//!
//! Keys that an identity provider publishes and rotates come from [`Jwks`]: give it to
//! [`keys`](NeedsKeys::keys) in place of a key.
//!
//! # Why not `jsonwebtoken`
//!
//! Version 11.1 was tried, on its `aws-lc-rs` back end, which pulls in no `rsa`. It is less strict than this
//! module, and not where an option could change that:
//!
//! - Tokens: `decode` ignores `crit` (RFC 7515 §4.1.11), takes an unknown header name twice, accepts a token
//!   in the second of its `exp`, and a list for `iss`. It has no limit of size.
//! - Public keys: its PEM reader takes a private key or a certificate for one, and asks neither for the curve
//!   nor for 2048 bits. What is wrong with a key shows at the first token, as a bad signature.
//! - JWKs: `DecodingKey::from_jwk` looks at none of `use`, `key_ops`, `alg` and `crv`. `ES512`, `Ed25519` and
//!   `ECDH-ES`, which is for encryption, are read as the same unknown algorithm.
//! - Secrets: an empty one is accepted, and so is a PEM file (RFC 8725 §2.1).
//! - Cryptography: `decode` and `encode` take it from process-wide state, which any crate of the app can set
//!   first, and which *panics on a request* when two back ends are compiled in and nobody chose.
//!
//! Once tokens, keys and claims are read here, what remains of it is the call that checks a signature. That
//! too was tried, with the back end called by name: it is as safe as this and replaces no code, since keys
//! must still be judged here, and `ES512` (which it does not have) and private RSA keys in PKCS #8 (which it
//! reads only through its PEM reader) need `aws-lc-rs` beside it.
//!
//! # Not supported
//!
//! Encrypted tokens (JWE), nested tokens, detached and JSON-serialised JWS, `ES256K`, Ed448, and X.509
//! certificates as keys: a key is a `PUBLIC KEY` PEM or a JWK. A `crit` header is always refused, since no
//! extension is implemented. Tokens are not revoked here: keep `exp` short.

mod algorithm;
mod builder;
mod claims;
mod error;
mod jwk;
mod jwks;
mod key;
mod key_set;
mod scopes;
mod signer;
#[cfg(test)]
mod tests;
mod token;
mod verify;

pub use self::algorithm::Algorithm;
pub use self::builder::{
    Builder, CLOCK_SKEW_LIMIT, DEFAULT_CLOCK_SKEW, DEFAULT_TOKEN_LIMIT, NeedsAudience, NeedsIssuer, NeedsKeys,
};
pub use self::error::{ConfigError, JwtError, SignError};
#[cfg(feature = "jwks-http")]
pub use self::jwks::HttpSource;
pub use self::jwks::{FetchFuture, FileSource, Jwks, JwksDocument, JwksSource};
pub use self::key::VerifyingKey;
pub use self::key_set::Keys;
pub use self::scopes::Scopes;
pub use self::signer::{Signer, SigningKey};
pub use self::verify::{Verified, Verifier};
