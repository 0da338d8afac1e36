//! The registered claims (RFC 7519 §4.1) and what is asked of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::error::{JwtError, Kind};
use super::scopes::Scopes;
use super::token::Header;

/// What a token must say to be accepted.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) issuer: String,
    pub(super) audience: Audience,
    pub(super) token_type: Option<String>,
    pub(super) expiry_required: bool,
    pub(super) clock_skew: Duration,
}

/// For whom tokens must be.
#[derive(Clone, Debug)]
pub(super) enum Audience {
    OneOf(Vec<String>),
    Any,
}

/// The claims that are judged here, whatever type the application reads the rest into.
///
/// RFC 7519 §4: claim names must be unique. `serde` refuses a duplicate of any of these.
#[derive(Deserialize)]
pub(super) struct Registered {
    pub(super) sub: Option<String>,
    iss: Option<String>,
    aud: Option<OneOrMany>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    scope: Option<Scopes>,
    scp: Option<Scopes>,
}

/// RFC 7519 §4.1.3: an array of strings, or one string.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Seconds since 1970, which may have a fraction (RFC 7519 §2).
#[derive(Clone, Copy)]
struct NumericDate(f64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        seconds.is_finite().then_some(Self(seconds)).ok_or_else(|| D::Error::custom("a date that is no number"))
    }
}

impl Registered {
    pub(super) fn parse(json: &[u8]) -> Result<Self, JwtError> {
        // RFC 7519 §7.2 step 10: the claims are an object. `serde` would read a list too, by position.
        if json.trim_ascii_start().first() != Some(&b'{') {
            return Err(JwtError::malformed("the claims are no object"));
        }
        serde_json::from_slice(json).map_err(|error| {
            JwtError::malformed(format!("the registered claims are not valid at column {}", error.column()))
        })
    }

    /// When the token ends; `None` for never, or past what the clock can say.
    pub(super) fn expires_at(&self) -> Option<SystemTime> {
        let since_epoch = Duration::try_from_secs_f64(self.exp?.0).ok()?;
        UNIX_EPOCH.checked_add(since_epoch)
    }

    /// The scopes of `scope` (RFC 8693 §4.2) and of `scp`, which some providers write instead.
    pub(super) fn take_scopes(&mut self) -> Scopes {
        self.scope.take().into_iter().chain(self.scp.take()).flatten().collect()
    }
}

impl Policy {
    /// RFC 8725 §3.11: explicit typing keeps an ID token from passing for an access token.
    pub(super) fn check_type(&self, header: &Header) -> Result<(), JwtError> {
        let Some(expected) = &self.token_type else {
            return Ok(());
        };
        let typ = header.typ.as_deref().ok_or(Kind::WrongType)?;
        if media_type(typ).eq_ignore_ascii_case(media_type(expected)) {
            return Ok(());
        }
        Err(Kind::WrongType.into())
    }

    pub(super) fn check(&self, claims: &Registered, now: SystemTime) -> Result<(), JwtError> {
        self.check_issuer(claims)?;
        self.check_audience(claims)?;
        self.check_time(claims, now)
    }

    /// RFC 8725 §3.8: the issuer is the one that the keys belong to, compared as text.
    fn check_issuer(&self, claims: &Registered) -> Result<(), JwtError> {
        let issuer = claims.iss.as_ref().ok_or(Kind::MissingClaim("iss"))?;
        if *issuer == self.issuer { Ok(()) } else { Err(Kind::WrongIssuer.into()) }
    }

    /// RFC 7519 §4.1.3 and RFC 8725 §3.9: one who is not named in `aud` must refuse the token.
    fn check_audience(&self, claims: &Registered) -> Result<(), JwtError> {
        let Audience::OneOf(ours) = &self.audience else {
            return Ok(());
        };
        let named = match claims.aud.as_ref().ok_or(Kind::MissingClaim("aud"))? {
            OneOrMany::One(audience) => ours.contains(audience),
            OneOrMany::Many(audiences) => audiences.iter().any(|audience| ours.contains(audience)),
        };
        if named { Ok(()) } else { Err(Kind::WrongAudience.into()) }
    }

    fn check_time(&self, claims: &Registered, now: SystemTime) -> Result<(), JwtError> {
        // With a clock before 1970 nothing has expired yet, so nothing is accepted.
        let now = now.duration_since(UNIX_EPOCH).map_err(|_| Kind::Expired)?.as_secs_f64();
        let skew = self.clock_skew.as_secs_f64();
        match claims.exp {
            // RFC 7519 §4.1.4: on or after `exp` the token must not be accepted.
            Some(NumericDate(exp)) if now >= exp + skew => return Err(Kind::Expired.into()),
            None if self.expiry_required => return Err(Kind::MissingClaim("exp").into()),
            _ => {}
        }
        match claims.nbf {
            // RFC 7519 §4.1.5: before `nbf` the token must not be accepted.
            Some(NumericDate(nbf)) if now + skew < nbf => Err(Kind::NotYetValid.into()),
            _ => Ok(()),
        }
    }
}

/// RFC 7515 §4.1.9: `application/` may be left out of a `typ` that has no other slash.
fn media_type(typ: &str) -> &str {
    match typ.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") && !rest.contains('/') => rest,
        _ => typ,
    }
}
