//! `#[schema(partial = "ProductPatch")]`: the same fields, each of which may be absent.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Result};

use super::container::Container;
use super::contract;
use super::field::inner_of;
use crate::attributes::{error, rest_of};

/// A second struct with `Patch` around each field; rules, names and docs are kept, defaults are not.
pub(crate) fn expand(container: &Container, input: &DeriveInput) -> Result<TokenStream> {
    let Some(partial) = definition(container, input)? else { return Ok(quote!()) };
    let gives_nothing = gives_nothing(&partial);
    // Rules that a type cannot have are told of the whole type, and not once more.
    Ok(quote!(#[::kovar::schema(__is_partial)] #partial #gives_nothing))
}

/// Whether all fields are absent, so that nobody keeps a list of them by hand.
pub(crate) fn gives_nothing(partial: &DeriveInput) -> TokenStream {
    let DeriveInput { ident, vis, generics, data, .. } = partial;
    let Data::Struct(data) = data else { return quote!() };
    let fields = data.fields.iter().map(|field| &field.ident);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics #ident #type_generics #where_clause {
            /// Whether every field is absent: there is nothing to update.
            #[allow(dead_code, deprecated)]
            #vis fn gives_nothing(&self) -> bool {
                true #(&& self.#fields.is_absent())*
            }
        }
    }
}

/// The struct itself, without `#[schema]`.
pub(crate) fn definition(container: &Container, input: &DeriveInput) -> Result<Option<DeriveInput>> {
    let Some(name) = &container.partial else { return Ok(None) };
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
        let (ident, visibility) = (&field.ident, &field.vis);
        let kept = Kept::of(&field.attrs)?;
        if kept.is_flattened {
            return error(
                field.span(),
                "a flattened field has no place that a partial update could leave out; write the partial type by hand",
            );
        }
        if kept.is_never_read {
            continue;
        }
        let attributes = &kept.attributes;
        let ty = inner_of(&field.ty, "Option").filter(|_| kept.takes_no_null).unwrap_or(&field.ty);
        definitions.push(quote!(#attributes #visibility #ident: #contract::Patch<#ty>));
    }
    let description = format!("A partial update of [`{}`]: what is absent stays as it is.", input.ident);
    let derives = input.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    Ok(Some(syn::parse_quote! {
        #[doc = #description]
        #(#derives)*
        #(#rename_all)*
        #visibility struct #ident #generics { #(#definitions),* }
    }))
}

/// What the attributes of a field still mean when it may be absent.
#[derive(Default)]
struct Kept {
    attributes: TokenStream,
    is_flattened: bool,
    is_never_read: bool,
    takes_no_null: bool,
}

impl Kept {
    fn of(attributes: &[syn::Attribute]) -> Result<Self> {
        let mut kept = Self::default();
        for attribute in attributes {
            let path = attribute.path();
            if path.is_ident("field") {
                kept.keep_words(attribute, |word| !["default", "required", "not_null"].contains(&word))?;
            } else if path.is_ident("serde") {
                kept.keep_words(attribute, |word| ["rename", "alias"].contains(&word))?;
            } else if path.is_ident("doc") || path.is_ident("deprecated") {
                kept.attributes.extend(quote!(#attribute));
            }
        }
        Ok(kept)
    }

    fn keep_words(&mut self, attribute: &syn::Attribute, is_kept: impl Fn(&str) -> bool) -> Result<()> {
        let mut words = Vec::new();
        attribute.parse_nested_meta(|meta| {
            let path = meta.path.clone();
            let word = path.get_ident().map(ToString::to_string).unwrap_or_default();
            let rest = rest_of(&meta)?;
            self.is_flattened |= word == "flatten";
            self.is_never_read |= word == "skip" || word == "skip_deserializing";
            self.takes_no_null |= word == "not_null";
            if is_kept(&word) {
                words.push(quote!(#path #rest));
            }
            Ok(())
        })?;
        let name = attribute.path();
        self.attributes.extend(quote!(#[#name(#(#words),*)]));
        Ok(())
    }
}
