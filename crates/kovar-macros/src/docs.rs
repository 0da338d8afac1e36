//! Doc comments as text.

use syn::{Attribute, Expr, Lit, Meta};

/// The doc comment of an item, its lines joined, or nothing.
pub(crate) fn description(attributes: &[Attribute]) -> Option<String> {
    let lines = attributes.iter().filter_map(doc_line);
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The first paragraph of a doc comment, and the rest.
pub(crate) fn summary_and_rest(attributes: &[Attribute]) -> (Option<String>, Option<String>) {
    let Some(text) = description(attributes) else { return (None, None) };
    let (summary, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
    let summary = summary.replace('\n', " ").trim_end_matches('.').to_owned();
    let rest = rest.trim();
    (Some(summary), (!rest.is_empty()).then(|| rest.to_owned()))
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    if !pair.path.is_ident("doc") {
        return None;
    }
    let Expr::Lit(literal) = &pair.value else { return None };
    let Lit::Str(line) = &literal.lit else { return None };
    let line = line.value();
    Some(line.strip_prefix(' ').unwrap_or(&line).to_owned())
}
