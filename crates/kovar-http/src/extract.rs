//! Arguments of operations: each says what the documents show, and reads it from the request.
//!
//! Arguments are read in phases, whatever their order: credentials first, so that who may not ask
//! learns nothing about the request; then parameters and body, whose issues are collected into one
//! answer; then dependencies, so that no connection is taken for a request that is refused anyway.
//!
//! axum's own extractors work as arguments, too; the contract cannot describe them. Kovar's types
//! do not implement axum's traits: what they read would be undocumented in an axum handler.

mod body;
mod cookie;
mod form;
mod header;
mod json;
mod last_event_id;
pub(crate) mod limit;
mod media_type;
mod multipart;
mod parameter;
mod path;
mod query;
mod trace_context;
mod via_axum;

use std::future::Future;

use kovar_contract::Issue;

pub use self::body::{Body, FromBody};
pub use self::cookie::Cookie;
pub(crate) use self::cookie::pairs as cookie_pairs;
pub use self::form::Form;
pub use self::header::Header;
pub use self::json::Json;
pub use self::last_event_id::LastEventId;
pub use self::multipart::{FILE_LIMIT, Multipart, PART_LIMIT, Upload};
pub use self::path::Path;
pub use self::query::Query;
pub use self::via_axum::{ViaParts, ViaRequest};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::problem::ProblemDetails;

/// An argument of an operation.
///
/// `Via` tells Kovar's extractors from axum's, so that both can be arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an operation",
    label = "no extractor",
    note = "take parameters with `Path`, `Query`, `Header` or `Cookie`, the body with `Json`, `Form`, `Multipart` or `Body`, and values with `Dep`",
    note = "axum's extractors work, too, if they need no state"
)]
pub trait Extract<Via = ViaKovar>: Sized + Send {
    /// When it is read.
    const PHASE: Phase;

    /// Says what the documents show.
    fn describe(describer: &mut Describer<'_>, argument: &Argument);

    /// Reads it from the request.
    ///
    /// # Errors
    ///
    /// When the request has no such thing: issues to be collected, or a problem to be sent at once.
    fn extract(context: &RequestContext, argument: &Argument) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// The marker of Kovar's own extractors.
#[derive(Debug)]
pub enum ViaKovar {}

/// When an argument is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Credentials: before anything else is looked at.
    Guard,
    /// Parameters of the text places.
    Parameters,
    /// The body.
    Body,
    /// Values: only for a request that breaks nothing.
    Dependency,
}

/// Why an argument cannot be had.
#[derive(Debug)]
pub enum Rejection {
    /// Things that are wrong with the request: a 422 with those of the other arguments.
    Issues(Vec<Issue>),
    /// A problem to be sent at once.
    Problem(Box<ProblemDetails>),
    /// A finished response, from an extractor of axum.
    Response(Box<axum::response::Response>),
}

impl From<ProblemDetails> for Rejection {
    fn from(details: ProblemDetails) -> Self {
        Self::Problem(Box::new(details))
    }
}

impl From<Vec<Issue>> for Rejection {
    fn from(issues: Vec<Issue>) -> Self {
        Self::Issues(issues)
    }
}
