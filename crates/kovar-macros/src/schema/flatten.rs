//! Reading structs with flattened fields: serde's own buffer forgets what the contract keeps.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::DeriveInput;

use super::codec;
use super::container::Container;
use super::contract;
use super::field::SchemaField;
use super::structure::container_default;

/// Reads a struct with flattened fields: its own fields first, then each type from the rest.
pub(super) fn reading(container: &Container, input: &DeriveInput, fields: &[SchemaField]) -> TokenStream {
    let contract = contract();
    let own: Vec<&SchemaField> = fields.iter().filter(|field| !field.serde.is_flattened).collect();
    let reading = format_ident!("__{}Own", input.ident);
    let case = container.serde.rename_all.map(|_| quote!());
    let owner = &input.ident;
    let default = container_default(container, &quote!(#owner));
    let structure = codec::reading_struct(&reading, &input.generics, &own, case.as_ref(), false, default.as_ref());
    let read_fields: Vec<_> =
        own.iter().filter(|field| !field.serde.skips_deserializing).map(|field| &field.ident).collect();
    let skipped = own.iter().filter(|field| field.serde.skips_deserializing).map(|field| {
        let ident = &field.ident;
        quote!(#ident: ::core::default::Default::default())
    });
    let own_names = own.iter().filter(|field| !field.serde.skips_deserializing).flat_map(|field| {
        std::iter::once(field.wire_name.clone()).chain(field.serde.aliases.iter().map(syn::LitStr::value))
    });
    let own_names: Vec<_> = own_names.collect();
    let flattened: Vec<_> = fields.iter().filter(|field| field.serde.is_flattened).collect();
    let reads = flattened.iter().enumerate().map(|(index, field)| {
        let (ident, ty) = (&field.ident, &field.ty);
        let others = flattened.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, field)| {
            let ty = &field.ty;
            quote!(<#ty as #contract::Schema>::add_keys)
        });
        quote!(let #ident: #ty = #contract::macro_support::read_flattened(&rest, &[#(#others),*])?;)
    });
    let flattened_idents = flattened.iter().map(|field| &field.ident);
    let own_generics = codec::used_generics(&input.generics, &own);
    let read = quote! {
        let own: #reading #own_generics = value.read()?;
        let rest = #contract::macro_support::without(value, &[#(#own_names),*]);
        #(#reads)*
        ::core::result::Result::Ok(Self { #(#read_fields: own.#read_fields,)* #(#skipped,)* #(#flattened_idents),* })
    };
    let implementation = codec::tree_deserialize(container, &input.ident, &input.generics, &read);
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #structure
            #implementation
        };
    }
}
