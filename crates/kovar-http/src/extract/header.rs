//! Parameters in the header.

use std::borrow::Cow;

use kovar_contract::Input;
use kovar_contract::text::{Pairs, TextPlace};

use super::{Extract, Phase, Rejection, parameter};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};

/// Header fields: an object of them, or one by its name. `x_token` is the field `x-token`.
///
/// A field whose value is not UTF-8 counts as absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T: Input + Send> Extract for Header<T> {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        parameter::describe::<T>(describer, argument, TextPlace::Header);
    }

    async fn extract(context: &RequestContext, argument: &Argument) -> Result<Self, Rejection> {
        parameter::read(pairs(context), argument, TextPlace::Header).map(Header)
    }
}

fn pairs(context: &RequestContext) -> Pairs<'_> {
    let fields = context.headers().iter();
    let texts = fields.filter_map(|(name, value)| {
        let text = std::str::from_utf8(value.as_bytes()).ok()?;
        Some((Cow::Borrowed(name.as_str()), Cow::Borrowed(text)))
    });
    texts.collect()
}
