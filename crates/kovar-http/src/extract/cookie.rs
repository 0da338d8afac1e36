//! Parameters in the cookies.

use std::borrow::Cow;

use http::header::COOKIE;
use kovar_contract::Input;
use kovar_contract::text::{Pairs, TextPlace};

use super::{Extract, Phase, Rejection, parameter};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};

/// Cookies: an object of them, or one by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie<T>(pub T);

impl<T: Input + Send> Extract for Cookie<T> {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        parameter::describe::<T>(describer, argument, TextPlace::Cookie);
    }

    async fn extract(context: &RequestContext, argument: &Argument) -> Result<Self, Rejection> {
        parameter::read(pairs(context.headers()), argument, TextPlace::Cookie).map(Cookie)
    }
}

/// RFC 6265 §4.2.1: pairs with `; ` between them; quotes around a value are not part of it.
pub(crate) fn pairs(headers: &http::HeaderMap) -> Pairs<'_> {
    let fields = headers.get_all(COOKIE).iter().filter_map(|field| std::str::from_utf8(field.as_bytes()).ok());
    let pairs = fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let unquoted = |value: &'_ str| value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).map(str::len);
    pairs
        .map(|(name, value)| {
            let value = if unquoted(value).is_some() { &value[1..value.len() - 1] } else { value };
            (Cow::Borrowed(name.trim_end()), Cow::Borrowed(value))
        })
        .collect()
}
