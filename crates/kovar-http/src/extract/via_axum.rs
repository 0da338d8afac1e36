//! axum's extractors as arguments.

use std::any::type_name;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, Limited};

use super::{Extract, Phase, Rejection, limit};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::problem::{ErrorStatus, ProblemDetails, builtin};

/// The marker of axum's extractors of parts.
#[derive(Debug)]
pub enum ViaParts {}

/// The marker of axum's extractors of whole requests.
#[derive(Debug)]
pub enum ViaRequest {}

impl<T: FromRequestParts<()> + Send> Extract<ViaParts> for T {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        refuse_namesake::<T>(describer);
        describer.signature.is_partly_undocumented = true;
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let mut parts = context.parts().clone();
        let extracted = T::from_request_parts(&mut parts, &()).await.map_err(IntoResponse::into_response);
        match extracted {
            Ok(extracted) => Ok(extracted),
            Err(response) => Err(as_problem(response).await),
        }
    }
}

impl<T: FromRequest<()> + Send> Extract<ViaRequest> for T {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        refuse_namesake::<T>(describer);
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
        let extracted = T::from_request(request, &()).await.map_err(IntoResponse::into_response);
        match extracted {
            Ok(extracted) => Ok(extracted),
            Err(response) => Err(as_problem(response).await),
        }
    }
}

/// Extractors of axum that Kovar has under the same name.
const NAMESAKES: &[&str] = &["Json", "Form", "Query", "Path", "Multipart"];

/// An extractor of axum whose namesake was meant would be read, and neither judged nor documented.
fn refuse_namesake<T>(describer: &mut Describer<'_>) {
    let mut name = type_name::<T>();
    for wrapper in ["core::option::Option<", "core::result::Result<"] {
        name = name.strip_prefix(wrapper).unwrap_or(name);
    }
    let Some(path) = name.strip_prefix("axum::").and_then(|rest| rest.split('<').next()) else { return };
    let last = path.rsplit("::").next().unwrap_or_default();
    if NAMESAKES.contains(&last) {
        describer
            .mistake(format!("`{last}` is axum's, of which the contract knows nothing; take `kovar::prelude::{last}`"));
    }
}

/// axum's own rejections are a line of text: it becomes the detail of a problem, or, where it is the
/// server's fault, goes to the log. Responses of another type are somebody's own, and stay.
async fn as_problem(response: Response) -> Rejection {
    const MOST_BYTES: usize = 4096;
    let is_text = response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
    let (true, Some(status)) = (is_text, ErrorStatus::of(response.status())) else {
        return Rejection::Response(Box::new(response));
    };
    let collected = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    let text = collected.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned()).unwrap_or_default();
    if status.get() >= 500 {
        return builtin::INTERNAL.details().log(text).into();
    }
    // RFC 9457 §4.2.1: a problem that says no more than its status.
    let title = status.code().canonical_reason().unwrap_or("Error");
    ProblemDetails::new(status, "about:blank", title).detail(text).into()
}
