//! One field: its attributes, its names, and the calls that describe and judge it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Field, GenericArgument, Ident, LitStr, Path, PathArguments, Result, Token, Type};

use super::about::{About, is_deprecated};
use super::container::Container;
use super::contract;
use super::names::Case;
use super::rules::{self, RuleSet};
use crate::attributes::{Errors, error, rest_of, string, take, unknown};
use crate::docs;

/// What `#[field(…)]` says.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) rules: RuleSet,
    pub(crate) default: Option<Expr>,
    pub(crate) is_required: bool,
    pub(crate) is_not_null: bool,
    pub(crate) is_comma_separated: bool,
    pub(crate) title: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) examples: Vec<Expr>,
    pub(crate) is_deprecated: bool,
    pub(crate) validators: Vec<Path>,
    pub(crate) name: Option<LitStr>,
}

const OTHER: &[&str] = &[
    "default",
    "required",
    "not_null",
    "comma_separated",
    "title",
    "description",
    "example",
    "deprecated",
    "validate",
];

impl FieldOptions {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut options = Self::default();
        let mut errors = Errors::default();
        for attribute in attributes {
            let parsed = attribute.parse_nested_meta(|meta| {
                if errors.take(options.argument(&meta)).is_none() {
                    rest_of(&meta)?;
                }
                Ok(())
            });
            errors.take(parsed);
        }
        errors.take(options.rules.check());
        if let Some(default) = &options.default {
            errors.take(options.rules.check_default(default));
        }
        errors.finish()?;
        Ok(options)
    }

    fn argument(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if self.rules.argument(meta)? {
            return Ok(());
        }
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("default") => self.default = Some(meta.value()?.parse()?),
            Some("required") => self.is_required = true,
            Some("not_null") => self.is_not_null = true,
            Some("comma_separated") => self.is_comma_separated = true,
            Some("title") => self.title = Some(string(meta)?),
            Some("description") => self.description = Some(string(meta)?),
            Some("example") => self.examples.push(meta.value()?.parse()?),
            Some("deprecated") => self.is_deprecated = true,
            Some("validate") => self.validators.push(meta.value()?.parse()?),
            Some("name") => self.name = Some(string(meta)?),
            _ => {
                let known: Vec<&str> = rules::KNOWN.iter().chain(OTHER).copied().collect();
                return Err(unknown(meta, "rule", &known));
            }
        }
        Ok(())
    }
}

/// What serde's attributes on a field say.
#[derive(Default)]
pub(crate) struct SerdeField {
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) default: Option<Option<LitStr>>,
    pub(crate) is_flattened: bool,
    pub(crate) skips_serializing: bool,
    pub(crate) skips_deserializing: bool,
    pub(crate) may_skip_serializing: bool,
}

impl SerdeField {
    fn argument(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("rename") => {
                if meta.input.peek(syn::token::Paren) {
                    return Err(meta.error(
                        "a contract has one name in both directions; write `rename = \"…\"`, and `alias` for others",
                    ));
                }
                self.rename = Some(string(meta)?);
            }
            Some("alias") => self.aliases.push(string(meta)?),
            Some("default") => {
                let path = if meta.input.peek(Token![=]) { Some(string(meta)?) } else { None };
                self.default = Some(path);
            }
            Some("flatten") => self.is_flattened = true,
            Some("skip") => (self.skips_serializing, self.skips_deserializing) = (true, true),
            Some("skip_serializing") => self.skips_serializing = true,
            Some("skip_deserializing") => self.skips_deserializing = true,
            Some("skip_serializing_if") => {
                string(meta)?;
                self.may_skip_serializing = true;
            }
            Some("bound") => {
                meta.value()?.parse::<Expr>()?;
            }
            Some("with" | "serialize_with" | "deserialize_with" | "getter" | "borrow") => {
                return Err(meta.error("this attribute hides from the contract what travels; give the field a newtype that implements `Schema`"));
            }
            _ => return Err(meta.error("the contract does not know this attribute of serde")),
        }
        Ok(())
    }
}

/// A field of a struct or of a variant.
pub(crate) struct SchemaField {
    pub(crate) ident: Option<Ident>,
    pub(crate) ty: Type,
    pub(crate) options: FieldOptions,
    pub(crate) serde: SerdeField,
    pub(crate) serde_attributes: Vec<Attribute>,
    pub(crate) description: Option<String>,
    pub(crate) is_deprecated: bool,
    /// The name on the wire.
    pub(crate) wire_name: String,
    /// The static that holds its rules, filled in when the statics are written.
    pub(crate) rules: TokenStream,
}

impl SchemaField {
    /// Takes the attributes of Kovar out of a field and reads them.
    pub(crate) fn take(
        field: &mut Field,
        case: Option<Case>,
        statics: &mut Vec<TokenStream>,
        prefix: &str,
    ) -> Result<Self> {
        let options = FieldOptions::parse(&take(&mut field.attrs, "field"))?;
        if let Some(name) = &options.name {
            return error(name.span(), "the name of a field is serde's: `#[serde(rename = \"…\")]`");
        }
        let serde_attributes = take(&mut field.attrs, "serde");
        let mut serde = SerdeField::default();
        for attribute in &serde_attributes {
            attribute.parse_nested_meta(|meta| serde.argument(&meta))?;
        }
        let rust_name = field.ident.as_ref().map(|ident| ident.to_string().trim_start_matches("r#").to_owned());
        let rust_name = rust_name.unwrap_or_default();
        let wire_name = match &serde.rename {
            Some(name) => name.value(),
            None => case.map_or_else(|| rust_name.clone(), |case| case.of_field(&rust_name)),
        };
        let rules = options.rules.statics(&format!("RULES_{prefix}{}", rust_name.to_ascii_uppercase()), statics);
        let schema_field = Self {
            ident: field.ident.clone(),
            ty: field.ty.clone(),
            description: options.description.as_ref().map(LitStr::value).or_else(|| docs::description(&field.attrs)),
            is_deprecated: options.is_deprecated || is_deprecated(&field.attrs),
            options,
            serde,
            serde_attributes,
            wire_name,
            rules,
        };
        schema_field.check()?;
        Ok(schema_field)
    }

    fn check(&self) -> Result<()> {
        let span = self.ident.as_ref().map_or_else(Span::call_site, Ident::span);
        let is_option = inner_of(&self.ty, "Option").is_some();
        if self.options.is_required && !is_option {
            return error(
                span,
                "`required` is for `Option` fields that must be there and may be null; other fields are required anyway",
            );
        }
        if self.options.is_not_null && !is_option {
            return error(span, "`not_null` is for `Option` fields; other fields take no null anyway");
        }
        self.options.rules.check_type(&self.ty)?;
        if self.serde.is_flattened && !self.options.rules.is_empty() {
            return error(span, "a flattened field has no place of its own that rules could speak of");
        }
        Ok(())
    }

    /// serde's attributes for the derives, with those that Kovar's own options need.
    pub(crate) fn serde_tokens(&self, default_function: Option<&str>) -> TokenStream {
        let contract = contract().to_string().replace(' ', "");
        let own = &self.serde_attributes;
        let mut added = Vec::new();
        let has_default = self.serde.default.is_some();
        if inner_of(&self.ty, "Patch").is_some() {
            if !has_default {
                added.push(quote!(#[serde(default)]));
            }
            if !self.serde.may_skip_serializing {
                let path = format!("{contract}::Patch::is_absent");
                added.push(quote!(#[serde(skip_serializing_if = #path)]));
            }
        }
        if let Some(function) = default_function {
            added.push(quote!(#[serde(default = #function)]));
        }
        if self.options.is_required {
            let path = format!("{contract}::macro_support::required");
            added.push(quote!(#[serde(deserialize_with = #path)]));
        }
        if self.options.is_not_null {
            let path = format!("{contract}::macro_support::not_null");
            let default = (!has_default && default_function.is_none()).then(|| quote!(#[serde(default)]));
            added.push(quote!(#default #[serde(deserialize_with = #path)]));
        }
        quote!(#(#own)* #(#added)*)
    }

    /// The type that describes the field: of `Option<T>` that takes no null, `T`.
    fn described_type(&self) -> TokenStream {
        match inner_of(&self.ty, "Option").filter(|_| self.options.is_not_null) {
            Some(inner) => inner.to_token_stream(),
            None => self.ty.to_token_stream(),
        }
    }

    /// The expression after `default =`; a string literal becomes whatever text the field is.
    pub(crate) fn default_expression(&self) -> Option<TokenStream> {
        let expression = self.options.default.as_ref()?;
        let is_text = matches!(expression, Expr::Lit(literal) if matches!(literal.lit, syn::Lit::Str(_)));
        Some(if is_text { quote!(::core::convert::Into::into(#expression)) } else { expression.to_token_stream() })
    }

    /// The expression of the default, if the field has one.
    fn default_tokens(&self, container_default: Option<&TokenStream>) -> Option<TokenStream> {
        let ty = &self.ty;
        if let Some(expression) = self.default_expression() {
            return Some(quote!({ let default: #ty = #expression; default }));
        }
        match &self.serde.default {
            Some(None) => return Some(quote!(<#ty as ::core::default::Default>::default())),
            Some(Some(path)) => {
                let path: Path = path.parse().ok()?;
                return Some(quote!(#path()));
            }
            None => {}
        }
        let (container, ident) = (container_default?, self.ident.as_ref()?);
        Some(quote!((#container).#ident))
    }

    /// `Field::new(…)` and what there is to say.
    pub(crate) fn shape_tokens(&self, container: &Container, container_default: Option<&TokenStream>) -> TokenStream {
        let contract = contract();
        let (name, ty, rules) = (&self.wire_name, self.described_type(), &self.rules);
        let own_type = &self.ty;
        let aliases = self.serde.aliases.iter().map(|alias| quote!(.alias(#alias)));
        let is_patch = inner_of(&self.ty, "Patch").is_some();
        let default = match self.default_tokens(container_default) {
            // An absent patch and an absent option say nothing that a document could show.
            Some(_) if is_patch => Some(quote!(.optional())),
            Some(default) => Some(quote!(.default_value(#contract::macro_support::default_value(&#default)))),
            None if is_patch || self.options.is_not_null => Some(quote!(.optional())),
            None if self.options.is_required => None,
            None => Some(quote!(.optional_if(<#own_type as #contract::Schema>::ACCEPTS_ABSENCE))),
        };
        let sent = (self.serde.may_skip_serializing || is_patch).then(|| quote!(.sometimes_sent()));
        let access = match (self.serde.skips_serializing, self.serde.skips_deserializing) {
            (true, false) => Some(quote!(.access(#contract::shape::Access::WriteOnly))),
            (false, true) => Some(quote!(.access(#contract::shape::Access::ReadOnly))),
            _ => None,
        };
        let comma = self.options.is_comma_separated.then(|| quote!(.comma_separated()));
        let validators = self.validators_of(container, &quote!(validator));
        let about = self.about();
        let about = (!about.is_silent()).then(|| about.tokens()).map(|about| quote!(.about(#about)));
        quote! {
            #contract::shape::Field::new(#name, <#ty as #contract::Schema>::shape(catalog).with_rules(&#rules))
                #(#aliases)* #default #sent #access #comma #validators #about
        }
    }

    fn about(&self) -> About<'_> {
        About {
            title: self.options.title.as_ref(),
            description: self.description.clone(),
            examples: &self.options.examples,
            is_deprecated: self.is_deprecated,
        }
    }

    /// Calls of `method` with each typed judgement; only inputs are judged.
    fn validators_of(&self, container: &Container, method: &TokenStream) -> TokenStream {
        if container.is_output_only {
            return quote!();
        }
        let (contract, ty, rules) = (contract(), &self.ty, &self.rules);
        let calls = self.validator_calls(&quote!(value));
        let validators = calls
            .iter()
            .map(|call| quote!(.#method(|value| #contract::input::validate::<#ty>(value, &#rules, |value| #call))));
        quote!(#(#validators)*)
    }

    /// Calls of the validators with a reference to the field; an `Option` or `Patch` is opened.
    fn validator_calls(&self, value: &TokenStream) -> Vec<TokenStream> {
        let contract = contract();
        let unique = self.options.rules.unique.map(|_| quote!(#contract::rule::capability::judge_unique(#value)));
        let in_patch = inner_of(&self.ty, "Patch");
        let is_option = inner_of(in_patch.unwrap_or(&self.ty), "Option").is_some();
        let own = self.options.validators.iter().map(|path| {
            let opened = match (in_patch.is_some(), is_option) {
                (true, true) => quote!((#value).as_option().and_then(|value| value.as_ref())),
                (true, false) => quote!((#value).as_option()),
                (false, true) => quote!((#value).as_ref()),
                (false, false) => {
                    return quote_spanned!(path.span()=> {
                        let value = #value;
                        #contract::macro_support::judged(#path(value))
                    });
                }
            };
            quote_spanned!(path.span()=> (#opened).map_or(::core::result::Result::Ok(()), |value| {
                #contract::macro_support::judged(#path(value))
            }))
        });
        unique.into_iter().chain(own).collect()
    }

    /// The fast pass on a reference to the field.
    pub(crate) fn accepts_tokens(&self, value: &TokenStream) -> TokenStream {
        let (contract, ty, rules) = (contract(), &self.ty, &self.rules);
        let calls = self.validator_calls(value);
        let validators = (!calls.is_empty())
            .then(|| quote!(&& (direction == #contract::Direction::Output || (#((#calls).is_ok())&&*))));
        let accepts = quote!(<#ty as #contract::Schema>::accepts(#value, &#rules, direction) #validators);
        // Where a field does not travel, nobody sent what stands in it.
        match (self.serde.skips_serializing, self.serde.skips_deserializing) {
            (false, false) => accepts,
            (true, false) => quote!((direction == #contract::Direction::Output || (#accepts))),
            (false, true) => quote!((direction == #contract::Direction::Input || (#accepts))),
            (true, true) => quote!(true),
        }
    }

    /// The change before the fast pass, on a mutable reference to the field.
    pub(crate) fn normalize_tokens(&self, value: &TokenStream) -> TokenStream {
        let (contract, ty, rules) = (contract(), &self.ty, &self.rules);
        if self.serde.skips_deserializing {
            return quote!();
        }
        quote!(<#ty as #contract::Schema>::normalize(#value, &#rules);)
    }

    /// Whether that change would be none, on a reference to the field.
    pub(crate) fn is_normal_tokens(&self, value: &TokenStream) -> TokenStream {
        let (contract, ty, rules) = (contract(), &self.ty, &self.rules);
        if self.serde.skips_deserializing {
            return quote!(true);
        }
        quote!(<#ty as #contract::Schema>::is_normal(#value, &#rules))
    }

    /// Whether functions judge the field.
    pub(crate) fn has_validators(&self) -> bool {
        self.options.rules.unique.is_some() || !self.options.validators.is_empty()
    }

    /// The shape of the field where it has no name: in a newtype, a tuple or a variant.
    pub(crate) fn unnamed_shape_tokens(&self, container: &Container) -> TokenStream {
        let (contract, ty, rules) = (contract(), self.described_type(), &self.rules);
        let validators = self.validators_of(container, &quote!(with_validator));
        quote!(<#ty as #contract::Schema>::shape(catalog).with_rules(&#rules) #validators)
    }

    /// Calls that compile only if the type can have these rules.
    pub(crate) fn checks(&self) -> TokenStream {
        self.options.rules.checks(&self.ty.to_token_stream())
    }
}

/// `T` of `Wrapper<T>`, told by the last segment of the path.
pub(crate) fn inner_of<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}
