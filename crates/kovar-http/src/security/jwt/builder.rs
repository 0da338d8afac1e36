//! How a verifier is made: keys, issuer and audience in that order, and only then the options.
//!
//! Each step is a type of its own, so a verifier that forgot to check the audience does not compile.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::claims::{Audience, Policy};
use super::error::ConfigError;
use super::key_set::{Keys, Trusted};
use super::verify::{Core, Verifier};

/// How far the clocks of issuer and server may be apart. Default: 60 s.
pub const DEFAULT_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// The largest clock skew that can be configured: 300 s. A larger one prolongs every token.
pub const CLOCK_SKEW_LIMIT: Duration = Duration::from_secs(300);

/// The longest token that is looked into. Default: 8 KiB, half of a whole request head.
pub const DEFAULT_TOKEN_LIMIT: usize = 8 * 1024;

/// The first step: which keys to trust.
#[must_use]
pub struct NeedsKeys<C> {
    claims: PhantomData<fn() -> C>,
}

/// The second step: whose tokens to accept.
#[must_use]
pub struct NeedsIssuer<C> {
    keys: Keys,
    claims: PhantomData<fn() -> C>,
}

/// The third step: for whom tokens must be.
#[must_use]
pub struct NeedsAudience<C> {
    keys: Keys,
    issuer: String,
    claims: PhantomData<fn() -> C>,
}

/// The last step: options, each with a default.
#[must_use]
pub struct Builder<C> {
    keys: Keys,
    policy: Policy,
    token_limit_bytes: usize,
    claims: PhantomData<fn() -> C>,
}

impl<C> NeedsKeys<C> {
    pub(super) fn new() -> Self {
        Self { claims: PhantomData }
    }

    /// Trusts these keys: a [`VerifyingKey`](super::VerifyingKey), a list of them, or a
    /// [`Jwks`](super::Jwks).
    ///
    /// The algorithms that are accepted are those of the keys.
    pub fn keys(self, keys: impl Into<Keys>) -> NeedsIssuer<C> {
        NeedsIssuer { keys: keys.into(), claims: PhantomData }
    }
}

impl<C> NeedsIssuer<C> {
    /// Accepts tokens whose `iss` is exactly this text; a trailing slash counts.
    ///
    /// The keys are those of one issuer (RFC 8725 §3.8): for a second issuer make a second verifier.
    pub fn issuer(self, issuer: impl Into<String>) -> NeedsAudience<C> {
        NeedsAudience { keys: self.keys, issuer: issuer.into(), claims: PhantomData }
    }
}

impl<C> NeedsAudience<C> {
    /// Accepts tokens whose `aud` is, or contains, this text.
    pub fn audience(self, audience: impl Into<String>) -> Builder<C> {
        self.audiences([audience])
    }

    /// Accepts tokens whose `aud` is, or contains, one of these.
    pub fn audiences(self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Builder<C> {
        self.with_audience(Audience::OneOf(audiences.into_iter().map(Into::into).collect()))
    }

    /// Accepts tokens for anybody, and tokens without `aud`.
    ///
    /// A token that a client got for another service of the same issuer then opens this one (RFC 8725 §2.7):
    /// right only where the issuer has a single audience.
    pub fn any_audience(self) -> Builder<C> {
        self.with_audience(Audience::Any)
    }

    fn with_audience(self, audience: Audience) -> Builder<C> {
        let policy = Policy {
            issuer: self.issuer,
            audience,
            token_type: None,
            expiry_required: true,
            clock_skew: DEFAULT_CLOCK_SKEW,
        };
        Builder { keys: self.keys, policy, token_limit_bytes: DEFAULT_TOKEN_LIMIT, claims: PhantomData }
    }
}

impl<C> Builder<C> {
    /// Accepts only tokens with this `typ`, such as `at+jwt` (RFC 9068 §2.1). Default: any, or none.
    ///
    /// Letter case and a leading `application/` do not matter. Worth setting where the issuer does: it
    /// keeps ID tokens out.
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.policy.token_type = Some(token_type.into());
        self
    }

    /// How far the clocks may be apart, for `exp` and `nbf`. Default: 60 s; at most 300 s.
    pub fn clock_skew(mut self, clock_skew: Duration) -> Self {
        self.policy.clock_skew = clock_skew;
        self
    }

    /// Accepts tokens without `exp`, which are good for as long as their key is. Default: refused.
    pub fn allow_missing_expiry(mut self) -> Self {
        self.policy.expiry_required = false;
        self
    }

    /// The longest token, in bytes, that is looked into. Default: 8 KiB.
    pub fn token_limit_bytes(mut self, limit_bytes: usize) -> Self {
        self.token_limit_bytes = limit_bytes;
        self
    }

    /// Makes the verifier.
    ///
    /// # Errors
    ///
    /// When there are no keys, the issuer or an audience is empty, or the clock skew is above 300 s.
    pub fn build(self) -> Result<Verifier<C>, ConfigError> {
        self.check()?;
        let core = Core { trusted: self.keys.0, policy: self.policy, token_limit_bytes: self.token_limit_bytes };
        Ok(Verifier::new(Arc::new(core)))
    }

    fn check(&self) -> Result<(), ConfigError> {
        if matches!(&self.keys.0, Trusted::Fixed(keys) if keys.is_empty()) {
            return Err(ConfigError::new("there are no keys to verify tokens with"));
        }
        if self.policy.issuer.is_empty() {
            return Err(ConfigError::new("the issuer is empty"));
        }
        if let Audience::OneOf(audiences) = &self.policy.audience
            && (audiences.is_empty() || audiences.iter().any(String::is_empty))
        {
            return Err(ConfigError::new("the audience is empty: say `any_audience()` if that is meant"));
        }
        if self.policy.clock_skew > CLOCK_SKEW_LIMIT {
            let (asked, limit) = (self.policy.clock_skew.as_secs(), CLOCK_SKEW_LIMIT.as_secs());
            return Err(ConfigError::new(format!("a clock skew of {asked} s is above {limit} s")));
        }
        Ok(())
    }
}

impl<C> fmt::Debug for NeedsKeys<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NeedsKeys").finish()
    }
}

impl<C> fmt::Debug for NeedsIssuer<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NeedsIssuer").field("keys", &self.keys).finish()
    }
}

impl<C> fmt::Debug for NeedsAudience<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NeedsAudience").field("keys", &self.keys).field("issuer", &self.issuer).finish()
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Builder")
            .field("keys", &self.keys)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
