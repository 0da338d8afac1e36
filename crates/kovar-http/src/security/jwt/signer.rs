//! Issuing tokens: for tests, and for apps that are their own issuer.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair, RsaSignatureEncoding};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde::Serialize;
use serde_json::{Map, Value};

use super::algorithm::{Algorithm, Scheme};
use super::error::{ConfigError, SignError};
use super::key::{VerifyingKey, hmac_key};

/// How long a token is good. Default: 15 minutes, since it cannot be taken back.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Issues tokens of one issuer for one audience, with `iat` and `exp`.
///
/// `Debug` shows no key.
#[derive(Debug)]
pub struct Signer {
    key: SigningKey,
    issuer: String,
    audience: String,
    lifetime: Duration,
    token_type: String,
}

impl Signer {
    /// A signer with this key, `iss` and `aud`.
    pub fn new(key: SigningKey, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            key,
            issuer: issuer.into(),
            audience: audience.into(),
            lifetime: DEFAULT_LIFETIME,
            token_type: "JWT".to_owned(),
        }
    }

    /// From `iat` to `exp`. Default: 15 minutes.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The `typ` of the header. Default: `JWT`; `at+jwt` for access tokens of RFC 9068.
    #[must_use]
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.token_type = token_type.into();
        self
    }

    /// Signs the claims, and `iss`, `aud`, `iat` and `exp` where the claims do not have them.
    ///
    /// # Errors
    ///
    /// When the claims do not serialise to a JSON object.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SignError> {
        let claims = serde_json::to_value(claims)
            .map_err(|error| SignError { message: "the claims cannot be serialised", source: Some(error) })?;
        let Value::Object(claims) = claims else {
            return Err(SignError { message: "the claims are not a JSON object", source: None });
        };
        self.key.sign_segments(&self.header(), &Value::Object(self.complete(claims)))
    }

    fn header(&self) -> Value {
        let mut header = Map::new();
        header.insert("alg".to_owned(), self.key.algorithm.name().into());
        header.insert("typ".to_owned(), self.token_type.as_str().into());
        if let Some(id) = &self.key.id {
            header.insert("kid".to_owned(), id.as_str().into());
        }
        Value::Object(header)
    }

    fn complete(&self, mut claims: Map<String, Value>) -> Map<String, Value> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let added: [(&str, Value); 4] = [
            ("iss", self.issuer.as_str().into()),
            ("aud", self.audience.as_str().into()),
            ("iat", now.as_secs().into()),
            ("exp", now.saturating_add(self.lifetime).as_secs().into()),
        ];
        for (name, value) in added {
            claims.entry(name).or_insert(value);
        }
        claims
    }
}

/// A key that signs: the other half of a [`VerifyingKey`]. `Debug` shows no key.
pub struct SigningKey {
    id: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

enum Material {
    Secret(Arc<hmac::Key>),
    Rsa { pair: RsaKeyPair, encoding: &'static RsaSignatureEncoding },
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// A shared secret for `HS256`, `HS384` or `HS512`.
    ///
    /// # Errors
    ///
    /// As [`VerifyingKey::from_secret`].
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        let key = hmac_key(algorithm, secret)?;
        Ok(Self { id: None, algorithm, material: Material::Secret(key) })
    }

    /// The first private key of a PEM file: `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`.
    ///
    /// # Errors
    ///
    /// When there is no such block, it is encrypted, or is of another kind, curve or strength than the
    /// algorithm asks.
    pub fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let der = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|_| ConfigError::new("the PEM holds no unencrypted private key"))?;
        let refused = |_| ConfigError::new(format!("the private key is not one for {algorithm}"));
        let material = match (algorithm.scheme(), &der) {
            (Scheme::Rsa { sign, .. }, PrivateKeyDer::Pkcs8(der)) => {
                Material::Rsa { pair: RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(refused)?, encoding: sign }
            }
            (Scheme::Rsa { sign, .. }, PrivateKeyDer::Pkcs1(der)) => {
                Material::Rsa { pair: RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(refused)?, encoding: sign }
            }
            (Scheme::Ecdsa { sign, .. }, PrivateKeyDer::Pkcs8(_) | PrivateKeyDer::Sec1(_)) => {
                Material::Ecdsa(EcdsaKeyPair::from_private_key_der(sign, der.secret_der()).map_err(refused)?)
            }
            (Scheme::Ed25519, PrivateKeyDer::Pkcs8(der)) => {
                Material::Ed25519(Ed25519KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(refused)?)
            }
            _ => {
                return Err(ConfigError::new(format!("{algorithm} does not take a private key of this kind")));
            }
        };
        let key = Self { id: None, algorithm, material };
        // What could not be verified must not be signed: this is where a weak RSA key is found.
        key.verifying_key().map(|_| key)
    }

    /// A new random key: for tests, and for apps whose tokens may end with the process. RSA gets 2048 bits.
    ///
    /// # Errors
    ///
    /// When the system has no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, ConfigError> {
        let failed = |_| ConfigError::new(format!("no {algorithm} key could be generated"));
        let material = match algorithm.scheme() {
            Scheme::Hmac { secret_bytes, .. } => {
                let mut secret = vec![0; secret_bytes];
                rand::fill(&mut secret).map_err(failed)?;
                return Self::from_secret(algorithm, &secret);
            }
            Scheme::Rsa { sign, .. } => {
                Material::Rsa { pair: RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?, encoding: sign }
            }
            Scheme::Ecdsa { sign, .. } => Material::Ecdsa(EcdsaKeyPair::generate(sign).map_err(failed)?),
            Scheme::Ed25519 => Material::Ed25519(Ed25519KeyPair::generate().map_err(failed)?),
        };
        Ok(Self { id: None, algorithm, material })
    }

    /// Gives the key an id, which becomes the `kid` of its tokens. Default: none.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The key that verifies what this one signs, with the same id.
    ///
    /// # Errors
    ///
    /// When the public half cannot be verified with, as for an RSA key below 2048 bits.
    pub fn verifying_key(&self) -> Result<VerifyingKey, ConfigError> {
        let key = match &self.material {
            Material::Secret(key) => VerifyingKey::from_hmac(self.algorithm, Arc::clone(key)),
            Material::Rsa { pair, .. } => VerifyingKey::from_public_bytes(self.algorithm, pair.public_key().as_ref())?,
            Material::Ecdsa(pair) => VerifyingKey::from_public_bytes(self.algorithm, pair.public_key().as_ref())?,
            Material::Ed25519(pair) => VerifyingKey::from_public_bytes(self.algorithm, pair.public_key().as_ref())?,
        };
        Ok(match &self.id {
            Some(id) => key.with_id(id),
            None => key,
        })
    }

    /// RFC 7515 §5.1: the signature is over both encoded segments with a dot between.
    pub(super) fn sign_segments(&self, header: &Value, payload: &Value) -> Result<String, SignError> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let mut token = format!("{}.{}", encode(header), encode(payload));
        let signature = self.sign_bytes(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let refused = |_| SignError { message: "the key refused to sign", source: None };
        match &self.material {
            Material::Secret(key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
            Material::Rsa { pair, encoding } => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), message, &mut signature).map_err(refused)?;
                Ok(signature)
            }
            Material::Ecdsa(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).map_err(refused)?;
                Ok(signature.as_ref().to_vec())
            }
            Material::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SigningKey");
        shown.field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
