//! One argument of an operation's function.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Ident, Pat, PatType, Result, Type};

use crate::attributes::{error, take};
use crate::docs;
use crate::schema::FieldOptions;

/// What the macro knows of an argument: the names that it binds, its type, its rules.
pub(crate) struct OperationArgument {
    pub(crate) names: Vec<Ident>,
    pub(crate) ty: Type,
    pub(crate) span: Span,
    options: FieldOptions,
    rules: TokenStream,
    checks: TokenStream,
    description: Option<String>,
}

/// Kovar's extractors, by the last segment of their path.
const KNOWN: &[&str] = &[
    "Path",
    "Query",
    "Header",
    "Cookie",
    "Json",
    "Form",
    "Multipart",
    "Body",
    "Dep",
    "Has",
    "Authenticated",
    "LastEventId",
    "TraceContext",
    "Opening",
];

/// Those that hold a schema.
const SCHEMAS: &[&str] = &["Path", "Query", "Header", "Cookie", "Json", "Form", "Multipart"];

const BODIES: &[&str] = &["Json", "Form", "Multipart", "Body"];

impl OperationArgument {
    /// Takes the attributes of Kovar out of an argument and reads them.
    pub(crate) fn take(argument: &mut PatType, index: usize, statics: &mut Vec<TokenStream>) -> Result<Self> {
        let options = FieldOptions::parse(&take(&mut argument.attrs, "field"))?;
        let description =
            options.description.as_ref().map(syn::LitStr::value).or_else(|| docs::description(&argument.attrs));
        take(&mut argument.attrs, "doc");
        if let Some(path) = options.validators.first() {
            return error(path.span(), "a validator needs a type of its own: a newtype or struct with `#[schema]`");
        }
        let rules = options.rules.statics(&format!("ARGUMENT{index}"), statics);
        let ty = (*argument.ty).clone();
        refuse_namesake(&ty)?;
        let inner = parameter_type(&ty);
        if let Some(inner) = inner {
            options.rules.check_type(inner)?;
        }
        let checks = inner.map(|inner| options.rules.checks(&quote!(#inner))).unwrap_or_default();
        Ok(Self { names: names(&argument.pat), span: argument.span(), ty, options, rules, checks, description })
    }

    pub(crate) fn takes_body(&self) -> bool {
        let option = crate::schema::inner_of(&self.ty, "Option");
        BODIES.iter().any(|body| is(&self.ty, body) || option.is_some_and(|inner| is(inner, body)))
    }

    /// Whether the argument is one of Kovar's extractors, so that all it takes is known.
    pub(crate) fn is_known(&self) -> bool {
        let option = crate::schema::inner_of(&self.ty, "Option");
        KNOWN.iter().any(|known| is(&self.ty, known) || option.is_some_and(|inner| is(inner, known)))
    }

    /// The type in `Path<…>`.
    pub(crate) fn path_type(&self) -> Option<&Type> {
        crate::schema::inner_of(&self.ty, "Path")
    }

    /// The names on the wire of parameters that stand alone. An underscore only tells Rust that the
    /// value is not used.
    pub(crate) fn wire_names(&self) -> Vec<String> {
        if let Some(name) = &self.options.name {
            return vec![name.value()];
        }
        let plain = |name: &Ident| name.to_string().trim_start_matches("r#").trim_start_matches('_').to_owned();
        self.names.iter().map(plain).collect()
    }

    /// The argument as the documents see it.
    pub(crate) fn tokens(&self) -> TokenStream {
        let describe = quote!(::kovar::__private::http::describe);
        let (rules, names, checks) = (&self.rules, self.wire_names(), &self.checks);
        let default = self.options.default.as_ref().map(|default| {
            quote!(default: ::core::option::Option::Some(|| {
                ::kovar::__private::contract::macro_support::default_value(&#default).unwrap_or_default()
            }),)
        });
        let comma = self.options.is_comma_separated.then(|| quote!(is_comma_separated: true,));
        let deprecated = self.options.is_deprecated.then(|| quote!(is_deprecated: true,));
        let description =
            self.description.as_ref().map(|text| quote!(description: ::core::option::Option::Some(#text),));
        quote! {
            {
                #checks
                #describe::Argument {
                    names: &[#(#names),*],
                    rules: &#rules,
                    #default #comma #deprecated #description
                    ..#describe::Argument::NONE
                }
            }
        }
    }

    /// `P` of `Has<P>`.
    pub(crate) fn permission_type(&self) -> Option<&Type> {
        crate::schema::inner_of(&self.ty, "Has")
    }

    /// The type that must be a schema: `T` of `Json<T>` or `Query<T>`.
    pub(crate) fn schema_type(&self) -> Option<&Type> {
        let ty = crate::schema::inner_of(&self.ty, "Option").unwrap_or(&self.ty);
        SCHEMAS.iter().find_map(|wrapper| crate::schema::inner_of(ty, wrapper))
    }
}

/// Refuses extractors of axum that Kovar has under the same name, where their path says whose they are; behind an
/// import they stop the start of the app.
fn refuse_namesake(ty: &Type) -> Result<()> {
    const NAMESAKES: &[&str] = &["Json", "Form", "Query", "Path", "Multipart"];
    let Type::Path(path) = crate::schema::inner_of(ty, "Option").unwrap_or(ty) else { return Ok(()) };
    let is_of_axum = path.path.segments.len() > 1 && path.path.segments[0].ident == "axum";
    let last = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    if is_of_axum && NAMESAKES.contains(&last.as_str()) {
        let message = format!("`{last}` is axum's, of which the contract knows nothing; take `kovar::prelude::{last}`");
        return error(path.span(), message);
    }
    Ok(())
}

/// The type whose rules an argument's `#[field]` adds: `T` of `Query<T>`.
fn parameter_type(ty: &Type) -> Option<&Type> {
    ["Path", "Query", "Header", "Cookie"].iter().find_map(|wrapper| crate::schema::inner_of(ty, wrapper))
}

fn is(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == name),
        _ => false,
    }
}

/// The names that a pattern binds, from left to right.
fn names(pattern: &Pat) -> Vec<Ident> {
    match pattern {
        Pat::Ident(ident) => vec![ident.ident.clone()],
        Pat::TupleStruct(tuple) => tuple.elems.iter().flat_map(names).collect(),
        Pat::Tuple(tuple) => tuple.elems.iter().flat_map(names).collect(),
        Pat::Paren(inner) => names(&inner.pat),
        Pat::Reference(inner) => names(&inner.pat),
        _ => Vec::new(),
    }
}
