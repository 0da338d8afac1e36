//! A key that verifies, bound to one algorithm from the moment it is read.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{PublicKey as RsaPublicKey, RsaParameters};
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, VerificationAlgorithm};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;

use super::algorithm::{Algorithm, Scheme};
use super::error::ConfigError;
use super::jwk::Jwk;

/// The smallest RSA key, in bits (RFC 7518 §3.3).
const RSA_BITS_MIN: u32 = 2048;

/// The largest RSA key, in bits: past it one signature costs milliseconds of a request core.
const RSA_BITS_MAX: u32 = 8192;

/// A key that verifies tokens of exactly one [`Algorithm`].
///
/// Everything that can be wrong with a key is found when it is read: its kind, its curve, its strength.
/// `Debug` shows the id and the algorithm, never the key.
#[derive(Clone)]
pub struct VerifyingKey {
    id: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Secret(Arc<hmac::Key>),
    Public(ParsedPublicKey),
}

impl VerifyingKey {
    /// A shared secret for `HS256`, `HS384` or `HS512`.
    ///
    /// # Errors
    ///
    /// When the algorithm is none of these, when the secret is shorter than the hash (32, 48 or 64 bytes,
    /// RFC 7518 §3.2), or when it is a PEM file: a public key is no secret (RFC 8725 §2.1).
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        Ok(Self::from_hmac(algorithm, hmac_key(algorithm, secret)?))
    }

    /// The first `PUBLIC KEY` of a PEM file, for an `RS`, `PS` or `ES` algorithm or `EdDSA`.
    ///
    /// # Errors
    ///
    /// When there is no such block (certificates and private keys are not read), or the key is of another
    /// kind or curve than the algorithm, or is an RSA key outside 2048 to 8192 bits.
    pub fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem)
            .map_err(|_| ConfigError::new("the PEM holds no `PUBLIC KEY` block"))?;
        Self::from_public_bytes(algorithm, &der)
    }

    /// A JWK (RFC 7517): `RSA`, `EC`, `OKP` with Ed25519, or `oct`.
    ///
    /// The algorithm is the key's `alg`. Where that is absent an EC or OKP key has only one, and an RSA key
    /// is held to `RS256`; an `oct` key must say it.
    ///
    /// # Errors
    ///
    /// When it is no such key, is not for signatures (`use`, `key_ops`), contradicts itself, or is too weak.
    ///
    /// ```
    /// use kovar_http::security::jwt::VerifyingKey;
    ///
    /// let key = VerifyingKey::from_jwk(r#"{
    ///     "kty": "OKP", "crv": "Ed25519", "kid": "2026-11",
    ///     "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    /// }"#)?;
    /// assert_eq!(key.id(), Some("2026-11"));
    /// # Ok::<(), kovar_http::security::jwt::ConfigError>(())
    /// ```
    pub fn from_jwk(json: &str) -> Result<Self, ConfigError> {
        let jwk: Jwk = serde_json::from_str(json).map_err(|error| ConfigError::new(format!("not a JWK: {error}")))?;
        jwk.verifying_key()
    }

    /// Gives the key an id: a token with another `kid` no longer fits it.
    ///
    /// A key without an id fits every token of its algorithm. Default: the JWK's `kid`, else none.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The id, matched with a token's `kid`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The one algorithm that this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn from_hmac(algorithm: Algorithm, key: Arc<hmac::Key>) -> Self {
        Self { id: None, algorithm, material: Material::Secret(key) }
    }

    /// A public key: an X.509 `SubjectPublicKeyInfo`, an RFC 8017 `RSAPublicKey`, an uncompressed point, or
    /// the 32 bytes of Ed25519.
    pub(super) fn from_public_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, ConfigError> {
        let verification: &'static dyn VerificationAlgorithm = match algorithm.scheme() {
            Scheme::Hmac { .. } => {
                return Err(ConfigError::new(format!("{algorithm} takes a secret, not a public key")));
            }
            Scheme::Rsa { verify, .. } => {
                check_rsa_strength(bytes)?;
                verify
            }
            Scheme::Ecdsa { verify, .. } => verify,
            Scheme::Ed25519 => &ED25519,
        };
        let key = ParsedPublicKey::new(verification, bytes)
            .map_err(|_| ConfigError::new(format!("the public key is not one for {algorithm}")))?;
        Ok(Self { id: None, algorithm, material: Material::Public(key) })
    }

    /// Whether a token of this algorithm with this `kid` can be by this key.
    pub(super) fn fits_id(&self, kid: Option<&str>) -> bool {
        match (self.id(), kid) {
            (Some(own), Some(asked)) => own == asked,
            _ => true,
        }
    }

    /// Whether the signature is by this key. An HMAC is compared in constant time.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Secret(key) => hmac::verify(key, message, signature).is_ok(),
            Material::Public(key) => key.verify_sig(message, signature).is_ok(),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("VerifyingKey");
        shown.field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// An HMAC key of the length that the algorithm wants.
pub(super) fn hmac_key(algorithm: Algorithm, secret: &[u8]) -> Result<Arc<hmac::Key>, ConfigError> {
    let Scheme::Hmac { algorithm: digest, secret_bytes } = algorithm.scheme() else {
        return Err(ConfigError::new(format!("{algorithm} takes a public key, not a secret")));
    };
    // RFC 8725 §2.1: what everybody can read must never be an HMAC key.
    if secret.trim_ascii_start().starts_with(b"-----BEGIN ") {
        return Err(ConfigError::new(format!("a PEM file is no secret for {algorithm}")));
    }
    // RFC 7518 §3.2: a key of the size of the hash output or larger must be used.
    if secret.len() < secret_bytes {
        let length = secret.len();
        return Err(ConfigError::new(format!("{algorithm} needs a secret of {secret_bytes} bytes, this has {length}")));
    }
    Ok(Arc::new(hmac::Key::new(digest, secret)))
}

/// RFC 7518 §3.3: a key of 2048 bits or larger must be used.
fn check_rsa_strength(der: &[u8]) -> Result<(), ConfigError> {
    let bits = RsaPublicKey::from_der(der)
        .ok()
        .and_then(|key| RsaParameters::public_modulus_len(key.as_ref()).ok())
        .ok_or_else(|| ConfigError::new("not an RSA public key"))?;
    if (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) {
        return Ok(());
    }
    Err(ConfigError::new(format!("an RSA key of {bits} bits is outside {RSA_BITS_MIN} to {RSA_BITS_MAX}")))
}
