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
//! Version 11 was tried. What remains of it once the header is read strictly, keys carry their algorithm
//! and claims are judged here is a call into `aws-lc-rs`, which this module makes itself. It would add
//! 36 crates and ten seconds of build (`simple_asn1` brings `time` and `num-bigint`), parses each RSA and EC
//! key again for each token, cannot tell a P-256 PEM from a P-384 one before the first token, and picks
//! its cryptography from process-wide state, which *panics on a request* when another crate of the app turns
//! on its `rust_crypto` feature (which pulls `rsa`, RUSTSEC-2023-0071) and nobody chose before. `ring`
//! builds in 4 s instead of 16 s, but has no P-521, reads no `PUBLIC KEY` files, and parses keys for each
//! token.
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
