//! Responses that are a status.

use axum::response::Response;
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use kovar_contract::Output;

use super::{Respond, describe_json, json};
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};

/// Status 201 with what was made; [`Created::at`] adds where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<T> {
    value: T,
    location: Option<String>,
}

/// Status 201 without a `Location`.
#[allow(non_snake_case)]
pub fn Created<T>(value: T) -> Created<T> {
    Created { value, location: None }
}

impl<T> Created<T> {
    /// What was made, and the path at which it is: the `Location`.
    pub fn at(location: impl Into<String>, value: T) -> Self {
        Self { value, location: Some(location.into()) }
    }
}

impl<T: Output> Respond for Created<T> {
    fn describe(describer: &mut Describer<'_>) {
        describe_json::<T>(describer, StatusCode::CREATED, "What was made");
    }

    fn respond(self, context: &RequestContext) -> Response {
        let mut response = json(StatusCode::CREATED, &self.value, context);
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }
}

/// Status 202 with JSON: taken, and not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted<T>(pub T);

impl<T: Output> Respond for Accepted<T> {
    fn describe(describer: &mut Describer<'_>) {
        describe_json::<T>(describer, StatusCode::ACCEPTED, "Taken, and not done yet");
    }

    fn respond(self, context: &RequestContext) -> Response {
        json(StatusCode::ACCEPTED, &self.0, context)
    }
}

/// Status 204.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoContent;

impl Respond for NoContent {
    fn describe(describer: &mut Describer<'_>) {
        describer.response(StatusCode::NO_CONTENT, ResponseDescription::empty("Done; there is nothing to say"));
    }

    fn respond(self, _: &RequestContext) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }
}

/// Nothing to say is status 204.
impl Respond for () {
    fn describe(describer: &mut Describer<'_>) {
        NoContent::describe(describer);
    }

    fn respond(self, context: &RequestContext) -> Response {
        NoContent.respond(context)
    }
}
