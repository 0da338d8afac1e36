//! Enums with data: unions.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Ident, Result};

use super::about::About;
use super::codec::{self, SchemaImpl};
use super::container::Container;
use super::contract;
use super::enumeration::{VariantNames, strip_variant_attributes};
use super::field::{SchemaField, inner_of};
use super::structure::{about, refuse_repeated_keys, whole_accepts, whole_judge};
use crate::attributes::{Errors, error};
use crate::docs;

/// A variant with what it holds.
struct UnionVariant {
    ident: Ident,
    names: VariantNames,
    description: Option<String>,
    is_deprecated: bool,
    is_named: bool,
    fields: Vec<SchemaField>,
}

pub(crate) fn expand(container: &Container, mut input: DeriveInput) -> Result<TokenStream> {
    let mut statics = Vec::new();
    let variants = take_variants(container, &mut input, &mut statics)?;
    let tagging = tagging(container)?;
    let fields_first = codec::fields_first(&input.generics, variants.iter().flat_map(|variant| &variant.fields));
    let mut block = statics;
    block.push(reading(container, &input, &variants));
    let schema = union_schema(container, &input, &variants, &tagging, block).tokens();
    let derives = codec::derives(container, true, false);
    let serde_attributes = &container.serde_attributes;
    let serde_attributes = (!container.is_input_only).then(|| quote!(#(#serde_attributes)*));
    if container.is_input_only {
        strip_variant_attributes(&mut input);
    } else {
        put_serde_attributes(&mut input, &variants);
    }
    Ok(quote!(#fields_first #derives #serde_attributes #input #schema))
}

fn take_variants(
    container: &Container,
    input: &mut DeriveInput,
    statics: &mut Vec<TokenStream>,
) -> Result<Vec<UnionVariant>> {
    let Data::Enum(data) = &mut input.data else { unreachable!("the caller looked") };
    let (mut variants, mut errors) = (Vec::new(), Errors::default());
    for variant in &mut data.variants {
        let names = VariantNames::parse(container, variant)?;
        if names.is_other {
            return error(
                variant.ident.span(),
                "`other` is for enums without data: what the variant held would be lost",
            );
        }
        check_variant(container, variant)?;
        let prefix = format!("{}_", variant.ident.to_string().to_ascii_uppercase());
        let mut fields = Vec::new();
        for (index, field) in variant.fields.iter_mut().enumerate() {
            let taken = SchemaField::take(field, names.rename_all, statics, &format!("{prefix}{index}_"));
            let Some(field) = errors.take(taken) else { continue };
            if field.serde.is_flattened {
                return error(
                    variant.ident.span(),
                    "a variant's fields are not flattened; make the variant hold a struct",
                );
            }
            fields.push(field);
        }
        if matches!(variant.fields, Fields::Named(_)) {
            refuse_repeated_keys(&fields)?;
        }
        variants.push(UnionVariant {
            ident: variant.ident.clone(),
            names,
            description: docs::description(&variant.attrs),
            is_deprecated: super::about::is_deprecated(&variant.attrs),
            is_named: matches!(variant.fields, Fields::Named(_)),
            fields,
        });
    }
    errors.finish()?;
    Ok(variants)
}

/// Refuses what serde cannot write, or what the contract would only half keep.
fn check_variant(container: &Container, variant: &syn::Variant) -> Result<()> {
    let serde = &container.serde;
    let is_internal = serde.tag.is_some() && serde.content.is_none();
    if is_internal && matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() != 1) {
        return error(
            variant.ident.span(),
            "a variant of several unnamed values has no object that the tag could stand in; name them, or add `content`",
        );
    }
    if serde.denies_unknown && serde.content.is_some() {
        return error(
            variant.ident.span(),
            "`deny_unknown_fields` beside `content` is not supported; put it on the types that the variants hold",
        );
    }
    Ok(())
}

fn tagging(container: &Container) -> Result<TokenStream> {
    let contract = contract();
    let serde = &container.serde;
    Ok(match (&serde.tag, &serde.content, serde.is_untagged) {
        (None, None, false) => quote!(#contract::shape::Tagging::External),
        (Some(tag), None, false) => quote!(#contract::shape::Tagging::Internal { tag: #tag }),
        (Some(tag), Some(content), false) => {
            quote!(#contract::shape::Tagging::Adjacent { tag: #tag, content: #content })
        }
        (None, None, true) => quote!(#contract::shape::Tagging::Untagged),
        _ => return error(proc_macro2::Span::call_site(), "`content` needs a `tag`, and `untagged` has neither"),
    })
}

fn put_serde_attributes(input: &mut DeriveInput, variants: &[UnionVariant]) {
    let Data::Enum(data) = &mut input.data else { return };
    for (variant, union_variant) in data.variants.iter_mut().zip(variants) {
        for (field, schema_field) in variant.fields.iter_mut().zip(&union_variant.fields) {
            // Only what speaks of writing: reading is generated.
            let kept = schema_field.serde_attributes.iter().filter(|attribute| {
                let text = quote!(#attribute).to_string();
                text.contains("rename") || text.contains("skip_serializing")
            });
            field.attrs.extend(kept.cloned());
            if inner_of(&schema_field.ty, "Patch").is_some() && !schema_field.serde.may_skip_serializing {
                field.attrs.push(syn::parse_quote!(
                    #[serde(skip_serializing_if = "::kovar::__private::contract::Patch::is_absent")]
                ));
            }
        }
    }
}

fn union_schema<'a>(
    container: &'a Container,
    input: &'a DeriveInput,
    variants: &[UnionVariant],
    tagging: &TokenStream,
    statics: Vec<TokenStream>,
) -> SchemaImpl<'a> {
    let contract = contract();
    let shapes = variants.iter().map(|variant| variant.shape(container));
    let accepts = variants.iter().map(UnionVariant::accepts);
    let normalize = variants.iter().map(UnionVariant::normalize);
    let checks = variants.iter().flat_map(|variant| variant.fields.iter().map(SchemaField::checks));
    let whole = whole_accepts(container);
    let union = quote! {
        #contract::shape::Shape::new(#contract::shape::Kind::Union(#contract::shape::UnionShape {
            tagging: #tagging,
            variants: ::std::vec![#(#shapes),*],
        }))
    };
    let judge = whole_judge(container);
    let is_normal = variants.iter().map(UnionVariant::is_normal);
    SchemaImpl {
        container,
        name: &input.ident,
        generics: &input.generics,
        judges_types: variants.iter().any(|variant| variant.fields.iter().any(SchemaField::has_validators)),
        keys: quote!(),
        absence: quote!(),
        about: about(container, input).tokens(),
        checks: quote!(#(#checks)*),
        shape: quote!(#union #judge),
        accepts: quote!((match self { #(#accepts),* }) #whole),
        normalize: quote!(match self { #(#normalize),* }),
        is_normal: quote!(match self { #(#is_normal),* }),
        statics,
    }
}

impl UnionVariant {
    fn bindings(&self) -> Vec<Ident> {
        (0..self.fields.len()).map(|index| format_ident!("field_{index}")).collect()
    }

    /// A pattern that binds each field to a name.
    fn pattern(&self) -> TokenStream {
        let (ident, bindings) = (&self.ident, self.bindings());
        if self.is_named {
            let names = self.fields.iter().map(|field| &field.ident);
            quote!(Self::#ident { #(#names: #bindings),* })
        } else if self.fields.is_empty() {
            quote!(Self::#ident)
        } else {
            quote!(Self::#ident(#(#bindings),*))
        }
    }

    fn accepts(&self) -> TokenStream {
        let (pattern, bindings) = (self.pattern(), self.bindings());
        let calls = self.fields.iter().zip(&bindings).map(|(field, binding)| field.accepts_tokens(&quote!(#binding)));
        quote!(#[allow(unused_variables)] #pattern => true #(&& #calls)*)
    }

    fn normalize(&self) -> TokenStream {
        let (pattern, bindings) = (self.pattern(), self.bindings());
        let calls = self.fields.iter().zip(&bindings).map(|(field, binding)| field.normalize_tokens(&quote!(#binding)));
        quote!(#[allow(unused_variables)] #pattern => { #(#calls)* })
    }

    fn is_normal(&self) -> TokenStream {
        let (pattern, bindings) = (self.pattern(), self.bindings());
        let calls = self.fields.iter().zip(&bindings).map(|(field, binding)| field.is_normal_tokens(&quote!(#binding)));
        quote!(#[allow(unused_variables)] #pattern => true #(&& #calls)*)
    }

    fn shape(&self, container: &Container) -> TokenStream {
        let contract = contract();
        let (wire_name, aliases) = (&self.names.wire_name, &self.names.aliases);
        let content = match (self.is_named, self.fields.as_slice()) {
            (false, []) => quote!(::core::option::Option::None),
            (false, [field]) => {
                let shape = field.unnamed_shape_tokens(container);
                quote!(::core::option::Option::Some(#shape))
            }
            (false, fields) => {
                let shapes = fields.iter().map(|field| field.unnamed_shape_tokens(container));
                quote!(::core::option::Option::Some(#contract::shape::Shape::new(#contract::shape::Kind::Tuple(::std::vec![#(#shapes),*]))))
            }
            (true, fields) => {
                let fields = fields
                    .iter()
                    .filter(|field| !(field.serde.skips_serializing && field.serde.skips_deserializing))
                    .map(|field| {
                        let shape = field.shape_tokens(container, None);
                        quote!(.field(#shape))
                    });
                let deny = container.serde.denies_unknown.then(|| quote!(.deny_unknown()));
                quote! {
                    ::core::option::Option::Some(#contract::shape::Shape::new(#contract::shape::Kind::Object(
                        #contract::shape::ObjectShape::new() #(#fields)* #deny
                    )))
                }
            }
        };
        let about =
            About { description: self.description.clone(), is_deprecated: self.is_deprecated, ..About::default() };
        let about = (!about.is_silent()).then(|| about.tokens()).map(|about| quote!(.about(#about)));
        quote!(#contract::shape::Variant::new(#wire_name, #content) #(.alias(#aliases))* #about)
    }

    /// Reads the variant from `content`, the tree that holds its data.
    fn read(&self, owner: &Ident, generics: &syn::Generics) -> TokenStream {
        let ident = &self.ident;
        match (self.is_named, self.fields.as_slice()) {
            (false, []) => quote!({ let _ = content; ::core::result::Result::Ok(Self::#ident) }),
            (false, [_]) => quote!(content.read().map(Self::#ident)),
            (false, fields) => {
                let bindings = self.bindings();
                let types = fields.iter().map(|field| &field.ty);
                quote!(content.read::<(#(#types),*)>().map(|(#(#bindings),*)| Self::#ident(#(#bindings),*)))
            }
            (true, fields) => {
                let reading = self.reading_name(owner);
                let used = codec::used_generics(generics, &fields.iter().collect::<Vec<_>>());
                let values = fields.iter().map(|field| {
                    let ident = &field.ident;
                    if field.serde.skips_deserializing {
                        quote!(#ident: ::core::default::Default::default())
                    } else {
                        quote!(#ident: read.#ident)
                    }
                });
                quote!(content.read::<#reading #used>().map(|read| {
                    let _ = &read;
                    Self::#ident { #(#values),* }
                }))
            }
        }
    }

    /// Reads the variant from `content`, and returns it if it keeps its own rules: validators of
    /// the whole judge the one that fits.
    fn attempt(&self, owner: &Ident, generics: &syn::Generics) -> TokenStream {
        let contract = contract();
        let (read, accepts, normalize) = (self.read(owner, generics), self.accepts(), self.normalize());
        let guard = (self.fields.is_empty() && !self.is_named).then(|| quote!(content.is_null() &&));
        let others = quote!(
            #[allow(unreachable_patterns)]
            _
        );
        quote! {
            if #guard attempts.take()
                && let ::core::result::Result::Ok(mut candidate) =
                    (|| -> ::core::result::Result<Self, #contract::json::DeserializeError> { #read })()
            {
                let direction = #contract::Direction::Input;
                match &mut candidate { #normalize, #others => {} }
                if match &candidate { #accepts, #others => false } {
                    return ::core::result::Result::Ok(candidate);
                }
            }
        }
    }

    fn reading_name(&self, owner: &Ident) -> Ident {
        format_ident!("__{owner}{}", self.ident)
    }
}

/// `impl Deserialize` through the tree: the tag first, then the variant that it names.
fn reading(container: &Container, input: &DeriveInput, variants: &[UnionVariant]) -> TokenStream {
    if container.is_output_only {
        return quote!();
    }
    let contract = contract();
    let owner = &input.ident;
    let structs = variants.iter().filter(|variant| variant.is_named).map(|variant| {
        let fields: Vec<_> = variant.fields.iter().collect();
        let case = variant.names.rename_all.map(|_| quote!());
        codec::reading_struct(
            &variant.reading_name(owner),
            &input.generics,
            &fields,
            case.as_ref(),
            container.serde.denies_unknown,
            None,
        )
    });
    let read = if container.serde.is_untagged {
        let attempts = variants.iter().map(|variant| variant.attempt(owner, &input.generics));
        quote! {
            let attempts = #contract::macro_support::Attempts::of(value);
            let content = value;
            #(#attempts)*
            ::core::result::Result::Err(#contract::macro_support::no_variant())
        }
    } else {
        let arms = variants.iter().map(|variant| {
            let (wire_name, aliases) = (&variant.names.wire_name, &variant.names.aliases);
            let read = variant.read(owner, &input.generics);
            let has_content = variant.is_named || !variant.fields.is_empty();
            quote!(#wire_name #(| #aliases)* => { let content = tagged.content(#has_content)?; let content = &*content; #read })
        });
        let serde = &container.serde;
        let split = match (&serde.tag, &serde.content) {
            (Some(tag), Some(content)) => quote!(adjacent(value, #tag, #content)),
            (Some(tag), None) => quote!(internal(value, #tag)),
            _ => quote!(external(value)),
        };
        quote! {
            let tagged = #contract::macro_support::Tagged::#split?;
            match tagged.name() {
                #(#arms)*
                _ => ::core::result::Result::Err(#contract::macro_support::no_variant()),
            }
        }
    };
    let implementation = codec::tree_deserialize(container, owner, &input.generics, &read);
    quote!(#(#structs)* #implementation)
}
