//! `#[problem]`: an enum of declared errors.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Field, Fields, Ident, Item, LitInt, LitStr, Result, Variant};

use crate::attributes::{Errors, error, take};
use crate::docs;
use crate::schema::snake;

struct ProblemVariant {
    ident: Ident,
    status: u16,
    title: String,
    description: Option<String>,
    detail: Option<LitStr>,
    log: Option<LitStr>,
    kind: String,
    schema_name: String,
    headers: Vec<(LitStr, LitStr)>,
    fields: Vec<ProblemField>,
}

struct ProblemField {
    ident: Ident,
    ty: syn::Type,
    is_internal: bool,
    description: Option<String>,
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if let Some(token) = arguments.into_iter().next() {
        return error(token.span(), "`#[problem]` takes no words; each variant has `#[status(404)]` or such");
    }
    let mut item = match syn::parse2(item)? {
        Item::Enum(item) => item,
        other => return error(keyword(&other), "problems are an `enum`: each variant is one of them, with its status"),
    };
    if let Some(parameter) = item.generics.params.first() {
        return error(
            syn::spanned::Spanned::span(parameter),
            "problems have no generic parameters: documents show one schema",
        );
    }
    let base = item.ident.to_string();
    let base = base.trim_end_matches("Problem").trim_end_matches("Error").to_owned();
    let mut errors = Errors::default();
    let variants = item.variants.iter_mut().filter_map(|variant| errors.take(take_variant(&base, variant)));
    let variants: Vec<_> = variants.collect();
    errors.finish()?;
    if !item.variants.empty_or_trailing() {
        item.variants.push_punct(<syn::Token![,]>::default());
    }
    let name = &item.ident;
    let http = quote!(::kovar::__private::http);
    let declarations = variants.iter().map(ProblemVariant::declaration);
    let arms = variants.iter().map(ProblemVariant::arm);
    let (attributes, visibility, original) = (&item.attrs, &item.vis, &item.variants);
    Ok(quote! {
        #(#attributes)*
        #visibility enum #name {
            #original
            #[doc(hidden)]
            __Internal(#http::problem::InternalError),
        }

        impl #http::problem::Problem for #name {
            fn declare(catalog: &mut ::kovar::__private::contract::Catalog) -> ::std::vec::Vec<#http::problem::ProblemDeclaration> {
                let _ = &catalog;
                ::std::vec![#(#declarations),*]
            }

            fn into_details(self) -> #http::problem::ProblemDetails {
                match self {
                    #(#arms)*
                    Self::__Internal(cause) => cause.into_details(),
                }
            }
        }

        impl<E: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static> ::core::convert::From<E> for #name {
            fn from(cause: E) -> Self {
                Self::__Internal(#http::problem::InternalError::new(cause))
            }
        }
    })
}

/// Where an item says what it is.
fn keyword(item: &Item) -> Span {
    match item {
        Item::Struct(item) => item.struct_token.span,
        Item::Union(item) => item.union_token.span,
        _ => Span::call_site(),
    }
}

fn take_variant(base: &str, variant: &mut Variant) -> Result<ProblemVariant> {
    let status = take_status(variant)?;
    let (title, description) = docs::summary_and_rest(&variant.attrs);
    let name = variant.ident.to_string();
    let title = take_text(&mut variant.attrs, "title")?.map(|title| title.value()).or(title);
    let Some(title) = title else {
        return error(variant.ident.span(), "a problem has a title: its doc comment");
    };
    let kind = take_text(&mut variant.attrs, "code")?.map(|code| code.value());
    let kind = kind.unwrap_or_else(|| format!("/problems/{}", snake(&format!("{base}{name}")).replace('_', "-")));
    Ok(ProblemVariant {
        detail: take_text(&mut variant.attrs, "detail")?,
        log: take_text(&mut variant.attrs, "log")?,
        headers: take_headers(&mut variant.attrs)?,
        ident: variant.ident.clone(),
        status,
        title,
        description,
        kind,
        schema_name: format!("{base}{name}"),
        fields: take_fields(variant)?,
    })
}

fn take_status(variant: &mut Variant) -> Result<u16> {
    let attributes = take(&mut variant.attrs, "status");
    let Some(attribute) = attributes.first() else {
        return error(variant.ident.span(), "a problem has a status: `#[status(404)]`");
    };
    let literal: LitInt = attribute.parse_args()?;
    match literal.base10_parse::<u16>() {
        Ok(status @ 400..=599) => Ok(status),
        _ => error(literal.span(), "a problem's status is between 400 and 599; other answers are responses"),
    }
}

fn take_text(attributes: &mut Vec<Attribute>, name: &str) -> Result<Option<LitStr>> {
    take(attributes, name).first().map(Attribute::parse_args).transpose()
}

fn take_headers(attributes: &mut Vec<Attribute>) -> Result<Vec<(LitStr, LitStr)>> {
    let headers = take(attributes, "header");
    let pair = |input: syn::parse::ParseStream<'_>| {
        let name: LitStr = input.parse()?;
        input.parse::<syn::Token![,]>()?;
        Ok((name, input.parse::<LitStr>()?))
    };
    headers.iter().map(|header| header.parse_args_with(pair)).collect()
}

fn take_fields(variant: &mut Variant) -> Result<Vec<ProblemField>> {
    match &mut variant.fields {
        Fields::Unit => Ok(Vec::new()),
        Fields::Named(fields) => fields.named.iter_mut().map(take_field).collect(),
        Fields::Unnamed(fields) => error(
            syn::spanned::Spanned::span(fields),
            "a problem's fields have names: they are members of what is sent",
        ),
    }
}

fn take_field(field: &mut Field) -> Result<ProblemField> {
    let is_internal = !take(&mut field.attrs, "internal").is_empty();
    let Some(ident) = field.ident.clone() else { return error(Span::call_site(), "a field has a name") };
    const RESERVED: &[&str] = &["type", "title", "status", "detail", "instance", "request_id", "errors"];
    let name = ident.to_string();
    if !is_internal && RESERVED.contains(&name.trim_start_matches("r#")) {
        return error(
            ident.span(),
            format!("`{name}` is a member of every problem (RFC 9457); call this one something else"),
        );
    }
    Ok(ProblemField { description: docs::description(&field.attrs), ty: field.ty.clone(), ident, is_internal })
}

impl ProblemVariant {
    fn declaration(&self) -> TokenStream {
        let (http, contract) = (quote!(::kovar::__private::http), quote!(::kovar::__private::contract));
        let Self { status, title, kind, schema_name, .. } = self;
        let description = match &self.description {
            Some(text) => quote!(::core::option::Option::Some(#text.into())),
            None => quote!(::core::option::Option::None),
        };
        let extensions = self.sent().map(|field| {
            let (name, ty) = (field.ident.to_string(), &field.ty);
            let about = field
                .description
                .as_ref()
                .map(|text| quote!(.about(#contract::shape::About::new().description(#text))));
            quote!(#contract::shape::Field::new(#name, <#ty as #contract::Schema>::shape(catalog)) #about)
        });
        quote! {
            #http::problem::ProblemDeclaration {
                name: ::std::string::String::from(#schema_name),
                status: const { #http::problem::ErrorStatus::new(#status) },
                kind: #kind.into(),
                title: #title.into(),
                description: #description,
                extensions: ::std::vec![#(#extensions),*],
            }
        }
    }

    fn sent(&self) -> impl Iterator<Item = &ProblemField> {
        self.fields.iter().filter(|field| !field.is_internal)
    }

    fn arm(&self) -> TokenStream {
        let http = quote!(::kovar::__private::http);
        let Self { ident, status, title, kind, .. } = self;
        let names = self.fields.iter().map(|field| &field.ident);
        let detail = self.detail.as_ref().map(|detail| quote!(.detail(::std::format!(#detail))));
        let extensions = self.sent().map(|field| {
            let (ident, name) = (&field.ident, field.ident.to_string());
            quote!(.with(#name, &#ident))
        });
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| quote!(.header(#http::HeaderName::from_static(#name), ::std::format!(#value))));
        let source = self.fields.iter().find(|field| field.is_internal && field.ident == "source");
        let log = match (&self.log, source) {
            (Some(log), _) => Some(quote!(.log(::std::format!(#log)))),
            (None, Some(source)) => {
                let source = &source.ident;
                Some(quote!(.log(#source)))
            }
            (None, None) => None,
        };
        quote! {
            #[allow(unused_variables)]
            Self::#ident { #(#names),* } => {
                #http::problem::ProblemDetails::new(const { #http::problem::ErrorStatus::new(#status) }, #kind, #title)
                    #detail #(#extensions)* #(#headers)* #log
            }
        }
    }
}
