//! The path of an operation, and that its parameters are those that the function takes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Result, Type};

use super::argument::OperationArgument;
use crate::attributes::error;

/// A path with parameters in braces.
pub(crate) struct PathTemplate {
    text: String,
    names: Vec<String>,
    literal: LitStr,
}

impl PathTemplate {
    pub(crate) fn parse(literal: &LitStr) -> Result<Self> {
        let text = literal.value();
        if !text.starts_with('/') {
            return error(literal.span(), format!("a path starts with a slash: `/{text}`"));
        }
        let mut names = Vec::new();
        for segment in text.split('/') {
            if let Some(name) = segment.strip_prefix(':') {
                return error(literal.span(), format!("a parameter is written `{{{name}}}`"));
            }
            if let Some(name) = parameter(segment, literal)? {
                if names.contains(&name) {
                    return error(literal.span(), format!("the path has the parameter `{name}` twice"));
                }
                names.push(name);
            }
        }
        Ok(Self { text, names, literal: literal.clone() })
    }
}

/// The name in `{name}` or `{*name}`, if the segment has one.
fn parameter(segment: &str, literal: &LitStr) -> Result<Option<String>> {
    let Some((_, rest)) = segment.split_once('{') else {
        return if segment.contains('}') { error(literal.span(), "a `}` in the path has no `{`") } else { Ok(None) };
    };
    let Some((name, _)) = rest.split_once('}') else {
        return error(literal.span(), "a `{` in the path has no `}` in its segment");
    };
    let name = name.trim_start_matches('*');
    let is_name = !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || character == '_');
    if !is_name {
        return error(literal.span(), format!("`{{{name}}}` is no parameter: a name has letters, digits and `_`"));
    }
    Ok(Some(name.to_owned()))
}

/// Refuses names that the path does not have, and parameters that nobody takes.
///
/// An argument `Path<T>` whose name is not in the path may be an object of parameters: that is
/// known when `T` is, so a constant checks it.
pub(crate) fn check(template: &PathTemplate, arguments: &[OperationArgument]) -> Result<TokenStream> {
    let mut taken: Vec<String> = Vec::new();
    let mut later = TokenStream::new();
    let mut is_complete = arguments.iter().all(OperationArgument::is_known);
    for argument in arguments {
        let Some(ty) = argument.path_type() else { continue };
        let is_tuple = matches!(ty, Type::Tuple(_));
        let names = argument.wire_names();
        let unknown = names.iter().position(|name| !template.names.contains(name));
        match (unknown, is_tuple || names.len() > 1) {
            (None, false) if names.len() == 1 => taken.extend(names),
            (None, true) if !names.is_empty() => taken.extend(names),
            (Some(index), true) => {
                let span = argument.names.get(index).map_or(argument.span, Ident::span);
                return error(span, no_parameter(template, &names[index]));
            }
            _ => {
                is_complete = false;
                later.extend(check_object(template, argument, ty));
            }
        }
    }
    let untaken = template.names.iter().find(|name| !taken.contains(name));
    match untaken {
        Some(name) if is_complete => error(
            template.literal.span(),
            format!("nobody takes `{{{name}}}`; add the argument `Path({name}): Path<…>`"),
        ),
        _ => Ok(later),
    }
}

fn check_object(template: &PathTemplate, argument: &OperationArgument, ty: &Type) -> TokenStream {
    let names = &template.names;
    let name = argument.wire_names().into_iter().next().unwrap_or_default();
    let scalar = no_parameter(template, &name);
    let field = format!("a field of this type is no parameter of the path `{}`", template.text);
    let contract = quote!(::kovar::__private::contract);
    quote_spanned! {ty.span()=>
        const _: () = match ::kovar::__private::http::operation::names_in_path(
            <#ty as #contract::Schema>::FIELD_NAMES,
            &[#(#names),*],
        ) {
            ::kovar::__private::http::operation::PathNames::Known => {}
            ::kovar::__private::http::operation::PathNames::NoObject => ::core::panic!("{}", #scalar),
            ::kovar::__private::http::operation::PathNames::UnknownField => ::core::panic!("{}", #field),
        };
    }
}

fn no_parameter(template: &PathTemplate, name: &str) -> String {
    let known = template.names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match known.as_str() {
        "" => format!("the path `{}` has no parameters; write `{{{name}}}` into it", template.text),
        known => format!("the path `{}` has no parameter `{name}`; it has {known}", template.text),
    }
}
