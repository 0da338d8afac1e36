//! What people read, as calls.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, LitStr};

use super::contract;

/// What people read about a type, field or variant.
#[derive(Default)]
pub(crate) struct About<'a> {
    pub(crate) title: Option<&'a LitStr>,
    pub(crate) description: Option<String>,
    pub(crate) examples: &'a [Expr],
    pub(crate) is_deprecated: bool,
}

impl About<'_> {
    /// `About::new()` and what there is to say.
    pub(crate) fn tokens(&self) -> TokenStream {
        let contract = contract();
        let title = self.title.map(|title| quote!(.title(#title)));
        let description = self.description.as_ref().map(|text| quote!(.description(#text)));
        let examples = self.examples.iter().map(|example| quote!(.example(#example)));
        let deprecated = self.is_deprecated.then(|| quote!(.deprecated()));
        quote!(#contract::shape::About::new() #title #description #(#examples)* #deprecated)
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.title.is_none() && self.description.is_none() && self.examples.is_empty() && !self.is_deprecated
    }
}

/// Whether Rust's own `#[deprecated]` stands there.
pub(crate) fn is_deprecated(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("deprecated"))
}
