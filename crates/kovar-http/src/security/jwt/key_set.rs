//! The trusted keys, and which of them may judge a token.

use std::sync::Arc;

use super::error::{ConfigError, JwtError, Kind};
use super::jwk;
use super::jwks::Jwks;
use super::key::VerifyingKey;
use super::token::Token;

/// How many keys are tried for one token. A token with a `kid` meets one key; one without, or keys without
/// ids, must not make a stranger's request cost a hundred signatures.
const KEYS_TRIED_LIMIT: usize = 8;

/// The keys that a verifier trusts: fixed ones, or a [`Jwks`] that is refreshed.
///
/// Made by `into` from a [`VerifyingKey`], a list of them, or a [`Jwks`].
#[derive(Clone, Debug)]
pub struct Keys(pub(super) Trusted);

#[derive(Clone, Debug)]
pub(super) enum Trusted {
    Fixed(Arc<KeySet>),
    Refreshed(Jwks),
}

impl Keys {
    /// The usable keys of a JWK set that is at hand as text and does not change.
    ///
    /// # Errors
    ///
    /// When it is no JWK set or has no usable key. Keys that cannot be used are skipped, with a log line.
    pub fn from_jwk_set(json: &str) -> Result<Self, ConfigError> {
        let set = jwk::read_set(json.as_bytes())?;
        Ok(Self(Trusted::Fixed(Arc::new(set))))
    }
}

impl From<VerifyingKey> for Keys {
    fn from(key: VerifyingKey) -> Self {
        vec![key].into()
    }
}

impl From<Vec<VerifyingKey>> for Keys {
    fn from(keys: Vec<VerifyingKey>) -> Self {
        Self(Trusted::Fixed(Arc::new(KeySet::new(keys))))
    }
}

impl<const N: usize> From<[VerifyingKey; N]> for Keys {
    fn from(keys: [VerifyingKey; N]) -> Self {
        Vec::from(keys).into()
    }
}

impl From<Jwks> for Keys {
    fn from(jwks: Jwks) -> Self {
        Self(Trusted::Refreshed(jwks))
    }
}

/// Keys at one moment.
#[derive(Debug)]
pub(super) struct KeySet {
    keys: Vec<VerifyingKey>,
}

impl KeySet {
    pub(super) fn new(keys: Vec<VerifyingKey>) -> Self {
        Self { keys }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Checks a token's signature with the keys that fit it.
    ///
    /// RFC 8725 §3.1: the algorithm is the key's; the header's must be equal to it, and never chooses how a
    /// key is used. `kid` is compared as text with ids that are already trusted (§3.10).
    pub(super) fn check_signature(&self, token: &Token<'_>) -> Result<(), JwtError> {
        let kid = token.header.kid.as_deref();
        let mut known = self.keys.iter().filter(|key| key.fits_id(kid)).peekable();
        if known.peek().is_none() {
            return Err(Kind::UnknownKey("no trusted key has the token's `kid`").into());
        }
        let fitting: Vec<_> = known.filter(|key| key.algorithm() == token.header.algorithm).collect();
        if fitting.is_empty() {
            return Err(Kind::Algorithm.into());
        }
        if fitting.len() > KEYS_TRIED_LIMIT {
            return Err(Kind::UnknownKey("more keys fit the token than are tried: it needs a `kid`").into());
        }
        if fitting.iter().any(|key| key.verifies(token.signed, &token.signature)) {
            return Ok(());
        }
        Err(Kind::BadSignature.into())
    }
}
