//! Redirects. The status is part of the type, so that the documents can say it.

use std::error::Error;
use std::fmt;

use axum::response::Response;
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Respond;
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};
use crate::problem::builtin;

/// An answer that sends the client elsewhere, with the `Location`; 303 where no status is named.
///
/// The target is a URI or a reference relative to the request's (RFC 9110 §10.2.2). Characters
/// that no URI has are percent-encoded; a target with control characters is a 500.
///
/// Whoever chooses the target chooses where people go: give one that comes from the request to
/// [`Redirect::within_origin`].
///
/// # Example
///
/// ```
/// use kovar_http::respond::Redirect;
///
/// async fn submit() -> Redirect {
///     Redirect::see_other("/thanks")
/// }
///
/// async fn moved() -> Redirect<308> {
///     Redirect::permanent("/new")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect<const STATUS: u16 = 303> {
    target: String,
}

macro_rules! redirects {
    ($($constructor:ident $status:literal $description:literal;)*) => {$(
        impl Redirect<$status> {
            #[doc = concat!("Status ", stringify!($status), ": ", $description, ".")]
            pub fn $constructor(target: impl Into<String>) -> Self {
                Self { target: target.into() }
            }
        }

        impl Described for Redirect<$status> {
            const DESCRIPTION: &'static str = $description;
        }
    )*};
}

redirects! {
    moved_permanently 301 "it is elsewhere for good; clients may ask there with GET";
    found 302 "it is elsewhere for now; clients may ask there with GET";
    see_other 303 "the answer is elsewhere, to be asked for with GET";
    temporary 307 "it is elsewhere for now; ask there with the same method and body";
    permanent 308 "it is elsewhere for good; ask there with the same method and body";
}

/// The statuses that redirect.
trait Described {
    const DESCRIPTION: &'static str;
}

impl<const STATUS: u16> Redirect<STATUS> {
    /// Replaces a target that leads out of this origin, or is no path of it, by another.
    ///
    /// For targets that come from the request, such as `?next=/cart`.
    ///
    /// # Example
    ///
    /// ```
    /// use kovar_http::respond::Redirect;
    ///
    /// let next = "//evil.example";
    /// assert_eq!(Redirect::see_other(next).within_origin("/"), Redirect::see_other("/"));
    /// ```
    #[must_use]
    pub fn within_origin(self, otherwise: impl Into<String>) -> Self {
        if is_own_path(&self.target) { self } else { Self { target: otherwise.into() } }
    }

    fn response(&self) -> Result<Response, InvalidTarget> {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::from_u16(STATUS).map_err(|_| InvalidTarget)?;
        response.headers_mut().insert(LOCATION, location(&self.target)?);
        Ok(response)
    }
}

impl<const STATUS: u16> Respond for Redirect<STATUS>
where
    Self: Described,
{
    fn describe(describer: &mut Describer<'_>) {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::SEE_OTHER);
        let response = ResponseDescription::empty(Self::DESCRIPTION).header("Location", "Where it is");
        describer.response(status, response);
    }

    fn respond(self, context: &RequestContext) -> Response {
        self.response().unwrap_or_else(|invalid| context.problem(builtin::INTERNAL.details().log(invalid)))
    }
}

/// A target has control characters, or none at all.
#[derive(Debug)]
struct InvalidTarget;

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the target of a redirect is empty or has control characters")
    }
}

impl Error for InvalidTarget {}

/// What may not stand in a URI (RFC 3986 §2); `%` begins an escape that is there already.
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

fn location(target: &str) -> Result<HeaderValue, InvalidTarget> {
    if target.is_empty() || target.chars().any(char::is_control) {
        return Err(InvalidTarget);
    }
    HeaderValue::try_from(utf8_percent_encode(target, UNSAFE).to_string()).map_err(|_| InvalidTarget)
}

/// Whether a browser stays at this origin: `//host` and `/\host` lead to another, and browsers
/// drop tabs and line ends before they look.
fn is_own_path(target: &str) -> bool {
    let is_path = target.starts_with('/') && !target.starts_with("//");
    is_path && !target.contains('\\') && !target.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::operation::Operation;
    use crate::respond::testing::{app, get};

    async fn location_of(target: &'static str) -> (StatusCode, Option<String>) {
        let answer = get(app([Operation::get("/", move || ready(Redirect::temporary(target)))]), "/").await;
        (answer.status, answer.header("location").map(str::to_owned))
    }

    #[tokio::test]
    async fn a_target_is_sent_as_a_uri() {
        let check = async |target, expected: &str| {
            assert_eq!(location_of(target).await, (StatusCode::TEMPORARY_REDIRECT, Some(expected.to_owned())));
        };
        check("/a?b=c#d", "/a?b=c#d").await;
        check("https://example.com/%C3%BC", "https://example.com/%C3%BC").await;
        check("/ü <b>", "/%C3%BC%20%3Cb%3E").await;
    }

    #[tokio::test]
    async fn a_target_cannot_inject_a_field() {
        for target in ["/a\r\nset-cookie: a=b", "/a\0", "", "/\u{85}"] {
            assert_eq!(location_of(target).await, (StatusCode::INTERNAL_SERVER_ERROR, None), "{target:?}");
        }
    }

    #[test]
    fn the_document_has_the_status_of_the_type() {
        let check = |operation: Operation, status: &str| {
            let document = app([operation]).openapi().unwrap();
            let response = document.pointer(&format!("/paths/~1/get/responses/{status}")).unwrap();
            assert!(response.pointer("/headers/Location").is_some(), "{status}");
        };
        check(Operation::get("/", async || Redirect::moved_permanently("/x")), "301");
        check(Operation::get("/", async || Redirect::found("/x")), "302");
        check(Operation::get("/", async || -> Redirect { Redirect::see_other("/x") }), "303");
        check(Operation::get("/", async || Redirect::temporary("/x")), "307");
        check(Operation::get("/", async || Redirect::permanent("/x")), "308");
    }

    #[test]
    fn only_paths_stay_within_the_origin() {
        for target in ["/", "/cart?x=//y"] {
            assert_eq!(Redirect::found(target).within_origin("/home"), Redirect::found(target));
        }
        for target in ["//evil", "/\\evil", "https://evil", "javascript:x", "evil", "/\t/evil", "", "\\/evil"] {
            assert_eq!(Redirect::found(target).within_origin("/home"), Redirect::found("/home"), "{target:?}");
        }
    }
}
