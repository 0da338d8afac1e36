//! `#[get]`, `#[post]` and so on: an operation from a function.
//!
//! The function stays as it is, to be called from tests. Beside it, under its name, stands a type
//! that gives the operation; functions and types have separate name spaces.

mod argument;
mod channel;
mod checks;
mod options;
mod path;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, PatType, Receiver, Result};

use self::argument::OperationArgument;
use self::options::OperationOptions;
use self::path::PathTemplate;
use crate::attributes::{Errors, error, take};
use crate::docs;

/// How many arguments an operation may have.
const MOST_ARGUMENTS: usize = 12;

pub(crate) fn expand(method: &str, arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(item)?;
    let expanded = expand_function(method, arguments, function.clone(), None);
    Ok(or_bare(expanded, function))
}

pub(crate) fn expand_channel(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(item)?;
    let expanded = channel::opener(&function)
        .and_then(|opener| expand_function("GET", arguments, function.clone(), Some(&opener)));
    Ok(or_bare(expanded, function))
}

fn or_bare(expanded: Result<TokenStream>, function: ItemFn) -> TokenStream {
    expanded.unwrap_or_else(|error| {
        let (error, bare) = (error.into_compile_error(), bare(function));
        quote!(#error #bare)
    })
}

/// What is left of a function whose attribute is wrong: the function, and a promise that it is an
/// operation, so that whoever mounts it does not report an error, too.
fn bare(mut function: ItemFn) -> TokenStream {
    for argument in &mut function.sig.inputs {
        let (FnArg::Typed(PatType { attrs, .. }) | FnArg::Receiver(Receiver { attrs, .. })) = argument;
        take(attrs, "field");
        take(attrs, "doc");
    }
    if let Some(FnArg::Receiver(_)) = function.sig.inputs.first() {
        return quote!(#function);
    }
    let operation = quote!(::kovar::__private::http::operation);
    let (name, visibility) = (&function.sig.ident, &function.vis);
    quote! {
        #function

        #[allow(non_camel_case_types)]
        #visibility enum #name {}

        impl #operation::NamedOperation for #name {
            fn operation() -> #operation::Operation {
                ::core::unreachable!()
            }
        }
    }
}

/// Of a channel, the opener takes the place of the function.
fn expand_function(
    method: &str,
    arguments: TokenStream,
    mut function: ItemFn,
    opener: Option<&ItemFn>,
) -> Result<TokenStream> {
    let options = OperationOptions::parse(arguments)?;
    let template = PathTemplate::parse(&options.path)?;
    check_signature(&function)?;
    let mut statics = Vec::new();
    let mut operation_arguments = Vec::new();
    let mut errors = Errors::default();
    for (index, argument) in function.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(argument) = argument else { unreachable!("the signature was checked") };
        let socket = opener.and_then(|opener| channel::opening(opener, index));
        let own = socket.map(|opening| std::mem::replace(&mut *argument.ty, opening));
        operation_arguments.extend(errors.take(OperationArgument::take(argument, index, &mut statics)));
        if let Some(own) = own {
            *argument.ty = own;
        }
    }
    errors.finish()?;
    check_bodies(&operation_arguments)?;
    let path_checks = path::check(&template, &operation_arguments)?;
    let http = quote!(::kovar::__private::http);
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let method = format_ident!("{method}");
    let path = &options.path;
    let about = about(&options, &function);
    let described = operation_arguments.iter().map(OperationArgument::tokens);
    let (handler, checks) = checks::handler(&operation_arguments, opener.unwrap_or(&function));
    let documentation = format!("The operation [`{name}()`].");
    // What stands beside the function is nothing that an `impl` could hold either, so that an
    // operation in an `impl` is told of no more than that.
    Ok(quote! {
        #function

        #[doc = #documentation]
        #[allow(non_camel_case_types)]
        #visibility enum #name {}

        impl #http::operation::NamedOperation for #name {
            fn operation() -> #http::operation::Operation {
                #(#statics)*
                #opener
                #path_checks
                static ARGUMENTS: &[#http::describe::Argument] = &[#(#described),*];
                #checks
                #http::operation::Operation::new(#http::Method::#method, #path, #handler)
                    .arguments(ARGUMENTS)
                    #about
            }
        }
    })
}

fn check_signature(function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        return error(
            signature.fn_token.span,
            "an operation is an `async fn`; work that blocks goes to `tokio::task::spawn_blocking`",
        );
    }
    if let Some(parameter) = signature.generics.params.first() {
        return error(parameter.span(), "an operation has no generic parameters: the documents show one schema");
    }
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first() {
        return error(receiver.span(), "an operation is a free function; shared state comes as `Dep<T>`");
    }
    if let Some(extra) = signature.inputs.iter().nth(MOST_ARGUMENTS) {
        return error(
            extra.span(),
            format!("an operation has at most {MOST_ARGUMENTS} arguments; gather parameters in a `#[schema]` struct"),
        );
    }
    Ok(())
}

/// A request has one body.
fn check_bodies(arguments: &[OperationArgument]) -> Result<()> {
    let mut bodies = arguments.iter().filter(|argument| argument.takes_body());
    match (bodies.next(), bodies.next()) {
        (Some(_), Some(second)) => error(second.span, "a request has one body, and an earlier argument takes it"),
        _ => Ok(()),
    }
}

fn about(options: &OperationOptions, function: &ItemFn) -> TokenStream {
    let (summary, description) = docs::summary_and_rest(&function.attrs);
    let id = options
        .id
        .as_ref()
        .map_or_else(|| function.sig.ident.to_string().trim_start_matches("r#").to_owned(), syn::LitStr::value);
    let summary = options.summary.as_ref().map(syn::LitStr::value).or(summary).map(|text| quote!(.summary(#text)));
    let description = description.map(|text| quote!(.description(#text)));
    let tags = options.tags.iter().map(|tag| quote!(.tag(#tag)));
    let is_deprecated =
        options.is_deprecated || function.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    let deprecated = is_deprecated.then(|| quote!(.deprecated()));
    let hidden = options.is_hidden.then(|| quote!(.hidden()));
    let detached = options.is_detached.then(|| quote!(.detached()));
    let idempotent = options.is_idempotent.then(|| quote!(.idempotent()));
    let retried = options.is_retried.then(|| quote!(.retried()));
    let isolation = options.isolation.as_ref().map(|isolation| quote!(.isolation(#isolation)));
    let body_limit = options.body_limit.as_ref().map(|limit| quote!(.body_limit(#limit)));
    let deadline = options.deadline.as_ref().map(|deadline| quote!(.deadline(#deadline)));
    let callbacks = options.callbacks.iter().map(|callback| {
        let (name, address, operation) = (&callback.name, &callback.address, &callback.operation);
        quote!(.callback(#name, #address, <#operation as ::kovar::__private::http::operation::NamedOperation>::operation()))
    });
    quote!(.id(#id) #summary #description #(#tags)* #deprecated #hidden #body_limit #deadline #detached #idempotent #retried #isolation #(#callbacks)*)
}
