//! The serde half: derives where serde's own reading is what the contract means, and generated
//! reading through the contract's tree where it is not (see `json` in `kovar-contract`).

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Generics, Ident};

use super::container::Container;
use super::contract;
use super::field::SchemaField;

/// Where serde's derives find serde.
const SERDE: &str = "::kovar::__private::serde";

/// `#[derive(Serialize, Deserialize)]` as far as the container wants them.
pub(crate) fn derives(container: &Container, serialize: bool, deserialize: bool) -> TokenStream {
    let serialize = (serialize && !container.is_input_only).then(|| quote!(::kovar::__private::serde::Serialize,));
    let deserialize =
        (deserialize && !container.is_output_only).then(|| quote!(::kovar::__private::serde::Deserialize,));
    if serialize.is_none() && deserialize.is_none() {
        return quote!();
    }
    quote!(#[derive(#serialize #deserialize)] #[serde(crate = #SERDE)])
}

/// Asks that each field is a schema, before serde's derives ask for what they need: where a type
/// is none, that is told first. Types that name a parameter are asked where that has its bounds.
pub(crate) fn fields_first<'f>(generics: &Generics, fields: impl Iterator<Item = &'f SchemaField>) -> TokenStream {
    if !generics.params.is_empty() {
        return quote!();
    }
    let contract = contract();
    let fields = fields.filter(|field| !(field.serde.skips_serializing && field.serde.skips_deserializing));
    let types = fields.map(|field| &field.ty).filter(|ty| !words_of(ty).iter().any(|word| word == "Self"));
    let asked = types.map(|ty| quote!(let _ = <#ty as #contract::Schema>::shape;));
    quote! {
        #[allow(deprecated)]
        const _: fn() = || { #(#asked)* };
    }
}

/// A struct with the fields of another, only to be read: `#[derive(Deserialize)]` and no more.
pub(crate) fn reading_struct(
    name: &Ident,
    generics: &Generics,
    fields: &[&SchemaField],
    case: Option<&TokenStream>,
    denies_unknown: bool,
    container_default: Option<&TokenStream>,
) -> TokenStream {
    let used = used_generics(generics, fields);
    let definitions = fields.iter().filter(|field| !(field.serde.skips_deserializing)).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let default = reading_default(field, container_default).map(|_| default_function_name(name, field));
        let attributes = field.serde_tokens(default.as_ref().map(ToString::to_string).as_deref());
        let rename = (field.serde.rename.is_none() && case.is_some()).then(|| {
            let wire_name = &field.wire_name;
            quote!(#[serde(rename = #wire_name)])
        });
        quote!(#attributes #rename #ident: #ty)
    });
    let defaults = fields.iter().filter_map(|field| {
        reading_default(field, container_default).map(|expression| default_function(name, field, &expression))
    });
    let deny = denies_unknown.then(|| quote!(#[serde(deny_unknown_fields)]));
    quote! {
        #(#defaults)*
        #[derive(::kovar::__private::serde::Deserialize)]
        #[serde(crate = #SERDE)]
        #deny
        struct #name #used { #(#definitions),* }
    }
}

/// The default of a field that is read apart from its container.
fn reading_default(field: &SchemaField, container_default: Option<&TokenStream>) -> Option<TokenStream> {
    let own = field.default_expression();
    own.or_else(|| {
        let (container, ident) = (container_default?, field.ident.as_ref()?);
        field.serde.default.is_none().then(|| quote!((#container).#ident))
    })
}

/// The type parameters that the fields name.
pub(crate) fn used_generics(generics: &Generics, fields: &[&SchemaField]) -> TokenStream {
    let words: Vec<String> = fields.iter().flat_map(|field| words_of(&field.ty)).collect();
    let used: Vec<&Ident> = generics
        .type_params()
        .map(|parameter| &parameter.ident)
        .filter(|ident| words.contains(&ident.to_string()))
        .collect();
    if used.is_empty() { quote!() } else { quote!(<#(#used),*>) }
}

fn words_of(ty: &syn::Type) -> Vec<String> {
    fn collect(tokens: TokenStream, words: &mut Vec<String>) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(ident) => words.push(ident.to_string()),
                proc_macro2::TokenTree::Group(group) => collect(group.stream(), words),
                _ => {}
            }
        }
    }
    let mut words = Vec::new();
    collect(quote!(#ty), &mut words);
    words
}

/// The name of the function that gives a field its default.
pub(crate) fn default_function_name(owner: &Ident, field: &SchemaField) -> Ident {
    let field = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    format_ident!("__kovar_default_{owner}_{field}")
}

/// The function that gives a field its default, for serde.
pub(crate) fn default_function(owner: &Ident, field: &SchemaField, expression: &TokenStream) -> TokenStream {
    let (name, ty) = (default_function_name(owner, field), &field.ty);
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case)]
        fn #name() -> #ty { #expression }
    }
}

/// `impl Deserialize` that reads a tree and turns it into the value with `read`.
pub(crate) fn tree_deserialize(
    container: &Container,
    name: &Ident,
    generics: &Generics,
    read: &TokenStream,
) -> TokenStream {
    if container.is_output_only {
        return quote!();
    }
    let contract = contract();
    let mut bounded = generics.clone();
    for parameter in bounded.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(#contract::Input));
    }
    bounded.params.insert(0, syn::parse_quote!('de));
    let (impl_generics, _, where_clause) = bounded.split_for_impl();
    let (_, type_generics, _) = generics.split_for_impl();
    quote! {
        impl #impl_generics ::kovar::__private::serde::Deserialize<'de> for #name #type_generics #where_clause {
            fn deserialize<D: ::kovar::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                #contract::macro_support::read_tree(deserializer, |value| { #read })
            }
        }
    }
}

/// The `impl Schema` block.
pub(crate) struct SchemaImpl<'a> {
    pub(crate) container: &'a Container,
    /// Whether validators of fields read the types of those fields, generic ones among them.
    pub(crate) judges_types: bool,
    pub(crate) name: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// What an object says of its keys: `FIELD_NAMES` and `add_keys`.
    pub(crate) keys: TokenStream,
    /// `ACCEPTS_ABSENCE`, where it is not the default.
    pub(crate) absence: TokenStream,
    pub(crate) about: TokenStream,
    pub(crate) checks: TokenStream,
    pub(crate) shape: TokenStream,
    pub(crate) accepts: TokenStream,
    pub(crate) normalize: TokenStream,
    pub(crate) is_normal: TokenStream,
    pub(crate) statics: Vec<TokenStream>,
}

impl SchemaImpl<'_> {
    pub(crate) fn tokens(self) -> TokenStream {
        let contract = contract();
        #[rustfmt::skip]
        let Self {
            container, judges_types, name, generics, keys, absence, about, checks, shape, accepts, normalize, is_normal, statics,
        } = self;
        let mut bounded = generics.clone();
        for parameter in bounded.type_params_mut() {
            parameter.bounds.push(syn::parse_quote!(#contract::Schema));
            if !container.is_output_only && (judges_types || !container.validators.is_empty()) {
                parameter.bounds.push(syn::parse_quote!(#contract::Input));
            }
        }
        let (impl_generics, _, where_clause) = bounded.split_for_impl();
        let (_, type_generics, _) = generics.split_for_impl();
        let given_name = container.name.as_ref().map(syn::LitStr::value);
        let schema_name = match (given_name, generics.type_params().next().is_some()) {
            (Some(given), _) => Some(given),
            (None, false) => Some(name.to_string()),
            (None, true) => None,
        };
        let schema_name = schema_name
            .map(|name| quote!(fn name() -> ::std::string::String { ::std::borrow::ToOwned::to_owned(#name) }));
        quote! {
            #[allow(deprecated)]
            const _: () = {
                #(#statics)*

                impl #impl_generics #contract::Schema for #name #type_generics #where_clause {
                    #keys

                    #absence

                    #schema_name

                    fn shape(catalog: &mut #contract::Catalog) -> #contract::shape::Shape {
                        #checks
                        catalog.define::<Self>(<Self as #contract::Schema>::name, ::core::module_path!(), |catalog| {
                            let _ = &catalog;
                            (#about, #shape)
                        })
                    }

                    #[inline]
                    #[allow(unused_variables)]
                    fn accepts(&self, rules: &#contract::Rules, direction: #contract::Direction) -> bool {
                        #accepts
                    }

                    #[inline]
                    #[allow(unused_variables)]
                    fn normalize(&mut self, rules: &#contract::Rules) {
                        #normalize
                    }

                    #[allow(unused_variables)]
                    fn is_normal(&self, rules: &#contract::Rules) -> bool {
                        #is_normal
                    }
                }
            };
        }
    }
}
