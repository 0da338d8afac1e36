//! What went wrong: one message for the client, one for the log, and a stable code.

use std::error::Error;
use std::fmt;

/// Why a token was refused.
///
/// `Display` is the message for the log; [`client_message`](Self::client_message) is what a client may
/// read. Neither repeats the token, its header, or a signature. One log message may show a claim's value:
/// that of a token whose signature is *good* and whose claims do not fit the application's type.
#[derive(Debug)]
pub struct JwtError {
    kind: Kind,
}

/// The reasons; private, so that a reason can be split later.
#[derive(Debug)]
pub(super) enum Kind {
    TooLarge { limit_bytes: usize },
    Malformed(String),
    CriticalHeader,
    Algorithm,
    UnknownKey(&'static str),
    BadSignature,
    WrongType,
    MissingClaim(&'static str),
    WrongIssuer,
    WrongAudience,
    Expired,
    NotYetValid,
    Claims(serde_json::Error),
    Unavailable,
}

impl From<Kind> for JwtError {
    fn from(kind: Kind) -> Self {
        Self { kind }
    }
}

impl JwtError {
    pub(super) fn malformed(detail: impl Into<String>) -> Self {
        Kind::Malformed(detail.into()).into()
    }

    /// The token was good and its `exp` has passed: the client should get a new one.
    pub fn is_expired(&self) -> bool {
        matches!(self.kind, Kind::Expired)
    }

    /// The token's `nbf` has not come.
    pub fn is_not_yet_valid(&self) -> bool {
        matches!(self.kind, Kind::NotYetValid)
    }

    /// A trusted key fits the token, but the signature is not by it.
    pub fn is_bad_signature(&self) -> bool {
        matches!(self.kind, Kind::BadSignature)
    }

    /// No trusted key has the token's `kid`.
    pub fn is_unknown_key(&self) -> bool {
        matches!(self.kind, Kind::UnknownKey(_))
    }

    /// The token's `alg` is not that of the keys, is `none`, or is unknown.
    pub fn is_wrong_algorithm(&self) -> bool {
        matches!(self.kind, Kind::Algorithm)
    }

    /// The token is for somebody else, or does not say for whom.
    pub fn is_wrong_audience(&self) -> bool {
        matches!(self.kind, Kind::WrongAudience | Kind::MissingClaim("aud"))
    }

    /// The token is from somebody else, or does not say from whom.
    pub fn is_wrong_issuer(&self) -> bool {
        matches!(self.kind, Kind::WrongIssuer | Kind::MissingClaim("iss"))
    }

    /// A claim that must be there is absent.
    pub fn is_missing_claim(&self) -> bool {
        matches!(self.kind, Kind::MissingClaim(_))
    }

    /// The token's `typ` is not the configured one.
    pub fn is_wrong_type(&self) -> bool {
        matches!(self.kind, Kind::WrongType)
    }

    /// The token is no JWT that could be judged: too large, not three segments, bad base64url or JSON, a
    /// header with duplicates or `crit`, or claims that do not fit the application's type.
    pub fn is_malformed(&self) -> bool {
        matches!(self.kind, Kind::TooLarge { .. } | Kind::Malformed(_) | Kind::CriticalHeader | Kind::Claims(_))
    }

    /// Nothing is wrong with the token as far as is known: the keys could not be had. Answer 503, not 401.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind, Kind::Unavailable)
    }

    /// The stable code, such as `jwt.expired`, for logs and metrics.
    pub fn code(&self) -> &'static str {
        self.text().0
    }

    /// What the client may read: a fixed sentence, never a part of the token.
    pub fn client_message(&self) -> &'static str {
        self.text().1
    }

    /// The value of `WWW-Authenticate` (RFC 6750 §3), or `None` when the keys could not be had: that is no
    /// fault of the client, and a challenge would make it throw a good token away.
    ///
    /// `Bearer error="invalid_token", error_description="The token has expired."`
    pub fn challenge(&self) -> Option<String> {
        let message = self.client_message();
        (!self.is_unavailable()).then(|| format!("Bearer error=\"invalid_token\", error_description=\"{message}\""))
    }

    /// The code and the client's message. RFC 6750 §3 allows printable ASCII without `"` and `\`.
    fn text(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::TooLarge { .. } => ("jwt.too_large", "The token is too large."),
            Kind::Malformed(_) => ("jwt.malformed", "The token is malformed."),
            Kind::CriticalHeader => ("jwt.critical_header", "The token is malformed."),
            Kind::Algorithm => ("jwt.wrong_algorithm", "The token's signature is not valid."),
            Kind::UnknownKey(_) => ("jwt.unknown_key", "The token's signature is not valid."),
            Kind::BadSignature => ("jwt.bad_signature", "The token's signature is not valid."),
            Kind::WrongType => ("jwt.wrong_type", "The token is of another type."),
            Kind::MissingClaim(_) => ("jwt.missing_claim", "The token lacks a required claim."),
            Kind::WrongIssuer => ("jwt.wrong_issuer", "The token is from another issuer."),
            Kind::WrongAudience => ("jwt.wrong_audience", "The token is for another audience."),
            Kind::Expired => ("jwt.expired", "The token has expired."),
            Kind::NotYetValid => ("jwt.not_yet_valid", "The token is not valid yet."),
            Kind::Claims(_) => ("jwt.claims", "The token's claims are not as expected."),
            Kind::Unavailable => ("jwt.unavailable", "Tokens cannot be verified at the moment."),
        }
    }
}

impl fmt::Display for JwtError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::TooLarge { limit_bytes } => {
                write!(formatter, "the token is larger than {limit_bytes} bytes")
            }
            Kind::Malformed(detail) => write!(formatter, "the token is malformed: {detail}"),
            Kind::CriticalHeader => formatter.write_str("the token has a `crit` header, and no extension is supported"),
            Kind::Algorithm => formatter.write_str("the token's `alg` is not that of a trusted key"),
            Kind::UnknownKey(detail) => formatter.write_str(detail),
            Kind::BadSignature => formatter.write_str("the token's signature is not by the trusted key"),
            Kind::WrongType => formatter.write_str("the token's `typ` is not the expected one"),
            Kind::MissingClaim(name) => write!(formatter, "the token has no `{name}`"),
            Kind::WrongIssuer => formatter.write_str("the token's `iss` is not the expected issuer"),
            Kind::WrongAudience => formatter.write_str("the token's `aud` does not name this service"),
            Kind::Expired => formatter.write_str("the token's `exp` has passed"),
            Kind::NotYetValid => formatter.write_str("the token's `nbf` has not come"),
            Kind::Claims(error) => write!(formatter, "the claims do not fit the application's type: {error}"),
            Kind::Unavailable => formatter.write_str("no usable key set: the JWKS source has not answered in time"),
        }
    }
}

/// The cause, where there is one, is in the message: it has no `source` to be printed twice.
impl Error for JwtError {}

/// A key, a key source or a verifier that cannot work as configured. Found at start, not on a request.
#[derive(Debug)]
pub struct ConfigError {
    message: String,
}

impl ConfigError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for ConfigError {}

/// A token that could not be issued: its claims are no JSON object, or the key refused to sign.
#[derive(Debug)]
pub struct SignError {
    pub(super) message: &'static str,
    pub(super) source: Option<serde_json::Error>,
}

impl fmt::Display for SignError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message)
    }
}

impl Error for SignError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|error| error as &(dyn Error + 'static))
    }
}
