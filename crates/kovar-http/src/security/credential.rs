//! Credentials as they travel.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

use super::{SchemeDeclaration, SchemeKind};
use crate::context::RequestContext;

/// Something that a caller shows.
pub trait Credential: Sized + Send {
    /// Reads it where the scheme says that it stands; `None` when it is not there.
    ///
    /// # Errors
    ///
    /// When something is there that is no such credential. Its caller is refused, and not taken for
    /// somebody who shows nothing.
    fn read(context: &RequestContext, scheme: &SchemeDeclaration) -> Result<Option<Self>, MalformedCredential>;
}

/// A credential that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedCredential;

/// A bearer token (RFC 6750), not yet looked at.
pub struct Bearer(String);

impl Bearer {
    /// The token.
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl Credential for Bearer {
    fn read(context: &RequestContext, _: &SchemeDeclaration) -> Result<Option<Self>, MalformedCredential> {
        let Some(token) = authorization(context, "bearer") else { return Ok(None) };
        text(token).map(|token| Some(Self(token)))
    }
}

/// A name and password (RFC 7617), not yet looked at.
pub struct Basic {
    username: String,
    password: String,
}

impl Basic {
    /// The name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl Credential for Basic {
    fn read(context: &RequestContext, _: &SchemeDeclaration) -> Result<Option<Self>, MalformedCredential> {
        let Some(encoded) = authorization(context, "basic") else { return Ok(None) };
        let decoded = text(&STANDARD.decode(encoded).map_err(|_| MalformedCredential)?)?;
        let (username, password) = decoded.split_once(':').ok_or(MalformedCredential)?;
        Ok(Some(Self { username: username.to_owned(), password: password.to_owned() }))
    }
}

/// A key in a header field, the query or a cookie, not yet looked at.
pub struct ApiKey(String);

impl ApiKey {
    /// The key.
    pub fn key(&self) -> &str {
        &self.0
    }
}

impl Credential for ApiKey {
    fn read(context: &RequestContext, scheme: &SchemeDeclaration) -> Result<Option<Self>, MalformedCredential> {
        let find = |pairs: kovar_contract::text::Pairs<'_>, wanted: &str| {
            pairs.into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let key = match scheme.kind {
            SchemeKind::ApiKeyHeader(field) => {
                context.headers().get(field).map(|value| text(value.as_bytes())).transpose()?
            }
            SchemeKind::ApiKeyQuery(parameter) => find(context.query_pairs(), parameter),
            SchemeKind::ApiKeyCookie(cookie) => find(crate::extract::cookie_pairs(context.headers()), cookie),
            _ => None,
        };
        Ok(key.map(Self))
    }
}

/// The credential as it travels, without the scheme's name and white space before it. `None` when it is not where the
/// scheme says that it stands.
pub(super) fn shown(context: &RequestContext, scheme: &SchemeDeclaration) -> Option<Vec<u8>> {
    let wanted = match scheme.kind {
        SchemeKind::ApiKeyHeader(_) | SchemeKind::ApiKeyQuery(_) | SchemeKind::ApiKeyCookie(_) => {
            return ApiKey::read(context, scheme).ok()?.map(|key| key.0.into_bytes());
        }
        SchemeKind::Basic => "basic",
        SchemeKind::Bearer(_) | SchemeKind::OAuth2(_) | SchemeKind::OpenIdConnect(_) => "bearer",
    };
    authorization(context, wanted).map(<[u8]>::to_vec)
}

/// What follows the scheme's name, which is compared without case (RFC 9110 §11.1).
fn authorization<'c>(context: &'c RequestContext, wanted: &str) -> Option<&'c [u8]> {
    let value = context.headers().get(AUTHORIZATION)?.as_bytes();
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (scheme, credentials) = value.split_at(end);
    scheme.eq_ignore_ascii_case(wanted.as_bytes()).then(|| credentials.trim_ascii())
}

fn text(bytes: &[u8]) -> Result<String, MalformedCredential> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| MalformedCredential)
}

macro_rules! hidden_debug {
    ($($credential:ident)*) => {$(
        impl fmt::Debug for $credential {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($credential), "(**********)"))
            }
        }
    )*};
}

hidden_debug!(Bearer Basic ApiKey);
