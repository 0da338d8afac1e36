//! `#[kovar::main]`: an async `main`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, Result};

use crate::attributes::error;

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let mut function: ItemFn = syn::parse2(item)?;
    if function.sig.asyncness.take().is_none() {
        return error(function.sig.fn_token.span, "`#[kovar::main]` is for `async fn main`");
    }
    let (attributes, visibility, signature, body) = (&function.attrs, &function.vis, &function.sig, &function.block);
    Ok(quote! {
        #(#attributes)*
        #visibility #signature {
            ::kovar::__private::block_on(async move #body)
        }
    })
}
