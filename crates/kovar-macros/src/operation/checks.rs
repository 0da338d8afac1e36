//! Calls that put the error of a wrong argument or result at its own type, once
//! (`kovar_http::operation::check`).

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, ItemFn, PathArguments, ReturnType, Type};

use super::argument::OperationArgument;
use crate::schema::inner_of;

/// Responses that hold a schema.
const RESPONSES: &[&str] = &["Json", "Created", "Accepted", "Page"];

/// The name of the handler that has been checked, and the calls that check it.
pub(super) fn handler(arguments: &[OperationArgument], function: &ItemFn) -> (Ident, TokenStream) {
    let check = quote!(::kovar::__private::http::operation::check);
    let (name, handler) = (&function.sig.ident, Ident::new("handler", Span::mixed_site()));
    let of_arguments = arguments.iter().map(|argument| of_argument(argument, &handler));
    let result = match &function.sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(of_result(ty, &handler)),
    };
    let future = of_future(arguments, name, &handler);
    let calls = quote! {
        #[allow(unused_imports)]
        use #check::Otherwise as _;
        let #handler = #name;
        #(#of_arguments)*
        #result
        #future
    };
    (handler, calls)
}

fn of_argument(argument: &OperationArgument, handler: &Ident) -> TokenStream {
    let check = quote!(::kovar::__private::http::operation::check);
    let ty = &argument.ty;
    let is_argument = match (argument.schema_type(), argument.permission_type()) {
        (None, None) => quote_spanned!(ty.span()=> #check::is_argument::<_, #ty>();),
        (None, Some(permission)) => {
            let probe = quote_spanned!(ty.span()=> #check::Probe::<(#ty, _)>::new());
            quote_spanned!(permission.span()=> #probe.argument().or_permission::<#permission>();)
        }
        (Some(schema), _) => {
            let of_schema = quote_spanned! {schema.span()=>
                #check::is_schema::<#schema>();
                #check::Probe::<#schema>::new().schema().is_input::<#schema>();
            };
            let of_whole = quote_spanned!(ty.span()=> #check::Probe::<#schema>::new().input().is_argument::<_, #ty>(););
            quote!(#of_schema #of_whole)
        }
    };
    let keep = quote_spanned!(ty.span()=> let #handler = #check::Probe::<(#ty, _)>::new().argument().keep(#handler););
    quote!(#is_argument #keep)
}

fn of_result(ty: &Type, handler: &Ident) -> TokenStream {
    let check = quote!(::kovar::__private::http::operation::check);
    if let Some((response, problem)) = result_of(ty) {
        let response = of_result(response, handler);
        let problem = quote_spanned! {problem.span()=>
            #check::is_problem::<#problem>();
            let #handler = #check::Probe::<#problem>::new().problem().keep(#handler);
        };
        return quote!(#response #problem);
    }
    let is_response = match RESPONSES.iter().find_map(|wrapper| inner_of(ty, wrapper)) {
        None => quote_spanned!(ty.span()=> #check::is_response::<#ty>();),
        Some(schema) => {
            let of_schema = quote_spanned! {schema.span()=>
                #check::is_schema::<#schema>();
                #check::Probe::<#schema>::new().schema().is_output::<#schema>();
            };
            let of_whole = quote_spanned!(ty.span()=> #check::Probe::<#schema>::new().output().is_response::<#ty>(););
            quote!(#of_schema #of_whole)
        }
    };
    let keep = quote_spanned!(ty.span()=> let #handler = #check::Probe::<#ty>::new().response().keep(#handler););
    quote!(#is_response #keep)
}

/// A future that may not move between threads is told by rustc, with what is held across which
/// `.await`; for a function that is a handler's bound, it would say only that there is none.
fn of_future(arguments: &[OperationArgument], name: &Ident, handler: &Ident) -> TokenStream {
    let check = quote!(::kovar::__private::http::operation::check);
    let taken = (0..arguments.len()).map(|index| format_ident!("argument{index}", span = Span::mixed_site()));
    let taken: Vec<_> = taken.collect();
    quote_spanned! {name.span()=>
        let _ = #check::Probe::of_result(|(#(#taken,)*)| #check::is_send(#name(#(#taken),*)));
        let #handler = #check::Probe::of_result(|(#(#taken,)*)| #name(#(#taken),*)).send().keep(#handler);
    }
}

/// `R` and `P` of `Result<R, P>`; an alias may have other parameters.
fn result_of(ty: &Type) -> Option<(&Type, &Type)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let mut types = arguments.args.iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    match (types.next(), types.next(), types.next()) {
        (Some(Some(response)), Some(Some(problem)), None) => Some((response, problem)),
        _ => None,
    }
}
