//! Where a stream of events goes on.

use kovar_contract::shape::{About, Shape};
use kovar_contract::text::TextPlace;

use super::{Extract, Phase, Rejection};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer, ParameterDescription};

/// The id of the last event that a client saw before it reconnected to an
/// [`EventStream`](crate::respond::EventStream); `None` on its first request.
///
/// Browsers send it by themselves. A field that is not UTF-8 counts as absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastEventId(pub Option<String>);

const NAME: &str = "Last-Event-ID";

impl Extract for LastEventId {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describer.parameter(ParameterDescription {
            place: TextPlace::Header,
            name: NAME.into(),
            shape: Shape::text(),
            is_required: false,
            default: None,
            is_comma_separated: false,
            about: About::new().description("The id of the last event that was seen; the stream goes on after it."),
        });
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let value = context.headers().get(NAME).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        Ok(Self(value.filter(|id| !id.is_empty()).map(str::to_owned)))
    }
}
