//! The attribute macros of Kovar. They are re-exported by `kovar`, which documents them.
//!
//! A macro expands to calls that can be written by hand; what it checks, it checks here, so that
//! the error stands at the user's own word.

mod attributes;
mod docs;
mod schema;
mod sql;

use proc_macro::TokenStream;

/// Makes a struct or enum a schema: serde, rules, JSON Schema.
#[proc_macro_attribute]
pub fn schema(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(schema::expand(arguments.into(), item.into()))
}

/// An SQL statement with `{expression}` as bound parameters.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(input.into()).into()
}

fn finish(expanded: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expanded.unwrap_or_else(|error| error.into_compile_error()).into()
}
