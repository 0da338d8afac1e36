//! The rules in `#[field(…)]`, as one static and the checks that they mean something.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, Result, Type, UnOp};

use super::contract;
use super::field::inner_of;
use crate::attributes::{error, string};

pub(crate) const KNOWN: &[&str] = &[
    "min_length",
    "max_length",
    "pattern",
    "ascii_only",
    "strip_whitespace",
    "to_lower",
    "to_upper",
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "allow_inf_nan",
    "max_digits",
    "decimal_places",
    "min_items",
    "max_items",
    "unique",
    "items",
    "keys",
    "values",
    "past",
    "future",
    "uuid_version",
    "schemes",
];

/// Rules of which the first may not be above the second, and whether neither may be equal.
const ORDERED: [(&str, &str, bool); 6] = [
    ("min_length", "max_length", false),
    ("min_items", "max_items", false),
    ("ge", "le", false),
    ("ge", "lt", true),
    ("gt", "le", true),
    ("gt", "lt", true),
];

/// The rules of one field: members of `Rules`, and what they need of the type.
#[derive(Default)]
pub(crate) struct RuleSet {
    members: Vec<(&'static str, TokenStream)>,
    capabilities: Vec<(&'static str, Span)>,
    patterns: Vec<LitStr>,
    items: Option<Box<RuleSet>>,
    keys: Option<Box<RuleSet>>,
    values: Option<Box<RuleSet>>,
    pub(crate) unique: Option<Span>,
    /// The numbers of the rules that have an order, as literals give them.
    order: Vec<(&'static str, f64, Span)>,
    /// The bounds that are literals: a whole number, or none where there is a fraction.
    bounds: Vec<(&'static str, Option<i128>, Span)>,
    words: Vec<String>,
}

impl RuleSet {
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.items.is_none() && self.keys.is_none() && self.values.is_none()
    }

    /// Takes a rule if the word is one.
    pub(crate) fn argument(&mut self, meta: &ParseNestedMeta<'_>) -> Result<bool> {
        let Some(word) = meta.path.get_ident().map(ToString::to_string) else { return Ok(false) };
        let span = meta.path.span();
        if KNOWN.contains(&word.as_str()) {
            if self.words.contains(&word) {
                return Err(meta.error(format!("`{word}` is given twice")));
            }
            self.words.push(word.clone());
        }
        match word.as_str() {
            "min_length" => self.size("min_length", "length", meta)?,
            "max_length" => self.size("max_length", "length", meta)?,
            "min_items" => self.size("min_items", "items", meta)?,
            "max_items" => self.size("max_items", "items", meta)?,
            "max_digits" => self.size("max_digits", "decimal", meta)?,
            "decimal_places" => self.size("decimal_places", "decimal", meta)?,
            "uuid_version" => self.size("uuid_version", "uuid", meta)?,
            "ascii_only" => self.flag("ascii_only", "text", span),
            "strip_whitespace" => self.flag("strip_whitespace", "text", span),
            "to_lower" => self.flag("to_lower", "text", span),
            "to_upper" => self.flag("to_upper", "text", span),
            "allow_inf_nan" => self.flag("allow_inf_nan", "float", span),
            "past" => self.flag("past", "moment", span),
            "future" => self.flag("future", "moment", span),
            "unique" => {
                self.flag("unique", "items", span);
                self.unique = Some(span);
            }
            "gt" => self.bound("gt", meta)?,
            "ge" => self.bound("ge", meta)?,
            "lt" => self.bound("lt", meta)?,
            "le" => self.bound("le", meta)?,
            "multiple_of" => self.bound("multiple_of", meta)?,
            "pattern" => self.pattern(string(meta)?)?,
            "schemes" => self.schemes(meta)?,
            "items" => self.items = Some(nested(meta)?),
            "keys" => self.keys = Some(nested(meta)?),
            "values" => self.values = Some(nested(meta)?),
            _ => return Ok(false),
        }
        if let Some((capability, list)) = match word.as_str() {
            "items" => Some(("items", &self.items)),
            "keys" => Some(("keys", &self.keys)),
            "values" => Some(("keys", &self.values)),
            _ => None,
        } && list.is_some()
        {
            self.capabilities.push((capability, span));
        }
        Ok(true)
    }

    /// Refuses rules that no value can keep.
    pub(crate) fn check(&self) -> Result<()> {
        let find = |name: &str| self.order.iter().find(|(word, ..)| *word == name);
        for (low, high, is_exclusive) in ORDERED {
            if let (Some((_, lowest, _)), Some((_, highest, span))) = (find(low), find(high))
                && (lowest > highest || (is_exclusive && lowest == highest))
            {
                return error(*span, format!("no value keeps both `{low} = {lowest}` and `{high} = {highest}`"));
            }
        }
        for (word, number, span) in &self.order {
            if *word == "multiple_of" && *number <= 0.0 {
                return error(*span, "a number is a multiple of something above zero");
            }
            if *word == "uuid_version" && !(1.0..=8.0).contains(number) {
                return error(*span, "UUIDs have the versions 1 to 8 (RFC 9562)");
            }
        }
        for list in [&self.items, &self.keys, &self.values].into_iter().flatten() {
            list.check()?;
        }
        Ok(())
    }

    /// Refuses bounds that say nothing of a type, as far as its name tells which one it is: a
    /// fraction of whole numbers, or a number that the type does not hold.
    pub(crate) fn check_type(&self, ty: &Type) -> Result<()> {
        let ty = opened(ty);
        if let (Some(items), Some(item)) = (&self.items, LISTS.iter().find_map(|list| inner_of(ty, list))) {
            items.check_type(item)?;
        }
        let Some((name, lowest, highest)) = width(ty) else { return Ok(()) };
        for (word, bound, span) in &self.bounds {
            let Some(bound) = bound else {
                return error(*span, format!("`{name}` holds whole numbers, so `{word}` is one, too"));
            };
            let is_above = u128::try_from(*bound).is_ok_and(|bound| bound > highest);
            if *bound < lowest || is_above {
                return error(
                    *span,
                    format!("`{word} = {bound}` says nothing of `{name}`, which holds {lowest} to {highest}"),
                );
            }
        }
        Ok(())
    }

    /// Refuses a default that whoever leaves the field out would be refused for. What is no literal
    /// is looked at when an app starts.
    pub(crate) fn check_default(&self, default: &Expr) -> Result<()> {
        let broken = match default {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if !self.changes_text() => {
                let length = text.value().chars().count() as f64;
                self.order.iter().find(|(word, bound, _)| match *word {
                    "min_length" => length < *bound,
                    "max_length" => length > *bound,
                    _ => false,
                })
            }
            _ => number(default).and_then(|number| {
                self.order.iter().find(|(word, bound, _)| match *word {
                    "gt" => number <= *bound,
                    "ge" => number < *bound,
                    "lt" => number >= *bound,
                    "le" => number > *bound,
                    _ => false,
                })
            }),
        };
        match broken {
            Some((word, bound, _)) => {
                error(default.span(), format!("the default breaks its own rule `{word} = {bound}`"))
            }
            None => Ok(()),
        }
    }

    fn changes_text(&self) -> bool {
        self.members.iter().any(|(word, _)| *word == "strip_whitespace")
    }

    fn size(&mut self, name: &'static str, capability: &'static str, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let value: Expr = meta.value()?.parse()?;
        if let Some(number) = number(&value) {
            if number < 0.0 {
                return error(value.span(), format!("`{name}` counts, so it is zero or more"));
            }
            self.order.push((name, number, value.span()));
        }
        self.capabilities.push((capability, meta.path.span()));
        self.members.push((name, quote!(::core::option::Option::Some(#value))));
        Ok(())
    }

    fn flag(&mut self, name: &'static str, capability: &'static str, span: Span) {
        self.capabilities.push((capability, span));
        self.members.push((name, quote!(true)));
    }

    fn bound(&mut self, name: &'static str, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let value: Expr = meta.value()?.parse()?;
        if let Some(number) = number(&value) {
            self.order.push((name, number, value.span()));
        }
        if let Some(whole) = whole(&value) {
            self.bounds.push((name, whole, value.span()));
        }
        let bound = bound(&value)?;
        self.capabilities.push(("number", meta.path.span()));
        self.members.push((name, quote!(::core::option::Option::Some(#bound))));
        Ok(())
    }

    fn pattern(&mut self, pattern: LitStr) -> Result<()> {
        check_pattern(&pattern)?;
        self.capabilities.push(("text", pattern.span()));
        self.patterns.push(pattern);
        Ok(())
    }

    fn schemes(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let schemes: syn::ExprArray = meta.value()?.parse()?;
        self.capabilities.push(("url", meta.path.span()));
        self.members.push(("schemes", quote!(&#schemes)));
        Ok(())
    }

    /// The statics that hold the rules, and a reference to them.
    pub(crate) fn statics(&self, name: &str, statics: &mut Vec<TokenStream>) -> TokenStream {
        let contract = contract();
        if self.is_empty() && self.patterns.is_empty() {
            return quote!(#contract::Rules::NONE);
        }
        let mut members: Vec<TokenStream> = Vec::new();
        for (index, pattern) in self.patterns.iter().enumerate() {
            let pattern_name = format_ident!("{name}_PATTERN{index}");
            statics.push(quote!(static #pattern_name: #contract::Pattern = #contract::Pattern::new(#pattern);));
            members.push(quote!(pattern: ::core::option::Option::Some(&#pattern_name)));
        }
        for (suffix, list, member) in [
            ("ITEMS", &self.items, format_ident!("items")),
            ("KEYS", &self.keys, format_ident!("keys")),
            ("VALUES", &self.values, format_ident!("values")),
        ] {
            if let Some(list) = list {
                let rules = list.statics(&format!("{name}_{suffix}"), statics);
                members.push(quote!(#member: ::core::option::Option::Some(&#rules)));
            }
        }
        for (member, value) in &self.members {
            let member = format_ident!("{member}");
            members.push(quote!(#member: #value));
        }
        let name = format_ident!("{name}");
        statics.push(quote! {
            static #name: #contract::Rules = #contract::Rules { #(#members,)* ..#contract::Rules::NONE };
        });
        name.to_token_stream()
    }

    /// Calls that compile only if the type can have these rules.
    pub(crate) fn checks(&self, ty: &TokenStream) -> TokenStream {
        let contract = contract();
        let calls = self.capabilities.iter().map(|(capability, span)| {
            let function = format_ident!("requires_{capability}", span = *span);
            quote_spanned!(*span=> #contract::rule::capability::#function::<#ty>();)
        });
        let items =
            self.items.as_ref().map(|list| list.checks(&quote!(<#ty as #contract::rule::capability::HasItems>::Item)));
        let keys =
            self.keys.as_ref().map(|list| list.checks(&quote!(<#ty as #contract::rule::capability::HasKeys>::Key)));
        let values =
            self.values.as_ref().map(|list| list.checks(&quote!(<#ty as #contract::rule::capability::HasKeys>::Value)));
        quote!(#(#calls)* #items #keys #values)
    }
}

fn nested(meta: &ParseNestedMeta<'_>) -> Result<Box<RuleSet>> {
    let mut rules = RuleSet::default();
    meta.parse_nested_meta(|meta| {
        if rules.argument(&meta)? {
            return Ok(());
        }
        Err(crate::attributes::unknown(&meta, "rule", KNOWN))
    })?;
    if let Some(span) = rules.unique {
        return error(span, "`unique` is a rule of a field; give the inner list a newtype with `#[schema]`");
    }
    Ok(Box::new(rules))
}

/// The value of a literal, with its sign; of anything else, nothing is known here.
fn number(value: &Expr) -> Option<f64> {
    match value {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| -number),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse::<u128>().ok().map(|number| number as f64),
            Lit::Float(number) => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The whole number of a literal, `None` in it for a fraction; nothing is known of anything else.
fn whole(value: &Expr) -> Option<Option<i128>> {
    match value {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => whole(expr).map(|whole| whole.map(|number| -number)),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok().map(Some),
            Lit::Float(_) => Some(None),
            _ => None,
        },
        _ => None,
    }
}

const LISTS: &[&str] = &["Vec", "VecDeque", "BTreeSet", "HashSet"];

/// The type in `Option`, `Patch` and such, whose rules are its own.
fn opened(ty: &Type) -> &Type {
    ["Option", "Patch", "Secret", "Box"].iter().find_map(|wrapper| inner_of(ty, wrapper)).map_or(ty, opened)
}

/// The name and limits of an integer.
fn width(ty: &Type) -> Option<(String, i128, u128)> {
    let Type::Path(path) = ty else { return None };
    let name = path.path.get_ident()?.to_string();
    let plain = name.strip_prefix("NonZero").map_or_else(|| name.clone(), str::to_ascii_lowercase);
    let (lowest, highest) = match plain.as_str() {
        "i8" => (i8::MIN.into(), i8::MAX as u128),
        "i16" => (i16::MIN.into(), i16::MAX as u128),
        "i32" => (i32::MIN.into(), i32::MAX as u128),
        "i64" | "isize" => (i64::MIN.into(), i64::MAX as u128),
        "i128" => (i128::MIN, i128::MAX as u128),
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u64" | "usize" => (0, u64::MAX.into()),
        "u128" => (0, u128::MAX),
        _ => return None,
    };
    Some((name, lowest, highest))
}

/// `Bound::integer(…)` or `Bound::fraction(…)`.
fn bound(value: &Expr) -> Result<TokenStream> {
    let contract = contract();
    let (sign, literal) = match value {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => ("-", &**expr),
        other => ("", other),
    };
    let number = match literal {
        Expr::Lit(syn::ExprLit { lit: Lit::Float(number), .. }) => number,
        Expr::Lit(_) => return Ok(quote!(#contract::Bound::integer((#value) as i128))),
        _ => {
            return Ok(quote!({
                #contract::rule::capability::requires_whole(#value);
                #contract::Bound::integer((#value) as i128)
            }));
        }
    };
    let digits = number.base10_digits();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa = format!("{sign}{whole}{fraction}").parse::<i128>();
    match mantissa {
        Ok(mantissa) => {
            let scale = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
            Ok(quote!(#contract::Bound::fraction(#mantissa, #scale, #value)))
        }
        Err(_) => error(number.span(), "a bound is written in digits, without an exponent"),
    }
}

/// Refuses patterns that are none, or that mean something else to a browser than to Rust.
fn check_pattern(pattern: &LitStr) -> Result<()> {
    let source = pattern.value();
    if let Err(cause) = regex_syntax::parse(&source) {
        let cause = cause.to_string();
        let reason = cause.lines().last().unwrap_or("error").trim_start_matches("error: ").to_owned();
        return error(pattern.span(), format!("this pattern is not a regular expression: {reason}"));
    }
    let constructs = [
        ("(?P", "a named group"),
        ("(?<", "a named group"),
        ("\\A", "`\\A`"),
        ("\\z", "`\\z`"),
        ("\\B", "`\\B`"),
        ("\\<", "`\\<`"),
        ("\\>", "`\\>`"),
        ("[:", "a named class"),
    ];
    for (construct, name) in constructs {
        if source.contains(construct) {
            return error(
                pattern.span(),
                format!("{name} means something else in JSON Schema (ECMA-262); use `^`, `$` and `(?:…)`"),
            );
        }
    }
    let has_flags = source.match_indices("(?").any(|(index, _)| !source[index + 2..].starts_with(':'));
    if has_flags {
        return error(pattern.span(), "inline flags are not part of JSON Schema's patterns (ECMA-262)");
    }
    Ok(())
}
