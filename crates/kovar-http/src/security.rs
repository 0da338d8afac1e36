//! Who may ask: schemes that find out who the caller is, and permissions that judge.
//!
//! A scheme is declared by being used: an operation that takes `Authenticated<S>` or `Has<P>` is
//! documented with the scheme and its scopes, and answers 401 or 403 without them. Credentials are
//! looked at before anything else of the request is.

mod caller;
mod credential;
#[cfg(feature = "jwt")]
pub mod jwt;
mod permission;
mod scheme;

pub use self::caller::Caller;
pub(crate) use self::caller::Found;
pub use self::credential::{ApiKey, Basic, Bearer, Credential, MalformedCredential};
pub use self::permission::{Authenticated, Has, Permission};
pub use self::scheme::{AuthenticationError, Flow, Requirement, Scheme, SchemeDeclaration, SchemeKind};

/// Compares secrets in a time that does not tell where they differ.
///
/// # Example
///
/// ```
/// assert!(kovar_http::security::is_same_secret(b"s3cret", b"s3cret"));
/// ```
pub fn is_same_secret(given: &[u8], wanted: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    given.ct_eq(wanted).into()
}
