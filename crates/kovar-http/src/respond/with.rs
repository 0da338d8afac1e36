//! Header fields on any response.
//!
//! A field whose name is a type is declared: the documents show it on every answer that has it.
//! A field given by its name alone is sent and not shown, as is any of a layer.

use std::error::Error;
use std::fmt;

use axum::response::Response;
use http::header::{HeaderName, HeaderValue, InvalidHeaderValue};

use super::{Respond, SetCookie};
use crate::context::RequestContext;
use crate::describe::Describer;
use crate::problem::builtin;

/// A header field of responses, declared by its type.
///
/// # Example
///
/// ```
/// use http::header::HeaderValue;
/// use kovar_http::extract::Json;
/// use kovar_http::respond::{InvalidHeader, RespondExt, ResponseHeader, With};
///
/// struct Remaining(u32);
///
/// impl ResponseHeader for Remaining {
///     const NAME: &'static str = "x-remaining";
///     const DESCRIPTION: &'static str = "How many requests are left";
///
///     fn value(&self) -> Result<HeaderValue, InvalidHeader> {
///         Ok(self.0.into())
///     }
/// }
///
/// async fn quota() -> With<Json<bool>, Remaining> {
///     Json(true).with(Remaining(7))
/// }
/// ```
pub trait ResponseHeader: Send {
    /// The name, in lower case; another one does not compile.
    const NAME: &'static str;

    /// What it says, for the documents.
    const DESCRIPTION: &'static str;

    /// What is sent.
    ///
    /// # Errors
    ///
    /// When there is no such value; then the answer is a 500, since a client was promised one.
    fn value(&self) -> Result<HeaderValue, InvalidHeader>;
}

/// Why a header field cannot be sent; only the log sees it.
#[derive(Debug)]
pub struct InvalidHeader(String);

impl InvalidHeader {
    /// The reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a header field cannot be sent: {}", self.0)
    }
}

impl Error for InvalidHeader {}

impl From<InvalidHeaderValue> for InvalidHeader {
    fn from(error: InvalidHeaderValue) -> Self {
        Self(error.to_string())
    }
}

/// Adds header fields to any response.
pub trait RespondExt: Respond {
    /// Adds a declared field to answers that are no error, and to the documents.
    fn with<H: ResponseHeader>(self, header: H) -> With<Self, H> {
        With { response: self, header }
    }

    /// Adds a cookie to answers that are no error, and `Set-Cookie` to the documents.
    fn cookie(self, cookie: SetCookie) -> With<Self, SetCookie> {
        self.with(cookie)
    }

    /// Sets a field that the documents do not show, on answers that are no error.
    ///
    /// A value that no header field can have makes the answer a 500.
    fn header<V>(self, name: HeaderName, value: V) -> WithHeaders<Self>
    where
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        WithHeaders { response: self, fields: Vec::new() }.header(name, value)
    }
}

impl<R: Respond> RespondExt for R {}

/// A response with a declared header field: [`RespondExt::with`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct With<R, H> {
    response: R,
    header: H,
}

impl<R: Respond, H: ResponseHeader> Respond for With<R, H> {
    fn describe(describer: &mut Describer<'_>) {
        R::describe(describer);
        describer.header(H::NAME, H::DESCRIPTION);
    }

    fn respond(self, context: &RequestContext) -> Response {
        let name = const { HeaderName::from_static(H::NAME) };
        match self.header.value() {
            Ok(value) => add(self.response.respond(context), |response| {
                response.headers_mut().append(name, value);
            }),
            Err(invalid) => context.problem(builtin::INTERNAL.details().log(invalid)),
        }
    }
}

/// A response with header fields that the documents do not show: [`RespondExt::header`].
#[derive(Debug)]
pub struct WithHeaders<R> {
    response: R,
    fields: Vec<(HeaderName, Result<HeaderValue, InvalidHeader>)>,
}

impl<R: Respond> WithHeaders<R> {
    /// Sets another field; of two of one name the later is sent.
    #[must_use]
    pub fn header<V>(mut self, name: HeaderName, value: V) -> Self
    where
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        let value = value.try_into().map_err(|error| InvalidHeader::new(format!("{name}: {error}")));
        self.fields.push((name, value));
        self
    }
}

impl<R: Respond> Respond for WithHeaders<R> {
    fn describe(describer: &mut Describer<'_>) {
        R::describe(describer);
    }

    fn respond(self, context: &RequestContext) -> Response {
        let fields: Result<Vec<_>, InvalidHeader> =
            self.fields.into_iter().map(|(name, value)| Ok((name, value?))).collect();
        match fields {
            Ok(fields) => add(self.response.respond(context), |response| {
                for (name, value) in fields {
                    response.headers_mut().insert(name, value);
                }
            }),
            Err(invalid) => context.problem(builtin::INTERNAL.details().log(invalid)),
        }
    }
}

/// Problems have header fields of their own.
fn add(mut response: Response, write: impl FnOnce(&mut Response)) -> Response {
    if response.status().as_u16() < 400 {
        write(&mut response);
    }
    response
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use http::header::{ETAG, VARY};

    use super::*;
    use crate::extract::Json;
    use crate::operation::Operation;
    use crate::problem::InternalError;
    use crate::respond::Created;
    use crate::respond::testing::{app, get};

    struct Remaining(&'static str);

    impl ResponseHeader for Remaining {
        const NAME: &'static str = "x-remaining";
        const DESCRIPTION: &'static str = "How many requests are left";

        fn value(&self) -> Result<HeaderValue, InvalidHeader> {
            Ok(HeaderValue::try_from(self.0)?)
        }
    }

    #[tokio::test]
    async fn a_declared_field_is_sent_and_documented() {
        let make = || app([Operation::get("/", async || Created(1).with(Remaining("7")).header(VARY, "origin"))]);
        let answer = get(make(), "/").await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!((answer.header("x-remaining"), answer.header("vary")), (Some("7"), Some("origin")));
        let headers = "/paths/~1/get/responses/201/headers";
        let document = make().openapi().unwrap();
        let described = document.pointer(headers).unwrap();
        assert!(described.get("x-remaining").is_some(), "{described}");
    }

    #[tokio::test]
    async fn a_value_that_no_field_can_have_is_a_500() {
        let declared = get(app([Operation::get("/", async || Json(1).with(Remaining("a\r\nb: c")))]), "/").await;
        let named = get(app([Operation::get("/", async || Json(1).header(ETAG, "a\nb"))]), "/").await;
        for answer in [declared, named] {
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(answer.header("x-remaining").is_none() && answer.header("etag").is_none());
        }
    }

    #[tokio::test]
    async fn a_problem_has_no_fields_of_the_success() {
        let failing = async || Err::<Json<u8>, _>(InternalError::new("broken")).with(Remaining("7"));
        let answer = get(app([Operation::get("/", failing)]), "/").await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.header("x-remaining"), None);
    }
}
