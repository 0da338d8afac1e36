//! Structs: objects, newtypes, tuples, and nothing.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Index, LitStr, Result};

use super::about::{About, is_deprecated};
use super::codec::{self, SchemaImpl};
use super::container::Container;
use super::contract;
use super::field::SchemaField;
use super::{computed, flatten, partial};
use crate::attributes::{Errors, error};
use crate::docs;

pub(crate) fn expand(container: &Container, mut input: DeriveInput) -> Result<TokenStream> {
    let partial = partial::expand(container, &input)?;
    let mut statics = Vec::new();
    let Data::Struct(data) = &mut input.data else { unreachable!("the caller looked") };
    let is_named = matches!(data.fields, Fields::Named(_));
    let (mut fields, mut errors) = (Vec::new(), Errors::default());
    for (index, field) in data.fields.iter_mut().enumerate() {
        let taken = SchemaField::take(field, container.serde.rename_all, &mut statics, &format!("{index}_"));
        fields.extend(errors.take(taken));
    }
    errors.finish()?;
    let fields_first = codec::fields_first(&input.generics, fields.iter());
    let expanded = match (is_named, fields.len()) {
        (true, _) => object(container, &mut input, &fields, statics)?,
        (false, 0) => unit(container, &input),
        (false, 1) => newtype(container, &mut input, &fields[0], statics),
        (false, _) => tuple(container, &mut input, &fields, statics)?,
    };
    Ok(quote!(#fields_first #expanded #partial))
}

fn object(
    container: &Container,
    input: &mut DeriveInput,
    fields: &[SchemaField],
    statics: Vec<TokenStream>,
) -> Result<TokenStream> {
    let is_flattening = fields.iter().any(|field| field.serde.is_flattened);
    if is_flattening && container.serde.denies_unknown {
        return error(
            input.ident.span(),
            "`deny_unknown_fields` cannot know which fields the flattened types have; put it on them",
        );
    }
    refuse_repeated_keys(fields)?;
    if container.serde.is_transparent {
        return error(
            input.ident.span(),
            "`transparent` is for newtypes: write `struct Name(Type);`, which is transparent anyway",
        );
    }
    if is_flattening && container.serde.default.is_some() && !input.generics.params.is_empty() {
        return error(
            input.ident.span(),
            "a generic type that flattens takes defaults of its fields, not of the whole",
        );
    }
    let defaults: Vec<_> = fields
        .iter()
        .filter_map(|field| {
            field.default_expression().map(|expression| codec::default_function(&input.ident, field, &expression))
        })
        .collect();
    put_serde_attributes(container, input, fields);
    let serde_attributes = &container.serde_attributes;
    let derives = codec::derives(container, container.computed.is_empty(), !is_flattening);
    let reading = is_flattening.then(|| flatten::reading(container, input, fields));
    let writing = (!container.computed.is_empty()).then(|| computed::writing(container, input, fields));
    let schema = object_schema(container, input, fields, statics).tokens();
    let attributes = if is_flattening && !container.computed.is_empty() { &[][..] } else { serde_attributes };
    Ok(quote! {
        #(#defaults)*
        #derives
        #(#attributes)*
        #input
        #schema
        #reading
        #writing
    })
}

/// Puts serde's attributes back on the fields, with those that Kovar's options need.
fn put_serde_attributes(container: &Container, input: &mut DeriveInput, fields: &[SchemaField]) {
    let owner = input.ident.clone();
    let has_derives = container.computed.is_empty() || !fields.iter().any(|field| field.serde.is_flattened);
    let Data::Struct(data) = &mut input.data else { return };
    if !has_derives {
        return;
    }
    for (field, schema_field) in data.fields.iter_mut().zip(fields) {
        let default =
            schema_field.default_expression().map(|_| codec::default_function_name(&owner, schema_field).to_string());
        let attributes = schema_field.serde_tokens(default.as_deref());
        let parsed: Result<AttributeList> = syn::parse2(attributes);
        if let Ok(AttributeList(attributes)) = parsed {
            field.attrs.extend(attributes);
        }
    }
}

struct AttributeList(Vec<syn::Attribute>);

impl syn::parse::Parse for AttributeList {
    fn parse(input: syn::parse::ParseStream<'_>) -> Result<Self> {
        input.call(syn::Attribute::parse_outer).map(Self)
    }
}

fn object_schema<'a>(
    container: &'a Container,
    input: &'a DeriveInput,
    fields: &[SchemaField],
    statics: Vec<TokenStream>,
) -> SchemaImpl<'a> {
    let contract = contract();
    let container_default = container_default(container, &quote!(Self));
    let visible = || fields.iter().filter(|field| !(field.serde.skips_serializing && field.serde.skips_deserializing));
    let shapes = visible().filter(|field| !field.serde.is_flattened).map(|field| {
        let shape = field.shape_tokens(container, container_default.as_ref());
        quote!(.field(#shape))
    });
    let flattened = visible().filter(|field| field.serde.is_flattened).map(|field| {
        let ty = &field.ty;
        quote!(.flatten(<#ty as #contract::Schema>::shape(catalog)))
    });
    let computed = container.computed.iter().map(|computed| {
        let (name, ty) = (computed::name(container, computed), &computed.ty);
        let about = About { description: docs::description(&computed.attributes), ..About::default() }.tokens();
        quote! {
            .field(#contract::shape::Field::new(#name, <#ty as #contract::Schema>::shape(catalog))
                .access(#contract::shape::Access::ReadOnly).about(#about))
        }
    });
    let deny = container.serde.denies_unknown.then(|| quote!(.deny_unknown()));
    let judging = container.validators.iter().filter(|_| !container.is_output_only);
    let validators = judging.map(|path| {
        quote!(.validator(|value| #contract::input::validate::<Self>(value, &#contract::Rules::NONE, |value| #contract::macro_support::judged(#path(value)))))
    });
    let accepts = visible().map(|field| {
        let ident = &field.ident;
        field.accepts_tokens(&quote!(&self.#ident))
    });
    let normalize = visible().map(|field| {
        let ident = &field.ident;
        field.normalize_tokens(&quote!(&mut self.#ident))
    });
    let is_normal = visible().map(|field| {
        let ident = &field.ident;
        field.is_normal_tokens(&quote!(&self.#ident))
    });
    let checks = fields.iter().map(SchemaField::checks);
    let whole = whole_accepts(container);
    SchemaImpl {
        container,
        name: &input.ident,
        generics: &input.generics,
        judges_types: fields.iter().any(SchemaField::has_validators),
        keys: keys(fields),
        absence: quote!(),
        about: about(container, input).tokens(),
        checks: if container.is_partial { quote!() } else { quote!(#(#checks)*) },
        shape: quote! {
            #contract::shape::Shape::new(#contract::shape::Kind::Object(
                #contract::shape::ObjectShape::new() #(#shapes)* #(#computed)* #(#flattened)* #deny #(#validators)*
            ))
        },
        accepts: quote!(true #(&& #accepts)* #whole),
        normalize: quote!(#(#normalize)*),
        is_normal: quote!(true #(&& #is_normal)*),
        statics,
    }
}

/// Refuses two fields with one key: serde would read the first, and a document shows the last.
pub(crate) fn refuse_repeated_keys(fields: &[SchemaField]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for field in fields.iter().filter(|field| !field.serde.is_flattened) {
        let aliases = field.serde.aliases.iter().map(LitStr::value);
        for key in std::iter::once(field.wire_name.clone()).chain(aliases) {
            if !seen.insert(key.clone()) {
                let span = field.ident.as_ref().map_or_else(proc_macro2::Span::call_site, syn::Ident::span);
                return error(span, format!("two fields have the key `{key}`"));
            }
        }
    }
    Ok(())
}

/// The keys that the object reads: its own by name, and those of what is flattened into it.
fn keys(fields: &[SchemaField]) -> TokenStream {
    let contract = contract();
    let read = || fields.iter().filter(|field| !field.serde.skips_deserializing);
    let own = || read().filter(|field| !field.serde.is_flattened);
    let names = own().map(|field| &field.wire_name);
    let with_aliases = own().flat_map(|field| {
        std::iter::once(field.wire_name.clone()).chain(field.serde.aliases.iter().map(LitStr::value))
    });
    let flattened = read().filter(|field| field.serde.is_flattened).map(|field| {
        let ty = &field.ty;
        quote!(<#ty as #contract::Schema>::add_keys(keys);)
    });
    quote! {
        const FIELD_NAMES: ::core::option::Option<&'static [&'static str]> =
            ::core::option::Option::Some(&[#(#names),*]);

        fn add_keys(keys: &mut ::std::vec::Vec<&'static str>) -> bool {
            keys.extend_from_slice(&[#(#with_aliases),*]);
            #(#flattened)*
            true
        }
    }
}

/// The value that fields without a default of their own take theirs from.
pub(super) fn container_default(container: &Container, owner: &TokenStream) -> Option<TokenStream> {
    Some(match container.serde.default.as_ref()? {
        None => quote!(<#owner as ::core::default::Default>::default()),
        Some(path) => {
            let path: TokenStream = path.value().parse().unwrap_or_default();
            quote!(#path())
        }
    })
}

/// The validators of the whole, in the fast pass.
pub(crate) fn whole_accepts(container: &Container) -> TokenStream {
    let contract = contract();
    let calls = container
        .validators
        .iter()
        .map(|path| quote_spanned!(path.span()=> #contract::macro_support::judged(#path(self)).is_ok()));
    let calls: Vec<_> = calls.collect();
    if calls.is_empty() {
        return quote!();
    }
    quote!(&& (direction == #contract::Direction::Output || (#(#calls)&&*)))
}

pub(crate) fn about<'a>(container: &'a Container, input: &DeriveInput) -> About<'a> {
    About {
        title: container.title.as_ref(),
        description: docs::description(&input.attrs),
        examples: &container.examples,
        is_deprecated: container.is_deprecated || is_deprecated(&input.attrs),
    }
}

fn newtype(
    container: &Container,
    input: &mut DeriveInput,
    field: &SchemaField,
    statics: Vec<TokenStream>,
) -> TokenStream {
    let contract = contract();
    let derives = codec::derives(container, true, true);
    let serde_attributes = &container.serde_attributes;
    let ty = &field.ty;
    let place = field.unnamed_shape_tokens(container);
    let absence = container
        .serde
        .is_transparent
        .then(|| quote!(const ACCEPTS_ABSENCE: bool = <#ty as #contract::Schema>::ACCEPTS_ABSENCE;));
    let is_normal = field.is_normal_tokens(&quote!(&self.0));
    let accepts = field.accepts_tokens(&quote!(&self.0));
    let whole = whole_accepts(container);
    let judge = whole_judge(container);
    let normalize = field.normalize_tokens(&quote!(&mut self.0));
    let schema = SchemaImpl {
        container,
        name: &input.ident,
        generics: &input.generics,
        judges_types: field.has_validators(),
        keys: quote!(),
        absence: quote!(#absence),
        about: about(container, input).tokens(),
        checks: field.checks(),
        shape: quote!(#place #judge),
        accepts: quote!(#accepts #whole),
        normalize,
        is_normal,
        statics,
    }
    .tokens();
    quote!(#derives #(#serde_attributes)* #input #schema)
}

/// The validators of a whole that is no object, as typed judgements of its shape.
pub(crate) fn whole_judge(container: &Container) -> TokenStream {
    let contract = contract();
    let judging = container.validators.iter().filter(|_| !container.is_output_only);
    let judges = judging.map(|path| {
        quote!(.with_validator(|value| #contract::input::validate::<Self>(value, &#contract::Rules::NONE, |value| {
            #contract::macro_support::judged(#path(value))
        })))
    });
    quote!(#(#judges)*)
}

fn tuple(
    container: &Container,
    input: &mut DeriveInput,
    fields: &[SchemaField],
    statics: Vec<TokenStream>,
) -> Result<TokenStream> {
    let contract = contract();
    let derives = codec::derives(container, true, true);
    let serde_attributes = &container.serde_attributes;
    let shapes = fields.iter().map(|field| field.unnamed_shape_tokens(container));
    let (whole, judge) = (whole_accepts(container), whole_judge(container));
    let accepts = fields.iter().enumerate().map(|(index, field)| {
        let index = Index::from(index);
        field.accepts_tokens(&quote!(&self.#index))
    });
    let normalize = fields.iter().enumerate().map(|(index, field)| {
        let index = Index::from(index);
        field.normalize_tokens(&quote!(&mut self.#index))
    });
    let is_normal = fields.iter().enumerate().map(|(index, field)| {
        let index = Index::from(index);
        field.is_normal_tokens(&quote!(&self.#index))
    });
    let checks = fields.iter().map(SchemaField::checks);
    let schema = SchemaImpl {
        container,
        name: &input.ident,
        generics: &input.generics,
        judges_types: fields.iter().any(SchemaField::has_validators),
        keys: quote!(),
        absence: quote!(),
        about: about(container, input).tokens(),
        checks: quote!(#(#checks)*),
        shape: quote!(#contract::shape::Shape::new(#contract::shape::Kind::Tuple(::std::vec![#(#shapes),*])) #judge),
        accepts: quote!(true #(&& #accepts)* #whole),
        normalize: quote!(#(#normalize)*),
        is_normal: quote!(true #(&& #is_normal)*),
        statics,
    }
    .tokens();
    Ok(quote!(#derives #(#serde_attributes)* #input #schema))
}

fn unit(container: &Container, input: &DeriveInput) -> TokenStream {
    let contract = contract();
    let derives = codec::derives(container, true, true);
    let schema = SchemaImpl {
        container,
        name: &input.ident,
        generics: &input.generics,
        judges_types: false,
        keys: quote!(),
        absence: quote!(),
        about: about(container, input).tokens(),
        checks: quote!(),
        shape: quote!(#contract::shape::Shape::new(#contract::shape::Kind::Null)),
        accepts: quote!(true),
        normalize: quote!(),
        is_normal: quote!(true),
        statics: Vec::new(),
    }
    .tokens();
    quote!(#derives #input #schema)
}
