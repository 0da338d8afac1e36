//! `#[schema]`: serde, rules, shape and the fast pass of a struct or enum.

mod about;
mod bare;
mod codec;
mod computed;
mod container;
mod enumeration;
mod field;
mod flatten;
mod names;
mod partial;
mod rules;
mod structure;
mod union;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Result};

use self::container::Container;

pub(crate) use self::field::{FieldOptions, inner_of};
pub(crate) use self::names::snake;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(item)?;
    let expanded = expand_input(arguments.clone(), input.clone());
    Ok(expanded.unwrap_or_else(|error| {
        let (error, bare) = (error.into_compile_error(), bare::with_partial(arguments, input));
        quote!(#error #bare)
    }))
}

fn expand_input(arguments: TokenStream, mut input: DeriveInput) -> Result<TokenStream> {
    let container = Container::parse(arguments, &mut input)?;
    if let Some(lifetime) = input.generics.lifetimes().next() {
        return crate::attributes::error(
            lifetime.lifetime.span(),
            "a schema owns what it holds and has no lifetimes: `String` for `&str`, `Vec<T>` for `&[T]`",
        );
    }
    match &input.data {
        Data::Struct(_) => structure::expand(&container, input),
        Data::Enum(data)
            if data.variants.iter().all(|variant| variant.fields.is_empty()) && container.is_externally_tagged() =>
        {
            enumeration::expand(&container, input)
        }
        Data::Enum(_) => union::expand(&container, input),
        Data::Union(data) => {
            crate::attributes::error(data.union_token.span, "a union has no JSON; `#[schema]` takes structs and enums")
        }
    }
}

/// The path of what expansions call.
pub(crate) fn contract() -> TokenStream {
    quote!(::kovar::__private::contract)
}
