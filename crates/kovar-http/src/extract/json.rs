//! JSON bodies.

use kovar_contract::{Input, Unreadable, read_json};

use super::{Extract, Phase, Rejection, limit, media_type, parameter};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::problem::{ProblemDetails, builtin};

/// A JSON body, or a JSON answer of status 200.
///
/// As an argument it takes `application/json` and types with the suffix `+json`; anything else is
/// a 415, a body past the limit a 413, text that is no JSON a 400 with line and column, and JSON
/// that breaks the schema a 422 with everything that is wrong. `Option<Json<T>>` accepts a
/// request without a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

const JSON: &str = "application/json";

impl<T: Input + Send> Extract for Json<T> {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        let shape = T::shape(describer.catalog);
        if describer.catalog.holds_file(&shape) {
            describer.mistake(parameter::no_file::<T>());
        }
        describer.signature.can_break_contract = true;
        describer.problem(&builtin::MALFORMED);
        describer.body(JSON, Some(shape));
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        if !media_type::is_json(context.headers()) {
            return Err(media_type::unsupported(context.headers(), JSON));
        }
        read(&limit::read(context).await?)
    }
}

impl<T: Input + Send> Extract for Option<Json<T>> {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        Json::<T>::describe(describer, argument);
        describer.signature.is_body_optional = true;
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let is_json = media_type::is_json(context.headers());
        if !is_json && context.headers().contains_key(http::header::CONTENT_TYPE) {
            return Err(media_type::unsupported(context.headers(), JSON));
        }
        let body = limit::read(context).await?;
        match (body.is_empty(), is_json) {
            (true, _) => Ok(None),
            (false, true) => read(&body).map(Some),
            (false, false) => Err(media_type::unsupported(context.headers(), JSON)),
        }
    }
}

fn read<T: Input>(body: &[u8]) -> Result<Json<T>, Rejection> {
    read_json(body).map(Json).map_err(|why| match why {
        Unreadable::Issues(issues) => Rejection::Issues(issues),
        syntax @ Unreadable::Syntax(_) => ProblemDetails::unreadable(body, syntax).into(),
    })
}
