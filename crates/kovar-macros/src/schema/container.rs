//! The attributes of the type itself: `#[schema(…)]` and `#[serde(…)]`.

use proc_macro2::{Span, TokenStream};
use syn::meta::ParseNestedMeta;
use syn::parse::Parser;
use syn::{Attribute, DeriveInput, Expr, Ident, LitStr, Path, Result, Token, Type};

use super::names::Case;
use crate::attributes::{error, string, take, unknown};

const KNOWN: &[&str] =
    &["name", "title", "partial", "validate", "computed", "example", "deprecated", "input", "output"];

/// What the attributes of a type say.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) name: Option<LitStr>,
    pub(crate) title: Option<LitStr>,
    pub(crate) partial: Option<LitStr>,
    pub(crate) validators: Vec<Path>,
    pub(crate) computed: Vec<Computed>,
    pub(crate) examples: Vec<Expr>,
    pub(crate) is_deprecated: bool,
    pub(crate) is_input_only: bool,
    pub(crate) is_output_only: bool,
    /// Written for `partial` of another type, which has the same rules.
    pub(crate) is_partial: bool,
    pub(crate) serde: SerdeContainer,
    /// The type's own `#[serde]` attributes, to pass on to the derives.
    pub(crate) serde_attributes: Vec<Attribute>,
}

/// What serde's attributes on a type say.
#[derive(Default)]
pub(crate) struct SerdeContainer {
    pub(crate) rename_all: Option<Case>,
    pub(crate) rename_all_fields: Option<Case>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) content: Option<LitStr>,
    pub(crate) is_untagged: bool,
    pub(crate) denies_unknown: bool,
    pub(crate) default: Option<Option<LitStr>>,
    pub(crate) is_transparent: bool,
}

/// A field that is not stored: `name: Type = function`.
pub(crate) struct Computed {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) function: Path,
}

impl syn::parse::Parse for Computed {
    fn parse(input: syn::parse::ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let function = input.parse()?;
        Ok(Self { attributes, name, ty, function })
    }
}

impl Container {
    pub(crate) fn parse(arguments: TokenStream, input: &mut DeriveInput) -> Result<Self> {
        let mut container = Self::default();
        syn::meta::parser(|meta| container.argument(&meta)).parse2(arguments)?;
        container.serde_attributes = take(&mut input.attrs, "serde");
        for attribute in &container.serde_attributes {
            attribute.parse_nested_meta(|meta| container.serde.argument(&meta))?;
        }
        Self::refuse_derives(&input.attrs)?;
        if container.is_input_only && container.is_output_only {
            return error(Span::call_site(), "a schema is `input` or `output`; without a word it is both");
        }
        Ok(container)
    }

    pub(crate) fn is_externally_tagged(&self) -> bool {
        self.serde.tag.is_none() && !self.serde.is_untagged
    }

    fn argument(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("name") => self.name = Some(string(meta)?),
            Some("title") => self.title = Some(string(meta)?),
            Some("partial") => self.partial = Some(string(meta)?),
            Some("validate") => self.validators.push(meta.value()?.parse()?),
            Some("example") => self.examples.push(meta.value()?.parse()?),
            Some("deprecated") => self.is_deprecated = true,
            Some("input") => self.is_input_only = true,
            Some("output") => self.is_output_only = true,
            Some("__is_partial") => self.is_partial = true,
            Some("computed") => {
                let content;
                syn::parenthesized!(content in meta.input);
                self.computed.extend(content.parse_terminated(<Computed as syn::parse::Parse>::parse, Token![,])?);
            }
            _ => return Err(unknown(meta, "word of `#[schema]`", KNOWN)),
        }
        Ok(())
    }

    fn refuse_derives(attributes: &[Attribute]) -> Result<()> {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            attribute.parse_nested_meta(|meta| {
                let last = meta.path.segments.last().map(|segment| segment.ident.to_string());
                match last.as_deref() {
                    Some(name @ ("Serialize" | "Deserialize")) => {
                        Err(meta.error(format!("`#[schema]` derives `{name}`; take it out of `#[derive(…)]`")))
                    }
                    _ => Ok(()),
                }
            })?;
        }
        Ok(())
    }
}

impl SerdeContainer {
    fn argument(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("rename_all") => self.rename_all = Some(one_case(meta)?),
            Some("rename_all_fields") => self.rename_all_fields = Some(one_case(meta)?),
            Some("tag") => self.tag = Some(string(meta)?),
            Some("content") => self.content = Some(string(meta)?),
            Some("untagged") => self.is_untagged = true,
            Some("deny_unknown_fields") => self.denies_unknown = true,
            Some("transparent") => self.is_transparent = true,
            Some("default") => {
                let path = if meta.input.peek(Token![=]) { Some(string(meta)?) } else { None };
                self.default = Some(path);
            }
            Some("bound" | "expecting" | "crate") => {
                meta.value()?.parse::<Expr>()?;
            }
            Some(word @ ("from" | "try_from" | "into" | "remote" | "rename")) => {
                let help = match word {
                    "rename" => "the document's name is `#[schema(name = \"…\")]`",
                    _ => "implement `Schema` by hand for a type that is read as another",
                };
                return Err(meta.error(format!("serde's `{word}` hides from the contract what travels; {help}")));
            }
            _ => return Err(meta.error("the contract does not know this attribute of serde")),
        }
        Ok(())
    }
}

/// A case that holds in both directions.
fn one_case(meta: &ParseNestedMeta<'_>) -> Result<Case> {
    if meta.input.peek(syn::token::Paren) {
        return Err(meta.error("a contract has one name in both directions; write `rename_all = \"…\"`"));
    }
    Case::parse(&string(meta)?)
}
