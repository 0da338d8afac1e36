//! axum's extractors as arguments.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::IntoResponse;

use super::{Extract, Phase, Rejection, limit};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};

/// The marker of axum's extractors of parts.
#[derive(Debug)]
pub enum ViaParts {}

/// The marker of axum's extractors of whole requests.
#[derive(Debug)]
pub enum ViaRequest {}

impl<T: FromRequestParts<()> + Send> Extract<ViaParts> for T {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describer.signature.is_partly_undocumented = true;
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let mut parts = context.parts().clone();
        let extracted = T::from_request_parts(&mut parts, &()).await;
        extracted.map_err(|rejection| Rejection::Response(Box::new(rejection.into_response())))
    }
}

impl<T: FromRequest<()> + Send> Extract<ViaRequest> for T {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describer.signature.is_partly_undocumented = true;
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let body_limit = context.endpoint().settings.body_limit_bytes;
        limit::refuse_announced(context.headers(), body_limit)?;
        let body = context.take_body().unwrap_or_default();
        let body = match body_limit {
            Some(body_limit) => axum::body::Body::new(http_body_util::Limited::new(body, body_limit)),
            None => body,
        };
        let request = Request::from_parts(context.parts().clone(), body);
        let extracted = T::from_request(request, &()).await;
        extracted.map_err(|rejection| Rejection::Response(Box::new(rejection.into_response())))
    }
}
