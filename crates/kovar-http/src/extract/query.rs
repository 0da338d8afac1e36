//! Parameters in the query.

use kovar_contract::Input;
use kovar_contract::text::TextPlace;

use super::{Extract, Phase, Rejection, parameter};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};

/// Parameters in the query: an object of them, or one by its name.
///
/// Lists are repeated keys, or one comma-separated value where `#[field(comma_separated)]` says
/// so; objects in the object are `filter[price]=1` (OpenAPI's `deepObject`). A key of anything
/// else that is given twice is an issue: two readers of one request must not see two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: Input + Send> Extract for Query<T> {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        parameter::describe::<T>(describer, argument, TextPlace::Query);
    }

    async fn extract(context: &RequestContext, argument: &Argument) -> Result<Self, Rejection> {
        parameter::read(context.query_pairs(), argument, TextPlace::Query).map(Query)
    }
}
