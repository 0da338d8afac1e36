//! Responses that the contract cannot describe.

use axum::response::{IntoResponse, Response};

use super::Respond;
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};

/// Any response of axum. The documents say only that there is one, and the name shows in review.
#[derive(Clone, Copy, Debug)]
pub struct Undocumented<T>(pub T);

impl<T: IntoResponse> Respond for Undocumented<T> {
    fn describe(describer: &mut Describer<'_>) {
        describer.signature.is_partly_undocumented = true;
        describer.response(
            http::StatusCode::OK,
            ResponseDescription::empty("A response that the contract does not describe"),
        );
    }

    fn respond(self, _: &RequestContext) -> Response {
        self.0.into_response()
    }
}
