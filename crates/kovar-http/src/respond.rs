//! Results of operations: each says its status, media type and schema, and writes itself.

mod event_stream;
mod file;
mod json_lines;
mod page;
mod redirect;
mod set_cookie;
mod status;
mod stream;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod undocumented;
mod with;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use kovar_contract::diagnose::diagnose_output;
use kovar_contract::{Direction, Output, Rules, Schema};

pub use self::event_stream::{Event, EventStream};
pub use self::file::{File, FileError, FileRoot, RANGE_LIMIT};
pub use self::json_lines::JsonLines;
pub use self::page::{Cursor, InvalidCursor, Page};
pub use self::redirect::Redirect;
pub use self::set_cookie::SetCookie;
pub use self::status::{Accepted, Created, NoContent};
pub use self::text::{Binary, Html, MediaType, OctetStream, Text};
pub use self::undocumented::Undocumented;
pub use self::with::{InvalidHeader, RespondExt, ResponseHeader, With, WithHeaders};
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};
use crate::extract::Json;
use crate::problem::{Problem, builtin};
use crate::type_name::short_of;

/// What an operation may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by an operation",
    label = "no response",
    note = "return `Json`, `Created`, `NoContent` or another response of Kovar, or a `Result` of one with a `#[problem]` enum",
    note = "text is returned as `Text`, a value as `Json`; a response of axum as `Undocumented`"
)]
pub trait Respond: Sized {
    /// Says what the documents show.
    fn describe(describer: &mut Describer<'_>);

    /// Writes the response.
    fn respond(self, context: &RequestContext) -> Response;
}

/// The declared problems of `P` beside the responses of `R`.
impl<R: Respond, P: Problem> Respond for Result<R, P> {
    fn describe(describer: &mut Describer<'_>) {
        R::describe(describer);
        for problem in P::declare(describer.catalog) {
            describer.declared_problem(problem);
        }
    }

    fn respond(self, context: &RequestContext) -> Response {
        match self {
            Ok(response) => response.respond(context),
            Err(problem) => context.problem(problem.into_details()),
        }
    }
}

/// Status 200 with JSON.
impl<T: Output> Respond for Json<T> {
    fn describe(describer: &mut Describer<'_>) {
        describe_json::<T>(describer, StatusCode::OK, "The result");
    }

    fn respond(self, context: &RequestContext) -> Response {
        json(StatusCode::OK, &self.0, context)
    }
}

pub(crate) fn describe_json<T: Schema>(describer: &mut Describer<'_>, status: StatusCode, description: &'static str) {
    let shape = T::shape(describer.catalog);
    let response = ResponseDescription::empty(description).content("application/json", Some(shape));
    describer.response(status, response);
}

/// A JSON response. A value that breaks its own contract is not sent: clients are generated from it.
pub(crate) fn json<T: Output>(status: StatusCode, value: &T, context: &RequestContext) -> Response {
    if !value.accepts(&Rules::NONE, Direction::Output) {
        return breaks_contract(value, context);
    }
    // A `Vec` and not a `BytesMut`: serde_json writes in small pieces, and those cost less here.
    let mut buffer = Vec::with_capacity(512);
    match serde_json::to_writer(&mut buffer, value) {
        Ok(()) => {
            let mut response = Response::new(Body::from(buffer));
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => context.problem(builtin::INTERNAL.details().log(error)),
    }
}

#[cold]
fn breaks_contract<T: Output>(value: &T, context: &RequestContext) -> Response {
    let message = format!("the response was not sent: {}", broken_contract(value));
    context.problem(builtin::INTERNAL.details().log(message))
}

/// Which rules of its schema a value breaks, and where: never the value itself, as it goes to the log.
pub fn broken_contract<T: Output>(value: &T) -> String {
    const MOST_ISSUES: usize = 5;
    let issues = diagnose_output(value);
    let shown = issues.iter().take(MOST_ISSUES).map(|issue| match issue.pointer().as_str() {
        "" => format!("{} (the whole)", issue.kind),
        pointer => format!("{} at {pointer}", issue.kind),
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let more = issues.len().saturating_sub(MOST_ISSUES);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("it breaks the rules of its schema `{}`: {shown}{more}", short_of::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_breaks_is_told_without_its_values() {
        assert_eq!(
            broken_contract(&vec![1.0, f64::NAN]),
            "it breaks the rules of its schema `Vec<f64>`: float_type at /1"
        );
        assert!(broken_contract(&vec![f64::NAN; 7]).ends_with("float_type at /4, and 2 more"));
    }
}
