//! The verifier: a generic shell over a core that is compiled once.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use serde::de::DeserializeOwned;

use super::algorithm::Algorithm;
use super::builder::NeedsKeys;
use super::claims::{Policy, Registered};
use super::error::{JwtError, Kind};
use super::key_set::Trusted;
use super::scopes::Scopes;
use super::token::{Header, Token};

/// Verifies tokens and reads their claims as `C`.
///
/// Cheap to clone; one per issuer serves the whole app.
pub struct Verifier<C> {
    core: Arc<Core>,
    claims: PhantomData<fn() -> C>,
}

impl<C> Verifier<C> {
    /// Starts a verifier: keys, then issuer, then audience, then options. See the [module](super).
    ///
    /// A step that is left out does not compile:
    ///
    /// ```compile_fail,E0599
    /// # use kovar_http::security::jwt::{Algorithm, SigningKey, Verifier};
    /// # let key = SigningKey::generate(Algorithm::EdDsa)?.verifying_key()?;
    /// let verifier = Verifier::<()>::builder().keys(key).issuer("https://id.example.com").build()?;
    /// # Ok::<(), kovar_http::security::jwt::ConfigError>(())
    /// ```
    pub fn builder() -> NeedsKeys<C> {
        NeedsKeys::new()
    }

    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { core, claims: PhantomData }
    }

    /// Has the keys at hand before the first token: fetches them when they come from a [`Jwks`](super::Jwks).
    ///
    /// To be called at start, and to be asked for readiness. Without it the first request waits.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](JwtError::is_unavailable) when the source cannot be had. Later calls, and
    /// tokens, try again.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, when keys must be fetched.
    pub async fn preload(&self) -> Result<(), JwtError> {
        match &self.core.trusted {
            Trusted::Fixed(_) => Ok(()),
            Trusted::Refreshed(jwks) => jwks.current().await.map(|_| ()),
        }
    }
}

impl<C: DeserializeOwned> Verifier<C> {
    /// Verifies a token, without the `Bearer` in front of it, and reads its claims.
    ///
    /// Waits only for keys: never with fixed ones, and with a [`Jwks`](super::Jwks) only at the first use,
    /// after a long idle time, or for a `kid` that was never seen.
    ///
    /// # Errors
    ///
    /// [`JwtError`], whose predicates say why the token is refused.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, when keys must be fetched.
    pub async fn verify(&self, token: &str) -> Result<Verified<C>, JwtError> {
        let authentic = self.core.authenticate(token).await?;
        let claims = serde_json::from_slice(&authentic.payload).map_err(Kind::Claims)?;
        let Authentic { header, mut registered, .. } = authentic;
        Ok(Verified {
            claims,
            algorithm: header.algorithm,
            key_id: header.kid,
            scopes: registered.take_scopes(),
            expires_at: registered.expires_at(),
            subject: registered.sub,
        })
    }
}

impl<C> Clone for Verifier<C> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.core))
    }
}

impl<C> fmt::Debug for Verifier<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(formatter)
    }
}

/// A token that was verified, and what it says.
#[derive(Clone, Debug)]
pub struct Verified<C> {
    /// The claims, as the application's type.
    pub claims: C,
    algorithm: Algorithm,
    key_id: Option<String>,
    subject: Option<String>,
    scopes: Scopes,
    expires_at: Option<SystemTime>,
}

impl<C> Verified<C> {
    /// The `sub` claim: about whom the token is.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// What the `scope` and `scp` claims grant; empty when there are none.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// When the token ends, clock skew not added: a connection that outlives it should be closed then.
    ///
    /// `None` when it has no `exp`, or one past the end of the clock.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The algorithm of the key that signed the token.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The token's `kid`: signed with the rest of the header, and the id of a trusted key where that has one.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }
}

/// Everything of a verifier that does not depend on the type of the claims.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) trusted: Trusted,
    pub(super) policy: Policy,
    pub(super) token_limit_bytes: usize,
}

/// A token whose signature and registered claims are good.
struct Authentic {
    header: Header,
    registered: Registered,
    payload: Vec<u8>,
}

impl Core {
    async fn authenticate(&self, token: &str) -> Result<Authentic, JwtError> {
        let token = Token::parse(token, self.token_limit_bytes)?;
        self.policy.check_type(&token.header)?;
        self.check_signature(&token).await?;
        let payload = token.payload()?;
        let registered = Registered::parse(&payload)?;
        self.policy.check(&registered, SystemTime::now())?;
        Ok(Authentic { header: token.header, registered, payload })
    }

    /// A `kid` that is not known may be that of a new key: the keys are then fetched, once, and asked again.
    async fn check_signature(&self, token: &Token<'_>) -> Result<(), JwtError> {
        let jwks = match &self.trusted {
            Trusted::Fixed(keys) => return keys.check_signature(token),
            Trusted::Refreshed(jwks) => jwks,
        };
        let keys = jwks.current().await?;
        match keys.check_signature(token) {
            Err(error) if error.is_unknown_key() => match jwks.newer_than(&keys).await {
                Some(newer) => newer.check_signature(token),
                None => Err(error),
            },
            outcome => outcome,
        }
    }
}
