//! Where a request is in its trace.

use super::{Extract, Phase, Rejection};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::trace::TraceContext;

impl Extract for TraceContext {
    const PHASE: Phase = Phase::Parameters;

    /// Nothing: every request may have the fields of a trace, whatever its operation takes.
    fn describe(_: &mut Describer<'_>, _: &Argument) {}

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        Ok(context.trace().clone())
    }
}
