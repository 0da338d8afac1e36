//! `#[kovar::main]`: an async `main`, and the program's allocator.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, Result, ReturnType};

use crate::attributes::error;

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let mut function: ItemFn = syn::parse2(item)?;
    if function.sig.asyncness.take().is_none() {
        return error(function.sig.fn_token.span, "`#[kovar::main]` is for `async fn main`");
    }
    let ReturnType::Type(_, result) = &function.sig.output else {
        return error(function.sig.fn_token.span, "`main` returns `kovar::Result`");
    };
    let (attributes, visibility, name, body) = (&function.attrs, &function.vis, &function.sig.ident, &function.block);
    Ok(quote! {
        ::kovar::__allocator! {}

        #(#attributes)*
        #visibility fn #name() -> ::std::process::ExitCode {
            ::kovar::__private::run_main(async move {
                let result: #result = async move #body.await;
                result
            })
        }
    })
}
