//! The arguments of `#[get("/path", …)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitStr, Path, Result, Token};

use crate::attributes::error;

pub(crate) struct OperationOptions {
    pub(crate) path: LitStr,
    pub(crate) id: Option<LitStr>,
    pub(crate) summary: Option<LitStr>,
    pub(crate) tags: Vec<LitStr>,
    pub(crate) is_deprecated: bool,
    pub(crate) is_hidden: bool,
    pub(crate) is_detached: bool,
    pub(crate) is_idempotent: bool,
    pub(crate) is_retried: bool,
    pub(crate) isolation: Option<TokenStream>,
    pub(crate) body_limit: Option<TokenStream>,
    pub(crate) deadline: Option<TokenStream>,
    pub(crate) callbacks: Vec<CallbackOption>,
}

/// `callback(name = "{$request.body#/url}" -> operation)`.
pub(crate) struct CallbackOption {
    pub(crate) name: String,
    pub(crate) address: LitStr,
    pub(crate) operation: Path,
}

const KNOWN: &str = "`tag`, `id`, `summary`, `deprecated`, `hidden`, `body_limit`, `deadline`, `detached`, `idempotent`, `retried`, `isolation` and `callback(…)`";

impl OperationOptions {
    pub(crate) fn parse(arguments: TokenStream) -> Result<Self> {
        if arguments.is_empty() {
            return error(proc_macro2::Span::call_site(), "an operation has a path: `#[get(\"/products\")]`");
        }
        (|input: ParseStream<'_>| {
            let path: LitStr = input.parse().map_err(|cause| {
                syn::Error::new(
                    cause.span(),
                    "the path comes first, as a string: `#[get(\"/products\", tag = \"products\")]`",
                )
            })?;
            let mut options = Self::of(path);
            while !input.is_empty() {
                input.parse::<Token![,]>()?;
                if input.is_empty() {
                    break;
                }
                options.option(input)?;
            }
            Ok(options)
        })
        .parse2(arguments)
    }

    fn of(path: LitStr) -> Self {
        Self {
            path,
            id: None,
            summary: None,
            tags: Vec::new(),
            is_deprecated: false,
            is_hidden: false,
            is_detached: false,
            is_idempotent: false,
            is_retried: false,
            isolation: None,
            body_limit: None,
            deadline: None,
            callbacks: Vec::new(),
        }
    }

    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let word: Ident = input.parse()?;
        match word.to_string().as_str() {
            "tag" => self.tags.push(value(input)?),
            "id" => self.id = Some(value(input)?),
            "summary" => self.summary = Some(value(input)?),
            "deprecated" => self.is_deprecated = true,
            "hidden" => self.is_hidden = true,
            "detached" => self.is_detached = true,
            "idempotent" => self.is_idempotent = true,
            "retried" => self.is_retried = true,
            "isolation" => self.isolation = Some(isolation(&value(input)?)?),
            "body_limit" => self.body_limit = Some(body_limit(&value::<Expr>(input)?)?),
            "deadline" => self.deadline = Some(deadline(&value::<Expr>(input)?)?),
            "callback" => {
                let content;
                syn::parenthesized!(content in input);
                self.callbacks.extend(Punctuated::<CallbackOption, Token![,]>::parse_terminated(&content)?);
            }
            other => return error(word.span(), format!("`{other}` is no word of an operation; known are {KNOWN}")),
        }
        Ok(())
    }
}

impl Parse for CallbackOption {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        let address = input.parse()?;
        input.parse::<Token![->]>()?;
        let operation = input.parse()?;
        Ok(Self { name: name.to_string(), address, operation })
    }
}

fn value<T: Parse>(input: ParseStream<'_>) -> Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn text_of(expression: &Expr) -> Option<LitStr> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// An expression that is not text: `None`, or what stands in `Some`.
fn optional(expression: &Expr) -> TokenStream {
    match quote!(#expression).to_string().as_str() {
        "None" => quote!(::core::option::Option::None),
        _ => quote!(::core::option::Option::Some(#expression)),
    }
}

/// `"2 MiB"`, a number of bytes, or `None`.
fn body_limit(expression: &Expr) -> Result<TokenStream> {
    let Some(text) = text_of(expression) else {
        return Ok(optional(expression));
    };
    let written = text.value();
    let (number, factor) = match written.trim() {
        number if number.ends_with("MiB") => (number.trim_end_matches("MiB"), 1024 * 1024),
        number if number.ends_with("KiB") => (number.trim_end_matches("KiB"), 1024),
        number => (number.trim_end_matches('B'), 1),
    };
    match number.trim().parse::<usize>() {
        Ok(number) => {
            let bytes = number * factor;
            Ok(quote!(::core::option::Option::Some(#bytes)))
        }
        Err(_) => error(text.span(), "a limit is written as `\"2 MiB\"`, `\"64 KiB\"`, a number of bytes, or `None`"),
    }
}

/// `"read committed"`, `"repeatable read"` or `"serializable"`.
fn isolation(text: &LitStr) -> Result<TokenStream> {
    let level = match text.value().as_str() {
        "read committed" => quote!(ReadCommitted),
        "repeatable read" => quote!(RepeatableRead),
        "serializable" => quote!(Serializable),
        _ => {
            return error(
                text.span(),
                "an isolation is `\"read committed\"`, `\"repeatable read\"` or `\"serializable\"`",
            );
        }
    };
    Ok(quote!(::kovar::data::Isolation::#level))
}

/// `"5 s"`, `"500 ms"`, or `None`.
fn deadline(expression: &Expr) -> Result<TokenStream> {
    let Some(text) = text_of(expression) else {
        return Ok(optional(expression));
    };
    let written = text.value();
    let written = written.trim();
    let (number, factor) = match written.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (written.strip_suffix('s').unwrap_or("?"), 1000),
    };
    match number.trim().parse::<u64>() {
        Ok(number) => {
            let milliseconds = number * factor;
            Ok(quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#milliseconds))))
        }
        Err(_) => error(text.span(), "a deadline is written as `\"5 s\"`, `\"500 ms\"`, a `Duration`, or `None`"),
    }
}
