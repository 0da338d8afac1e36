//! Enums without data: strings.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, LitStr, Result, Variant};

use super::about::About;
use super::codec::{self, SchemaImpl};
use super::container::Container;
use super::contract;
use super::structure::about;
use crate::attributes::{error, string, take};
use crate::docs;

/// A variant's names on the wire.
pub(crate) struct VariantNames {
    pub(crate) wire_name: String,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) is_other: bool,
    pub(crate) rename_all: Option<super::names::Case>,
}

impl VariantNames {
    pub(crate) fn parse(container: &Container, variant: &Variant) -> Result<Self> {
        let rust_name = variant.ident.to_string();
        let wire_name =
            container.serde.rename_all.map_or_else(|| rust_name.clone(), |case| case.of_variant(&rust_name));
        let mut names =
            Self { wire_name, aliases: Vec::new(), is_other: false, rename_all: container.serde.rename_all_fields };
        for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                match meta.path.get_ident().map(ToString::to_string).as_deref() {
                    Some("rename") if !meta.input.peek(syn::token::Paren) => names.wire_name = string(&meta)?.value(),
                    Some("alias") => names.aliases.push(string(&meta)?),
                    Some("rename_all") => names.rename_all = Some(super::names::Case::parse(&string(&meta)?)?),
                    Some("other") => names.is_other = true,
                    _ => return Err(meta.error("the contract does not know this attribute of serde on a variant")),
                }
                Ok(())
            })?;
        }
        Ok(names)
    }
}

pub(crate) fn expand(container: &Container, mut input: DeriveInput) -> Result<TokenStream> {
    let contract = contract();
    let Data::Enum(data) = &mut input.data else { unreachable!("the caller looked") };
    if data.variants.is_empty() {
        return error(input.ident.span(), "an enum without variants has no values");
    }
    let (mut values, mut arms, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    let mut fallback = quote!(_ => ::core::option::Option::None);
    let mut is_open = false;
    for variant in &mut data.variants {
        let names = VariantNames::parse(container, variant)?;
        let (ident, wire_name, aliases) = (&variant.ident, &names.wire_name, &names.aliases);
        if names.is_other {
            is_open = true;
            fallback = quote!(_ => ::core::option::Option::Some(Self::#ident));
            take_other(variant);
            continue;
        }
        let description = docs::description(&variant.attrs);
        let about =
            About { description, is_deprecated: super::about::is_deprecated(&variant.attrs), ..About::default() };
        let about = (!about.is_silent()).then(|| about.tokens()).map(|about| quote!(.about(#about)));
        values.push(quote!(#contract::shape::EnumerationValue::new(#wire_name) #(.alias(#aliases))* #about));
        arms.push(quote!(#wire_name #(| #aliases)* => ::core::option::Option::Some(Self::#ident)));
        expected.push(wire_name.clone());
    }
    let shape = if is_open {
        // Any string is read, so the document may not promise fewer.
        quote!(#contract::shape::Shape::text())
    } else {
        quote!(#contract::shape::Shape::new(#contract::shape::Kind::Enumeration(::std::vec![#(#values),*])))
    };
    let schema = SchemaImpl {
        container,
        name: &input.ident,
        generics: &input.generics,
        judges_types: false,
        keys: quote!(),
        absence: quote!(),
        about: about(container, &input).tokens(),
        checks: quote!(),
        shape,
        accepts: quote!(true),
        normalize: quote!(),
        is_normal: quote!(true),
        statics: Vec::new(),
    }
    .tokens();
    let derives = codec::derives(container, true, false);
    let serde_attributes = &container.serde_attributes;
    let serde_attributes = (!container.is_input_only).then(|| quote!(#(#serde_attributes)*));
    if container.is_input_only {
        strip_variant_attributes(&mut input);
    }
    let name = &input.ident;
    let reading = (!container.is_output_only).then(|| {
        quote! {
            impl<'de> ::kovar::__private::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::kovar::__private::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #contract::macro_support::read_enumeration(deserializer, &[#(#expected),*], |name| match name {
                        #(#arms,)*
                        #fallback,
                    })
                }
            }
        }
    });
    Ok(quote!(#derives #serde_attributes #input #schema #reading))
}

/// `other` speaks only of reading, which is not derived.
fn take_other(variant: &mut Variant) {
    let attributes = take(&mut variant.attrs, "serde");
    let kept = attributes.into_iter().filter(|attribute| !quote!(#attribute).to_string().contains("other"));
    variant.attrs.extend(kept);
}

pub(crate) fn strip_variant_attributes(input: &mut DeriveInput) {
    if let Data::Enum(data) = &mut input.data {
        for variant in &mut data.variants {
            take(&mut variant.attrs, "serde");
        }
    }
}
