//! Cookies that responses set, closed until they are opened.

use std::time::Duration;

use cookie::{Cookie, SameSite};
use http::header::HeaderValue;

use super::{InvalidHeader, ResponseHeader};

/// A cookie for the client to keep: [`RespondExt::cookie`](super::RespondExt::cookie).
///
/// Unless said otherwise it is `HttpOnly` (scripts do not see it), `Secure` (sent over HTTPS and
/// to localhost only), `SameSite=Lax` (not sent with requests that other sites make), of the path
/// `/`, of this host only, and gone when the browser closes.
///
/// A name or value that RFC 6265 §4.1.1 does not allow, or a prefix that is not kept
/// (`__Host-`, `__Secure-`), makes the answer a 500.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use kovar_http::respond::{NoContent, RespondExt, SetCookie, With};
///
/// async fn log_in() -> With<NoContent, SetCookie> {
///     NoContent.cookie(SetCookie::new("__Host-session", "31d4d96e").max_age(Duration::from_secs(3600)))
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SetCookie(Cookie<'static>);

impl SetCookie {
    /// A cookie with safe settings.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        let cookie = Cookie::build((name.into(), value.into()));
        Self(cookie.http_only(true).secure(true).same_site(SameSite::Lax).path("/").build())
    }

    /// Tells the client to forget the cookie of this name. Path and domain must be those it was
    /// set with.
    pub fn removal(name: impl Into<String>) -> Self {
        let mut cookie = Self::new(name, "");
        cookie.0.make_removal();
        cookie
    }

    /// How long the client keeps it. Default: until the browser closes.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        let age = cookie::time::Duration::try_from(age).unwrap_or(cookie::time::Duration::MAX);
        self.0.set_max_age(age);
        self
    }

    /// Below which path it is sent. Default: `/`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.0.set_path(path.into());
        self
    }

    /// Sends it to a domain and all hosts below it. Default: to this host only.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.0.set_domain(domain.into());
        self
    }

    /// Sends it only with requests that this site itself makes: not even with a followed link.
    #[must_use]
    pub fn same_site_strict(mut self) -> Self {
        self.0.set_same_site(SameSite::Strict);
        self
    }

    /// Sends it with requests that other sites make, too; those must then be checked for forgery.
    #[must_use]
    pub fn cross_site(mut self) -> Self {
        self.0.set_same_site(SameSite::None);
        self
    }

    /// Shows it to scripts of the page: not for anything that is a credential.
    #[must_use]
    pub fn visible_to_scripts(mut self) -> Self {
        self.0.set_http_only(false);
        self
    }

    /// Sends it over plain HTTP, too, where anybody on the way can read it.
    #[must_use]
    pub fn insecure(mut self) -> Self {
        self.0.set_secure(false);
        self
    }

    fn check(&self) -> Result<(), &'static str> {
        let cookie = &self.0;
        let is_secure = cookie.secure() == Some(true);
        // RFC 6265 §4.1.1: the name is a token.
        if cookie.name().is_empty() || !cookie.name().bytes().all(is_token) {
            return Err("the name of a cookie is a token");
        }
        if !cookie.value().bytes().all(is_cookie_octet) {
            return Err("the value of a cookie has no spaces, quotes, commas, semicolons or backslashes, and is ASCII");
        }
        let attributes = [cookie.path(), cookie.domain()];
        if attributes.into_iter().flatten().any(|value| value.bytes().any(|byte| byte == b';' || !is_visible(byte))) {
            return Err("the path and domain of a cookie have no semicolons or control characters");
        }
        // RFC 6265bis §4.1.3: what the prefixes promise; browsers compare them without case.
        let has_prefix =
            |prefix: &str| cookie.name().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if has_prefix("__Host-") && !(is_secure && cookie.path() == Some("/") && cookie.domain().is_none()) {
            return Err("a `__Host-` cookie is secure, of the path `/`, and has no domain");
        }
        if has_prefix("__Secure-") && !is_secure {
            return Err("a `__Secure-` cookie is secure");
        }
        if cookie.same_site() == Some(SameSite::None) && !is_secure {
            return Err("browsers keep a cross-site cookie only if it is secure");
        }
        Ok(())
    }
}

impl ResponseHeader for SetCookie {
    const NAME: &'static str = "set-cookie";
    const DESCRIPTION: &'static str = "A cookie to keep";

    fn value(&self) -> Result<HeaderValue, InvalidHeader> {
        self.check().map_err(|reason| InvalidHeader::new(format!("{reason}: `{}`", self.0.name().escape_debug())))?;
        Ok(HeaderValue::try_from(self.0.to_string())?)
    }
}

/// RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 6265 §4.1.1.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}

fn is_visible(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_graphic()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use crate::respond::testing::{app, get};
    use crate::respond::{NoContent, RespondExt};

    #[test]
    fn a_cookie_is_closed_until_it_is_opened() {
        let check = |cookie: SetCookie, expected: &str| assert_eq!(cookie.value().unwrap(), expected);
        check(SetCookie::new("a", "b"), "a=b; HttpOnly; SameSite=Lax; Secure; Path=/");
        check(SetCookie::new("__Host-a", "b"), "__Host-a=b; HttpOnly; SameSite=Lax; Secure; Path=/");
        check(
            SetCookie::new("a", "b").max_age(Duration::from_secs(60)).domain("example.com").path("/x"),
            "a=b; HttpOnly; SameSite=Lax; Secure; Path=/x; Domain=example.com; Max-Age=60",
        );
        check(SetCookie::new("a", "b").insecure().visible_to_scripts(), "a=b; SameSite=Lax; Path=/");
        check(SetCookie::new("a", "b").cross_site(), "a=b; HttpOnly; SameSite=None; Secure; Path=/");
        check(SetCookie::new("a", "b").same_site_strict(), "a=b; HttpOnly; SameSite=Strict; Secure; Path=/");
        let removal = SetCookie::removal("a").value().unwrap();
        assert!(removal.to_str().unwrap().contains("Max-Age=0"), "{removal:?}");
    }

    #[test]
    fn a_cookie_that_browsers_would_refuse_or_misread_is_refused() {
        for cookie in [
            SetCookie::new("", "b"),
            SetCookie::new("a b", "c"),
            SetCookie::new("a=b", "c"),
            SetCookie::new("a", "b; Domain=evil"),
            SetCookie::new("a", "b\r\nX: y"),
            SetCookie::new("a", "ü"),
            SetCookie::new("a", "b").path("/; Domain=evil"),
            SetCookie::new("a", "b").domain("x\r\n"),
            SetCookie::new("__Host-a", "b").domain("example.com"),
            SetCookie::new("__Host-a", "b").path("/x"),
            SetCookie::new("__host-a", "b").insecure(),
            SetCookie::new("__Secure-a", "b").insecure(),
            SetCookie::new("a", "b").cross_site().insecure(),
        ] {
            assert!(cookie.value().is_err(), "{cookie:?}");
        }
    }

    #[tokio::test]
    async fn several_cookies_are_several_fields() {
        let make = async || NoContent.cookie(SetCookie::new("a", "1")).cookie(SetCookie::new("b", "2"));
        let answer = get(app([Operation::get("/", make)]), "/").await;
        let names = answer.headers.get_all("set-cookie").iter().map(|value| &value.as_bytes()[..3]);
        assert_eq!(names.collect::<Vec<_>>(), [b"a=1", b"b=2"]);
    }
}
