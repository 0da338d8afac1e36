//! URL-encoded forms.

use kovar_contract::text::{Pairs, TextPlace};
use kovar_contract::{Input, read_text};

use super::{Extract, Phase, Rejection, limit, media_type, parameter};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};

/// A form of the media type `application/x-www-form-urlencoded`, as an object.
///
/// An empty control that is no text counts as absent, as browsers send one for each control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form<T>(pub T);

const FORM: &str = "application/x-www-form-urlencoded";

impl<T: Input + Send> Extract for Form<T> {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        let shape = T::shape(describer.catalog);
        parameter::refuse_unspellable::<T>(describer, &shape, argument, TextPlace::Form);
        describer.signature.can_break_contract = true;
        describer.body(FORM, Some(shape));
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        if media_type::of(context.headers()) != FORM {
            return Err(media_type::unsupported(context.headers(), FORM));
        }
        let body = limit::read(context).await?;
        let pairs: Pairs<'_> = form_urlencoded::parse(&body).collect();
        read_text(pairs, TextPlace::Form).map(Form).map_err(Rejection::Issues)
    }
}
