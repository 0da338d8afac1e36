//! The attribute macros of Kovar. They are re-exported by `kovar`, which documents them.
//!
//! A macro expands to calls that can be written by hand; what it checks, it checks here, so that
//! the error stands at the user's own word.

mod attributes;
mod docs;
mod operation;
mod problem;
mod program;
mod schema;
mod sql;

use proc_macro::TokenStream;

/// Makes a struct or enum a schema: serde, rules, JSON Schema.
#[proc_macro_attribute]
pub fn schema(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(schema::expand(arguments.into(), item.into()))
}

/// Makes an enum an error type whose problems are declared.
#[proc_macro_attribute]
pub fn problem(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(problem::expand(arguments.into(), item.into()))
}

macro_rules! operations {
    ($($method:ident $constant:literal)*) => {$(
        #[doc = concat!("Makes an async function an operation of the method `", $constant, "`.")]
        #[proc_macro_attribute]
        pub fn $method(arguments: TokenStream, item: TokenStream) -> TokenStream {
            finish(operation::expand($constant, arguments.into(), item.into()))
        }
    )*};
}

operations! {
    get "GET"
    post "POST"
    put "PUT"
    patch "PATCH"
    delete "DELETE"
    head "HEAD"
    options "OPTIONS"
}

/// Makes an async function a channel: an operation that is opened, and then talked on both ways.
#[proc_macro_attribute]
pub fn channel(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(operation::expand_channel(arguments.into(), item.into()))
}

/// Makes an async `main` the entry of a program.
#[proc_macro_attribute]
pub fn main(_: TokenStream, item: TokenStream) -> TokenStream {
    finish(program::expand(item.into()))
}

/// An SQL statement with `{expression}` as bound parameters.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(input.into()).into()
}

fn finish(expanded: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expanded.unwrap_or_else(syn::Error::into_compile_error).into()
}
