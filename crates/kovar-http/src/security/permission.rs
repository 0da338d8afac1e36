//! Arguments that let only some callers in.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use super::scheme::AuthenticationErrorKind;
use super::{Credential as _, Found, MalformedCredential, Requirement, Scheme};
use crate::context::RequestContext;
use crate::dependency::FromApp as _;
use crate::describe::{Argument, Describer};
use crate::extract::{Extract, Phase, Rejection};
use crate::problem::{ProblemDetails, builtin};

/// Something that callers may be permitted.
pub trait Permission: Send + Sync + 'static {
    /// How it is found out who the caller is.
    type Scheme: Scheme;

    /// The scopes or roles that documents show.
    const SCOPES: &'static [&'static str];

    /// Whether this caller may.
    fn permits(caller: &<Self::Scheme as Scheme>::Principal) -> bool;
}

/// Whoever the scheme knows; a 401 for anybody else.
///
/// `Option<Authenticated<S>>` lets callers in who show nothing; who shows a credential that is not
/// good is refused all the same.
pub struct Authenticated<S: Scheme>(Arc<S::Principal>);

/// Whoever has the permission: a 401 for callers who are not known, a 403 for those who may not.
pub struct Has<P: Permission>(Arc<<P::Scheme as Scheme>::Principal>);

macro_rules! principal {
    ($($guard:ident<$parameter:ident: $bound:path> of $principal:ty;)*) => {$(
        impl<$parameter: $bound> Deref for $guard<$parameter> {
            type Target = $principal;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<$parameter: $bound> $guard<$parameter> {
            /// Stands in for a caller, to call a handler from a test.
            pub fn new(principal: $principal) -> Self {
                Self(Arc::new(principal))
            }
        }

        impl<$parameter: $bound> fmt::Debug for $guard<$parameter>
        where
            $principal: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

principal! {
    Authenticated<S: Scheme> of S::Principal;
    Has<P: Permission> of <P::Scheme as Scheme>::Principal;
}

impl<S: Scheme> Extract for Authenticated<S> {
    const PHASE: Phase = Phase::Guard;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describe::<S>(describer, &[], true);
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        match authenticate::<S>(context).await? {
            Some(principal) => Ok(Self(principal)),
            None => Err(missing::<S>(context).into()),
        }
    }
}

impl<S: Scheme> Extract for Option<Authenticated<S>> {
    const PHASE: Phase = Phase::Guard;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describe::<S>(describer, &[], false);
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        Ok(authenticate::<S>(context).await?.map(Authenticated))
    }
}

impl<P: Permission> Extract for Has<P> {
    const PHASE: Phase = Phase::Guard;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describe::<P::Scheme>(describer, P::SCOPES, true);
        describer.problem(&builtin::FORBIDDEN);
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let Some(principal) = authenticate::<P::Scheme>(context).await? else {
            return Err(missing::<P::Scheme>(context).into());
        };
        if P::permits(&principal) {
            return Ok(Self(principal));
        }
        Err(forbidden::<P>().into())
    }
}

fn describe<S: Scheme>(describer: &mut Describer<'_>, scopes: &'static [&'static str], is_required: bool) {
    let scheme = S::declare();
    let requirement = Requirement { scheme: scheme.name, scopes: scopes.to_vec() };
    let mut alternatives = vec![requirement];
    if !is_required {
        // OpenAPI writes "none" as an empty requirement.
        alternatives.push(Requirement { scheme: "", scopes: Vec::new() });
    }
    let mut needs = Vec::new();
    S::Needs::needs(&mut needs);
    for need in needs {
        describer.app_need(need);
    }
    describer.problem(&builtin::UNAUTHENTICATED);
    describer.security(alternatives, [scheme]);
}

/// Who the caller is; `None` when they show nothing. Asked once a request for each scheme.
async fn authenticate<S: Scheme>(context: &RequestContext) -> Result<Option<Arc<S::Principal>>, Rejection> {
    if let Some(known) = context.principal::<S>() {
        return Ok(Some(known));
    }
    let declaration = S::declare();
    let credential = match S::Credential::read(context, &declaration) {
        Ok(Some(credential)) => credential,
        Ok(None) => return Ok(None),
        Err(MalformedCredential) => return Err(refused::<S>("the credential is malformed").into()),
    };
    let needs = S::Needs::from_app(context.values())
        .ok_or_else(|| builtin::INTERNAL.details().log("a security scheme needs a value that is not app-scoped"))?;
    match S::authenticate(credential, needs).await {
        Ok(principal) => {
            let principal = Arc::new(principal);
            context.found(Found::by::<S>(Arc::clone(&principal)));
            Ok(Some(principal))
        }
        Err(error) => Err(match error.kind {
            AuthenticationErrorKind::Refused(reason) => refused::<S>(&reason),
            AuthenticationErrorKind::Unavailable => {
                let details = builtin::UNAVAILABLE.details().header(http::header::RETRY_AFTER, "1");
                details.log(error.cause.unwrap_or_else(|| "authentication is unavailable".into()))
            }
        }
        .into()),
    }
}

/// What is there of another scheme is not shown: it may be a token without the word before it.
fn missing<S: Scheme>(context: &RequestContext) -> ProblemDetails {
    let declaration = S::declare();
    let (wanted, challenge) = (declaration.wanted(), declaration.challenge());
    let is_of_another = declaration.is_in_authorization() && context.headers().contains_key(AUTHORIZATION);
    let what = if is_of_another { "`Authorization` has another scheme, or none" } else { "no credential was sent" };
    builtin::UNAUTHENTICATED.details().detail(format!("{what}: {wanted} is wanted")).header(WWW_AUTHENTICATE, challenge)
}

/// RFC 6750 §3.1: what the caller lacks. The document says it, too, so it is no secret.
fn forbidden<P: Permission>() -> ProblemDetails {
    let challenge = P::Scheme::declare().challenge();
    let challenge = format!("{challenge}, error=\"insufficient_scope\", scope=\"{}\"", P::SCOPES.join(" "));
    let details = builtin::FORBIDDEN.details().header(WWW_AUTHENTICATE, challenge);
    match P::SCOPES {
        [] => details,
        [scope] => details.detail(format!("the operation needs the scope `{scope}`")),
        scopes => details.detail(format!("the operation needs the scopes `{}`", scopes.join("`, `"))),
    }
}

/// RFC 6750 §3: the challenge says that the token is no good, and why.
fn refused<S: Scheme>(reason: &str) -> ProblemDetails {
    let shown: String =
        reason.chars().filter(|character| (' '..='~').contains(character) && !"\"\\".contains(*character)).collect();
    let challenge = format!("{}, error=\"invalid_token\", error_description=\"{shown}\"", S::declare().challenge());
    builtin::UNAUTHENTICATED.details().detail(reason.to_owned()).header(WWW_AUTHENTICATE, challenge)
}
