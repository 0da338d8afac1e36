//! Patterns that mean in Rust what they mean in the JSON Schema.
//!
//! JSON Schema's `pattern` is a regular expression of ECMA-262; the `regex` crate runs in linear
//! time but gives `\d`, `\w` and `\b` a Unicode meaning. A pattern is translated to the ECMA
//! meaning before it is compiled, so that client and server judge alike. What the two dialects
//! cannot share (look-around, back-references, inline flags) is refused by the macro.

use std::sync::OnceLock;

use regex::Regex;

/// A regular expression, compiled at its first use.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern in the syntax that ECMA-262 and the `regex` crate share.
    pub const fn new(source: &'static str) -> Self {
        Self { source, regex: OnceLock::new() }
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the pattern matches somewhere in the text. A pattern that is none matches nothing.
    pub fn is_match(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| Regex::new(&to_rust(self.source)).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// What `\s` is in ECMA-262: white space (§12.2) and line terminators (§12.3), inside a class.
const WHITE_SPACE: &str =
    r"\t\n\x0B\x0C\r\x20\u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";

/// Spells out the classes that ECMA-262 §22.2 limits to ASCII.
fn to_rust(source: &str) -> String {
    let mut rust = String::with_capacity(source.len() + 16);
    let mut characters = source.chars();
    let mut class_depth = 0_u32;
    while let Some(character) = characters.next() {
        match character {
            '\\' => push_escape(&mut rust, characters.next(), class_depth > 0),
            '.' if class_depth == 0 => rust.push_str(r"[^\n\r\u{2028}\u{2029}]"),
            '[' if class_depth > 0 => rust.push_str("\\["),
            '&' | '~' if class_depth > 0 => rust.extend(['\\', character]),
            '[' => {
                class_depth += 1;
                rust.push('[');
            }
            ']' => {
                class_depth = class_depth.saturating_sub(1);
                rust.push(']');
            }
            other => rust.push(other),
        }
    }
    rust
}

fn push_escape(rust: &mut String, escaped: Option<char>, in_class: bool) {
    match (escaped, in_class) {
        (Some('d'), false) => rust.push_str("[0-9]"),
        (Some('d'), true) => rust.push_str("0-9"),
        (Some('D'), _) => rust.push_str("[^0-9]"),
        (Some('w'), false) => rust.push_str("[0-9A-Za-z_]"),
        (Some('w'), true) => rust.push_str("0-9A-Za-z_"),
        (Some('W'), _) => rust.push_str("[^0-9A-Za-z_]"),
        (Some('s'), false) => rust.extend(["[", WHITE_SPACE, "]"]),
        (Some('s'), true) => rust.push_str(WHITE_SPACE),
        (Some('S'), _) => rust.extend(["[^", WHITE_SPACE, "]"]),
        (Some('b'), false) => rust.push_str(r"(?-u:\b)"),
        (Some('/'), _) => rust.push('/'),
        (Some(other), _) => rust.extend(['\\', other]),
        (None, _) => rust.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &'static str, text: &str, expected: bool) {
        assert_eq!(Pattern::new(pattern).is_match(text), expected, "{pattern} on {text}");
    }

    #[test]
    fn digits_and_words_are_ascii_as_in_ecma_262() {
        check(r"^\d+$", "123", true);
        check(r"^\d+$", "١٢٣", false);
        check(r"^\w+$", "straße", false);
        check(r"^[\w-]+$", "a-b_1", true);
        check(r"^\D+$", "١", true);
    }

    #[test]
    fn white_space_and_the_dot_are_those_of_ecma_262() {
        check(r"^\s$", "\u{FEFF}", true);
        check(r"^\s$", "\u{85}", false);
        check(r"^[\s]\S$", "\u{2003}a", true);
        check("^.$", "\r", false);
        check("^[.]$", ".", true);
        check("^[.]$", "a", false);
    }

    #[test]
    fn a_bracket_in_a_class_is_a_bracket() {
        check(r"^[[a]+$", "[a", true);
        check(r"^[a&&b]+$", "a&b", true);
    }

    #[test]
    fn nested_repetition_runs_in_linear_time() {
        check(r"^(a+)+$", &format!("{}b", "a".repeat(50_000)), false);
    }
}
