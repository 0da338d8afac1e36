//! `#[schema(partial = "ProductPatch")]`: the same fields, each of which may be absent.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Result};

use super::container::Container;
use super::contract;
use crate::attributes::error;

/// A second struct with `Patch` around each field; rules, names and docs are kept, defaults are not.
pub(crate) fn expand(container: &Container, input: &DeriveInput) -> Result<TokenStream> {
    let Some(name) = &container.partial else { return Ok(quote!()) };
    let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return error(name.span(), "`partial` is for structs with named fields");
    };
    let contract = contract();
    let ident = format_ident!("{}", name.value(), span = name.span());
    let (visibility, generics) = (&input.vis, &input.generics);
    let rename_all = container.serde_attributes.iter().filter(|attribute| {
        let text = quote!(#attribute).to_string();
        text.contains("rename_all") || text.contains("deny_unknown_fields")
    });
    let mut definitions = Vec::new();
    for field in &fields.named {
        let (ident, ty, visibility) = (&field.ident, &field.ty, &field.vis);
        let attributes = kept_attributes(&field.attrs)?;
        definitions.push(quote!(#attributes #visibility #ident: #contract::Patch<#ty>));
    }
    let description = format!("A partial update of [`{}`]: what is absent stays as it is.", input.ident);
    let derives = input.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    Ok(quote! {
        #[doc = #description]
        #(#derives)*
        #[::kovar::schema]
        #(#rename_all)*
        #visibility struct #ident #generics { #(#definitions),* }
    })
}

/// The attributes of a field that still mean something when it may be absent.
fn kept_attributes(attributes: &[syn::Attribute]) -> Result<TokenStream> {
    let mut kept = TokenStream::new();
    for attribute in attributes {
        if attribute.path().is_ident("field") {
            let mut words = Vec::new();
            attribute.parse_nested_meta(|meta| {
                let path = meta.path.clone();
                let rest = rest_of(&meta)?;
                if !["default", "required", "not_null"].iter().any(|word| path.is_ident(word)) {
                    words.push(quote!(#path #rest));
                }
                Ok(())
            })?;
            kept.extend(quote!(#[field(#(#words),*)]));
        } else if attribute.path().is_ident("serde") {
            let mut words = Vec::new();
            attribute.parse_nested_meta(|meta| {
                let path = meta.path.clone();
                let rest = rest_of(&meta)?;
                if path.is_ident("rename") || path.is_ident("alias") {
                    words.push(quote!(#path #rest));
                }
                Ok(())
            })?;
            kept.extend(quote!(#[serde(#(#words),*)]));
        } else if attribute.path().is_ident("doc") {
            kept.extend(quote!(#attribute));
        }
    }
    Ok(kept)
}

/// The tokens of one word of an attribute up to the next comma.
fn rest_of(meta: &syn::meta::ParseNestedMeta<'_>) -> Result<TokenStream> {
    let mut rest = TokenStream::new();
    while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
        rest.extend(std::iter::once(meta.input.parse::<proc_macro2::TokenTree>()?));
    }
    Ok(rest)
}
