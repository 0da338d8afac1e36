//! Computed fields: written, and never read.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::DeriveInput;

use super::container::{Computed, Container};
use super::field::SchemaField;

/// The name of a computed field on the wire.
pub(super) fn name(container: &Container, computed: &Computed) -> String {
    let name = computed.name.to_string();
    container.serde.rename_all.map_or_else(|| name.clone(), |case| case.of_field(&name))
}

/// Writes a struct with computed fields: a borrowing twin that has them.
pub(super) fn writing(container: &Container, input: &DeriveInput, fields: &[SchemaField]) -> TokenStream {
    let name = &input.ident;
    let twin = format_ident!("__{name}Written");
    let case = &container.serde_attributes;
    let written = fields.iter().filter(|field| !field.serde.skips_serializing).collect::<Vec<_>>();
    let definitions = written.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let attributes = twin_attributes(field);
        quote!(#attributes #ident: &'written #ty)
    });
    let values = written.iter().map(|field| &field.ident);
    let computed_definitions = container.computed.iter().map(|computed| {
        let (ident, ty) = (&computed.name, &computed.ty);
        quote!(#ident: #ty)
    });
    let computed_values = container.computed.iter().map(|computed| {
        let (ident, function) = (&computed.name, &computed.function);
        quote!(#ident: #function(self))
    });
    let rename_all = case.iter().filter(|attribute| quote!(#attribute).to_string().contains("rename_all"));
    let serde = "::kovar::__private::serde";
    let generics = &input.generics;
    let (_, type_generics, _) = generics.split_for_impl();
    let mut bounded = generics.clone();
    for parameter in bounded.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(::kovar::__private::serde::Serialize));
    }
    let (impl_generics, _, where_clause) = bounded.split_for_impl();
    let mut twin_generics = generics.clone();
    twin_generics.params.insert(0, syn::parse_quote!('written));
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #[derive(::kovar::__private::serde::Serialize)]
            #[serde(crate = #serde)]
            #(#rename_all)*
            struct #twin #twin_generics { #(#definitions,)* #(#computed_definitions),* }

            impl #impl_generics ::kovar::__private::serde::Serialize for #name #type_generics #where_clause {
                fn serialize<S: ::kovar::__private::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    let written = #twin { #(#values: &self.#values,)* #(#computed_values),* };
                    ::kovar::__private::serde::Serialize::serialize(&written, serializer)
                }
            }
        };
    }
}

/// serde's attributes of a field as far as they speak of writing.
fn twin_attributes(field: &SchemaField) -> TokenStream {
    let rename = field.serde.rename.as_ref().map(|name| quote!(#[serde(rename = #name)]));
    let flatten = field.serde.is_flattened.then(|| quote!(#[serde(flatten)]));
    let skip = field
        .serde_attributes
        .iter()
        .filter(|attribute| quote!(#attribute).to_string().contains("skip_serializing_if"));
    let patch = (super::field::inner_of(&field.ty, "Patch").is_some() && !field.serde.may_skip_serializing)
        .then(|| quote!(#[serde(skip_serializing_if = "::kovar::__private::contract::Patch::is_absent")]));
    quote!(#rename #flatten #(#skip)* #patch)
}
