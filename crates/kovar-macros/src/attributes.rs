//! What all attributes share: errors that name what would have been right, all of them at once.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, LitStr, Result, Token};

/// The error for a word that is not known here, with the nearest one that is.
pub(crate) fn unknown(meta: &ParseNestedMeta<'_>, what: &str, known: &[&str]) -> Error {
    let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let hint = match known.iter().min_by_key(|candidate| distance(&word, candidate)) {
        Some(nearest) if distance(&word, nearest) <= 3 => format!("; did you mean `{nearest}`?"),
        _ => format!("; known are {}", known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
    };
    meta.error(format!("`{word}` is no {what}{hint}"))
}

/// The Levenshtein distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, character) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(character != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

/// Takes the attributes of a name out of a list.
pub(crate) fn take(attributes: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    let (taken, left) =
        std::mem::take(attributes).into_iter().partition(|attribute: &Attribute| attribute.path().is_ident(name));
    *attributes = left;
    taken
}

/// The string after `=`.
pub(crate) fn string(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    meta.value()?.parse()
}

/// An error at a span.
pub(crate) fn error<T>(span: Span, message: impl std::fmt::Display) -> Result<T> {
    Err(Error::new(span, message))
}

/// Errors that are gathered, so that whoever made several mistakes sees them all.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// What there is, if it is no error.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(known) => known.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// All errors as one, if there are any.
    pub(crate) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// The tokens of one word of an attribute up to the next comma.
pub(crate) fn rest_of(meta: &ParseNestedMeta<'_>) -> Result<TokenStream> {
    let mut rest = TokenStream::new();
    while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        rest.extend(std::iter::once(meta.input.parse::<TokenTree>()?));
    }
    Ok(rest)
}
