//! What is left of a type whose `#[schema]` is wrong: the type itself, and promises that nobody will
//! call in, so that all who use it do not report errors that are none of theirs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Path, Token};

use super::container::Container;
use super::{contract, partial};
use crate::attributes::take;

/// The type, and the one that `partial` would have made of it, if as much as that can be known.
pub(crate) fn with_partial(arguments: TokenStream, input: DeriveInput) -> TokenStream {
    let mut read = input.clone();
    let container = Container::parse(arguments, &mut read).ok();
    let partial = container.and_then(|container| partial::definition(&container, &read).ok().flatten());
    let partial = partial.map(|partial| {
        let gives_nothing = partial::gives_nothing(&partial);
        let bare = bare(partial);
        quote!(#bare #gives_nothing)
    });
    let bare = bare(input);
    quote!(#bare #partial)
}

fn bare(mut input: DeriveInput) -> TokenStream {
    strip(&mut input);
    let promises = promises(&input);
    quote!(#input #promises)
}

fn promises(input: &DeriveInput) -> TokenStream {
    if input.generics.lifetimes().next().is_some() {
        return quote!();
    }
    let (contract, serde) = (contract(), quote!(::kovar::__private::serde));
    let (name, mut generics) = (&input.ident, input.generics.clone());
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!('static));
    }
    let mut reading = generics.clone();
    reading.params.insert(0, syn::parse_quote!('de));
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let (reading_generics, ..) = reading.split_for_impl();
    quote! {
        impl #impl_generics #contract::Schema for #name #type_generics #where_clause {
            fn shape(_: &mut #contract::Catalog) -> #contract::shape::Shape {
                ::core::unreachable!()
            }
        }

        impl #impl_generics #serde::Serialize for #name #type_generics #where_clause {
            fn serialize<S: #serde::Serializer>(&self, _: S) -> ::core::result::Result<S::Ok, S::Error> {
                ::core::unreachable!()
            }
        }

        impl #reading_generics #serde::Deserialize<'de> for #name #type_generics #where_clause {
            fn deserialize<D: #serde::Deserializer<'de>>(_: D) -> ::core::result::Result<Self, D::Error> {
                ::core::unreachable!()
            }
        }
    }
}

/// Takes away what only `#[schema]` and serde's derives understand, and those derives.
fn strip(input: &mut DeriveInput) {
    take(&mut input.attrs, "serde");
    input.attrs.iter_mut().for_each(strip_derive);
    match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().for_each(strip_field),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                take(&mut variant.attrs, "serde");
                variant.fields.iter_mut().for_each(strip_field);
            }
        }
        Data::Union(_) => {}
    }
}

fn strip_field(field: &mut Field) {
    take(&mut field.attrs, "field");
    take(&mut field.attrs, "serde");
}

fn strip_derive(attribute: &mut Attribute) {
    let Ok(list) = attribute.meta.require_list() else { return };
    let parser = Punctuated::<Path, Token![,]>::parse_terminated;
    let (true, Ok(derives)) = (list.path.is_ident("derive"), parser.parse2(list.tokens.clone())) else { return };
    let is_of_serde = |path: &Path| {
        path.segments.last().is_some_and(|segment| segment.ident == "Serialize" || segment.ident == "Deserialize")
    };
    let kept = derives.iter().filter(|path| !is_of_serde(path));
    *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
}
