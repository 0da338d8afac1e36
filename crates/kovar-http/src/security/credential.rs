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
    fn read(context: &RequestContext, scheme: &SchemeDeclaration) -> Option<Self>;
}

/// A bearer token (RFC 6750), not yet looked at.
pub struct Bearer(String);

impl Bearer {
    /// The token.
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl Credential for Bearer {
    fn read(context: &RequestContext, _: &SchemeDeclaration) -> Option<Self> {
        authorization(context, "bearer").map(|token| Self(token.to_owned()))
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
    fn read(context: &RequestContext, _: &SchemeDeclaration) -> Option<Self> {
        let decoded = STANDARD.decode(authorization(context, "basic")?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (username, password) = text.split_once(':')?;
        Some(Self { username: username.to_owned(), password: password.to_owned() })
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
    fn read(context: &RequestContext, scheme: &SchemeDeclaration) -> Option<Self> {
        let find = |pairs: kovar_contract::text::Pairs<'_>, wanted: &str| {
            pairs.into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let key = match scheme.kind {
            SchemeKind::ApiKeyHeader(field) => context.headers().get(field)?.to_str().ok()?.to_owned(),
            SchemeKind::ApiKeyQuery(parameter) => find(context.query_pairs(), parameter)?,
            SchemeKind::ApiKeyCookie(cookie) => find(crate::extract::cookie_pairs(context.headers()), cookie)?,
            _ => return None,
        };
        Some(Self(key))
    }
}

/// What follows the scheme's name, which is compared without case (RFC 9110 §11.1).
fn authorization<'c>(context: &'c RequestContext, wanted: &str) -> Option<&'c str> {
    let value = context.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| credentials.trim())
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
