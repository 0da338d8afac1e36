//! JSON Web Keys (RFC 7517) and sets of them, read for verification only.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::algorithm::{Algorithm, Scheme};
use super::error::ConfigError;
use super::key::VerifyingKey;
use super::key_set::KeySet;

/// How many keys of one set are read; providers publish two to ten.
const KEYS_LIMIT: usize = 100;

/// The members of a JWK that verification needs.
#[derive(Deserialize)]
pub(super) struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    k: Option<String>,
}

/// Reads a published set and keeps what can be used; each key that cannot be is named in the log.
///
/// RFC 7517 §5: keys that are not understood, lack members or are out of range should be ignored.
pub(super) fn read_set(json: &[u8]) -> Result<KeySet, ConfigError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = serde_json::from_slice(json).map_err(|error| ConfigError::new(format!("not a JWK set: {error}")))?;
    if set.keys.len() > KEYS_LIMIT {
        tracing::warn!(limit = KEYS_LIMIT, found = set.keys.len(), "the JWK set is cut: it has too many keys");
    }
    let keys: Vec<VerifyingKey> = set.keys.into_iter().take(KEYS_LIMIT).enumerate().filter_map(published_key).collect();
    if keys.is_empty() {
        return Err(ConfigError::new("the JWK set holds no key that can verify a token"));
    }
    Ok(KeySet::new(keys))
}

/// A key of a published set, or `None` and a log line.
fn published_key((index, value): (usize, Value)) -> Option<VerifyingKey> {
    let key = serde_json::from_value::<Jwk>(value)
        .map_err(|error| ConfigError::new(format!("not a JWK: {error}")))
        .and_then(|jwk| {
            // A secret that is published is none: whoever can read the set could sign.
            if jwk.kty == "oct" {
                return Err(ConfigError::new("a shared secret has no place in a published set"));
            }
            jwk.verifying_key()
        });
    key.inspect_err(|reason| tracing::warn!(index, %reason, "a key of the JWK set is skipped")).ok()
}

impl Jwk {
    pub(super) fn verifying_key(self) -> Result<VerifyingKey, ConfigError> {
        self.check_purpose()?;
        let algorithm = self.algorithm()?;
        let key = match self.kty.as_str() {
            "RSA" => VerifyingKey::from_public_bytes(algorithm, &self.rsa_der()?),
            "EC" => VerifyingKey::from_public_bytes(algorithm, &self.ec_point(algorithm)?),
            "OKP" => VerifyingKey::from_public_bytes(algorithm, &decode("x", self.x.as_deref())?),
            _ => VerifyingKey::from_secret(algorithm, &decode("k", self.k.as_deref())?),
        }?;
        Ok(match self.kid {
            Some(kid) => key.with_id(kid),
            None => key,
        })
    }

    /// RFC 7517 §4.2 and §4.3: a key for encryption does not verify signatures.
    fn check_purpose(&self) -> Result<(), ConfigError> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(ConfigError::new("the key's `use` is not `sig`"));
        }
        if self.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
            return Err(ConfigError::new("the key's `key_ops` do not have `verify`"));
        }
        Ok(())
    }

    /// The one algorithm of the key. `alg` may be absent (RFC 7517 §4.4), but may not contradict the key.
    fn algorithm(&self) -> Result<Algorithm, ConfigError> {
        let algorithm = match self.alg.as_deref() {
            Some(name) => Algorithm::from_name(name)
                .ok_or_else(|| ConfigError::new("the key's `alg` is not a supported signature algorithm"))?,
            None => self.implied_algorithm()?,
        };
        let (kty, curve) = match algorithm.scheme() {
            Scheme::Hmac { .. } => ("oct", None),
            Scheme::Rsa { .. } => ("RSA", None),
            Scheme::Ecdsa { curve, .. } => ("EC", Some(curve)),
            Scheme::Ed25519 => ("OKP", Some("Ed25519")),
        };
        if self.kty != kty || (curve.is_some() && self.crv.as_deref() != curve) {
            return Err(ConfigError::new(format!("the key's `kty` and `crv` are not those of {algorithm}")));
        }
        Ok(algorithm)
    }

    fn implied_algorithm(&self) -> Result<Algorithm, ConfigError> {
        match (self.kty.as_str(), self.crv.as_deref()) {
            // OIDC Core §3.1.3.7: the default is RS256. Large providers leave `alg` out.
            ("RSA", _) => Ok(Algorithm::Rs256),
            ("EC", Some("P-256")) => Ok(Algorithm::Es256),
            ("EC", Some("P-384")) => Ok(Algorithm::Es384),
            ("EC", Some("P-521")) => Ok(Algorithm::Es512),
            ("OKP", Some("Ed25519")) => Ok(Algorithm::EdDsa),
            ("oct", _) => Err(ConfigError::new("an `oct` key must say its `alg`")),
            _ => Err(ConfigError::new("the key's `kty` or `crv` is not supported")),
        }
    }

    /// RFC 7518 §6.3.1. Some providers put a zero byte first, against §2 of it; the number is the same.
    fn rsa_der(&self) -> Result<Vec<u8>, ConfigError> {
        let (modulus, exponent) = (decode("n", self.n.as_deref())?, decode("e", self.e.as_deref())?);
        let components =
            RsaPublicKeyComponents { n: without_leading_zeros(&modulus), e: without_leading_zeros(&exponent) };
        let der = components.as_der().map_err(|_| ConfigError::new("the key's `n` and `e` are no RSA key"))?;
        Ok(der.as_ref().to_vec())
    }

    /// RFC 7518 §6.2.1.2: each coordinate has the full length of the field. The point is as in SEC 1 §2.3.3.
    fn ec_point(&self, algorithm: Algorithm) -> Result<Vec<u8>, ConfigError> {
        let (x, y) = (decode("x", self.x.as_deref())?, decode("y", self.y.as_deref())?);
        match algorithm.scheme() {
            Scheme::Ecdsa { field_bytes, .. } if x.len() == field_bytes && y.len() == field_bytes => {
                Ok([&[4], x.as_slice(), &y].concat())
            }
            _ => Err(ConfigError::new("the key's `x` and `y` do not have the length of its curve")),
        }
    }
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

fn decode(name: &str, value: Option<&str>) -> Result<Vec<u8>, ConfigError> {
    let value = value.ok_or_else(|| ConfigError::new(format!("the key has no `{name}`")))?;
    URL_SAFE_NO_PAD.decode(value).map_err(|_| ConfigError::new(format!("the key's `{name}` is not base64url")))
}
