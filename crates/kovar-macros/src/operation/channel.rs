//! `#[channel]`: the function that opens a channel, beside the one that it is.

use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, PatType, Result, ReturnType, Type, parse_quote};

use crate::attributes::error;

/// What a channel's function talks through.
const SOCKETS: &[&str] = &["Socket", "RawSocket"];

/// A function of the same arguments, that takes the request in the place of the socket, and runs the channel once there is
/// one.
pub(super) fn opener(function: &ItemFn) -> Result<ItemFn> {
    let arguments: Vec<_> = function.sig.inputs.iter().filter_map(typed).collect();
    let mut sockets = (0..).zip(&arguments).filter(|(_, argument)| is_socket(&argument.ty));
    let socket: usize = match (sockets.next(), sockets.next()) {
        (Some((socket, _)), None) => socket,
        (Some(_), Some((_, second))) => {
            return error(second.span(), "a channel has one socket, and an earlier argument is it");
        }
        (None, _) => {
            let message = "a channel takes a `Socket<In, Out>`, or a `RawSocket`, among its arguments";
            return error(function.sig.ident.span(), message);
        }
    };
    let name = &function.sig.ident;
    let opener = format_ident!("open_{name}");
    let names: Vec<_> = (0..arguments.len()).map(|index| format_ident!("argument{index}")).collect();
    let types = arguments.iter().enumerate().map(|(index, argument)| {
        let ty = &argument.ty;
        if index == socket { quote!(::kovar::live::Opening<#ty>) } else { quote!(#ty) }
    });
    let opening = &names[socket];
    let ends = match &function.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    Ok(parse_quote! {
        async fn #opener(#(#names: #types),*) -> ::kovar::live::Opened<#ends> {
            #opening.run(move |#opening| #name(#(#names),*))
        }
    })
}

/// The type of an argument of the opener, if it is not that of the function.
pub(super) fn opening(opener: &ItemFn, index: usize) -> Option<Type> {
    let argument = opener.sig.inputs.iter().nth(index).and_then(typed)?;
    let is_opening = crate::schema::inner_of(&argument.ty, "Opening").is_some();
    is_opening.then(|| (*argument.ty).clone())
}

fn typed(argument: &FnArg) -> Option<&PatType> {
    match argument {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    }
}

fn is_socket(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| SOCKETS.iter().any(|known| last.ident == known))
        }
        _ => false,
    }
}
