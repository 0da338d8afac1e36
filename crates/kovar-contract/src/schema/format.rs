//! Strings with a format: each type's own parser is what judges the text, in both passes.

mod address;
mod binary;
mod email;
mod identifier;
mod time;

pub use self::binary::{Base64, Hex};
pub use self::email::Email;
use crate::issue::{INPUT_LIMIT, Invalid};
use crate::rule::Rules;
use crate::shape::{Kind, Shape, TextFormat};

/// The shape of a string with a format.
fn format_shape(
    name: &'static str,
    expected: (&'static str, &'static str),
    judge: fn(&Rules, &str) -> Vec<Invalid>,
) -> Shape {
    Shape::new(Kind::Text(TextFormat { name: Some(name), encoding: None, expected, judge }))
}

/// The finding of a parser: its type, Pydantic's message, and why.
fn parsing(kind: &'static str, message: &'static str, error: impl std::fmt::Display) -> Vec<Invalid> {
    let error = reason(error);
    vec![Invalid::new(kind, format!("{message}, {error}")).with("error", error).quoting(message)]
}

/// What a parser says, cut: some quote all of the input.
fn reason(error: impl std::fmt::Display) -> String {
    let mut error = error.to_string();
    if error.len() > INPUT_LIMIT {
        error.truncate(error.floor_char_boundary(INPUT_LIMIT));
        error.push('…');
    }
    error
}
