//! Schemes: what credentials are, and who they say the caller is.

use std::borrow::Cow;
use std::error::Error;
use std::future::Future;

use super::Credential;
use crate::dependency::FromApp;

/// A way of finding out who the caller is.
///
/// # Example
///
/// ```
/// use kovar_http::dependency::Dep;
/// use kovar_http::security::{AuthenticationError, Bearer, Scheme, SchemeDeclaration};
///
/// struct Tokens;
///
/// impl Tokens {
///     async fn owner(&self, token: &str) -> Option<String> {
///         (token == "letmein").then(|| "ada".to_owned())
///     }
/// }
///
/// /// A token of ours.
/// struct ApiToken;
///
/// impl Scheme for ApiToken {
///     type Credential = Bearer;
///     type Principal = String;
///     type Needs = Dep<Tokens>;
///
///     fn declare() -> SchemeDeclaration {
///         SchemeDeclaration::bearer("api_token")
///     }
///
///     async fn authenticate(bearer: Bearer, tokens: Dep<Tokens>) -> Result<String, AuthenticationError> {
///         tokens.owner(bearer.token()).await.ok_or(AuthenticationError::refused())
///     }
/// }
/// ```
pub trait Scheme: Send + Sync + 'static {
    /// What callers show.
    type Credential: Credential;
    /// Who they are.
    type Principal: Send + Sync + 'static;
    /// What it takes to find out: `()`, a `Dep` of an app-scoped value, or a tuple of them.
    type Needs: FromApp;

    /// What documents say of the scheme.
    fn declare() -> SchemeDeclaration;

    /// Finds out who shows this credential.
    ///
    /// # Errors
    ///
    /// When the credential is not good, or it cannot be told now.
    fn authenticate(
        credential: Self::Credential,
        needs: Self::Needs,
    ) -> impl Future<Output = Result<Self::Principal, AuthenticationError>> + Send;

    /// A name that the caller keeps from one credential to the next, and that may be shown to whoever runs the app: the
    /// user's id, the subject of a token. What is counted by caller is counted by it.
    ///
    /// Default: none. Then whoever shows the same credential is the same caller.
    fn name(principal: &Self::Principal) -> Option<Cow<'_, str>> {
        let _ = principal;
        None
    }
}

/// Why it is not known who the caller is.
#[derive(Debug)]
pub struct AuthenticationError {
    pub(crate) kind: AuthenticationErrorKind,
    pub(crate) cause: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AuthenticationErrorKind {
    /// A 401: the client must come with another credential.
    Refused(Cow<'static, str>),
    /// A 503: it cannot be told now.
    Unavailable,
}

impl AuthenticationError {
    /// The credential is not good.
    pub fn refused() -> Self {
        Self::refused_because("the credential is not accepted")
    }

    /// The credential is not good, for a reason that the client may know.
    pub fn refused_because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: AuthenticationErrorKind::Refused(reason.into()), cause: None }
    }

    /// It cannot be told now; the log says why.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: AuthenticationErrorKind::Unavailable, cause: Some(cause.into()) }
    }
}

/// An error on the way to an answer is not the client's fault.
impl<E: Error + Send + Sync + 'static> From<E> for AuthenticationError {
    fn from(cause: E) -> Self {
        Self::unavailable(cause)
    }
}

/// What documents say of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeDeclaration {
    /// Its name.
    pub name: &'static str,
    /// What kind of scheme.
    pub kind: SchemeKind,
    /// What people read.
    pub description: Option<Cow<'static, str>>,
}

/// The kinds of scheme that OpenAPI knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeKind {
    /// `Authorization: Bearer …`, with a hint about the token's format.
    Bearer(Option<&'static str>),
    /// `Authorization: Basic …`.
    Basic,
    /// A key in a header field.
    ApiKeyHeader(&'static str),
    /// A key in the query.
    ApiKeyQuery(&'static str),
    /// A key in a cookie.
    ApiKeyCookie(&'static str),
    /// OAuth 2 with these flows.
    OAuth2(Vec<Flow>),
    /// OpenID Connect, by the URL of its discovery document.
    OpenIdConnect(Cow<'static, str>),
}

/// A flow of OAuth 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// `password`, `authorizationCode` or `clientCredentials`.
    pub(crate) kind: &'static str,
    pub(crate) authorization_url: Option<Cow<'static, str>>,
    pub(crate) token_url: Cow<'static, str>,
    pub(crate) scopes: Vec<(&'static str, &'static str)>,
}

impl Flow {
    /// The user's name and password for a token; for first-party clients only.
    pub fn password(token_url: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: "password", authorization_url: None, token_url: token_url.into(), scopes: Vec::new() }
    }

    /// A code from a page of the provider for a token.
    pub fn authorization_code(
        authorization_url: impl Into<Cow<'static, str>>,
        token_url: impl Into<Cow<'static, str>>,
    ) -> Self {
        let authorization_url = Some(authorization_url.into());
        Self { kind: "authorizationCode", authorization_url, token_url: token_url.into(), scopes: Vec::new() }
    }

    /// A client's own name and secret for a token.
    pub fn client_credentials(token_url: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: "clientCredentials", authorization_url: None, token_url: token_url.into(), scopes: Vec::new() }
    }

    /// Adds a scope and what it permits.
    #[must_use]
    pub fn scope(mut self, name: &'static str, description: &'static str) -> Self {
        self.scopes.push((name, description));
        self
    }
}

impl SchemeDeclaration {
    /// `Authorization: Bearer …`.
    pub fn bearer(name: &'static str) -> Self {
        Self::new(name, SchemeKind::Bearer(None))
    }

    /// `Authorization: Bearer …` with a JWT.
    pub fn jwt(name: &'static str) -> Self {
        Self::new(name, SchemeKind::Bearer(Some("JWT")))
    }

    /// `Authorization: Basic …`.
    pub fn basic(name: &'static str) -> Self {
        Self::new(name, SchemeKind::Basic)
    }

    /// A key in a header field.
    pub fn api_key_header(name: &'static str, field: &'static str) -> Self {
        Self::new(name, SchemeKind::ApiKeyHeader(field))
    }

    /// A key in the query. It ends up in logs of proxies; a header field does not.
    pub fn api_key_query(name: &'static str, parameter: &'static str) -> Self {
        Self::new(name, SchemeKind::ApiKeyQuery(parameter))
    }

    /// A key in a cookie.
    pub fn api_key_cookie(name: &'static str, cookie: &'static str) -> Self {
        Self::new(name, SchemeKind::ApiKeyCookie(cookie))
    }

    /// OAuth 2; the token comes as `Authorization: Bearer …`.
    pub fn oauth2(name: &'static str, flows: Vec<Flow>) -> Self {
        Self::new(name, SchemeKind::OAuth2(flows))
    }

    /// OpenID Connect; the token comes as `Authorization: Bearer …`.
    pub fn openid_connect(name: &'static str, discovery_url: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SchemeKind::OpenIdConnect(discovery_url.into()))
    }

    /// What people read about it.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    fn new(name: &'static str, kind: SchemeKind) -> Self {
        Self { name, kind, description: None }
    }

    /// What a caller has to send, for people.
    pub(crate) fn wanted(&self) -> String {
        match &self.kind {
            SchemeKind::Basic => "`Authorization: Basic <base64 of name:password>`".to_owned(),
            SchemeKind::ApiKeyHeader(field) => format!("the header field `{field}`"),
            SchemeKind::ApiKeyQuery(parameter) => format!("the query parameter `{parameter}`"),
            SchemeKind::ApiKeyCookie(cookie) => format!("the cookie `{cookie}`"),
            _ => "`Authorization: Bearer <token>`".to_owned(),
        }
    }

    /// Whether the credential stands in `Authorization`, after the name of a scheme.
    pub(crate) fn is_in_authorization(&self) -> bool {
        !matches!(self.kind, SchemeKind::ApiKeyHeader(_) | SchemeKind::ApiKeyQuery(_) | SchemeKind::ApiKeyCookie(_))
    }

    /// What `WWW-Authenticate` says (RFC 9110 §11.6.1).
    pub(crate) fn challenge(&self) -> String {
        match &self.kind {
            SchemeKind::Basic => format!("Basic realm=\"{}\", charset=\"UTF-8\"", self.name),
            SchemeKind::ApiKeyHeader(field) => {
                format!("ApiKey realm=\"{}\", in=\"header\", name=\"{field}\"", self.name)
            }
            SchemeKind::ApiKeyQuery(field) => format!("ApiKey realm=\"{}\", in=\"query\", name=\"{field}\"", self.name),
            SchemeKind::ApiKeyCookie(field) => {
                format!("ApiKey realm=\"{}\", in=\"cookie\", name=\"{field}\"", self.name)
            }
            _ => format!("Bearer realm=\"{}\"", self.name),
        }
    }
}

/// A scheme that an operation requires, with scopes or roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The scheme's name.
    pub scheme: &'static str,
    /// What the caller must have.
    pub scopes: Vec<&'static str>,
}
