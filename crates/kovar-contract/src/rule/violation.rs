//! What the rules find: a plain value, so that the fast pass allocates nothing to find it.

use super::{Bound, Pattern};
use crate::issue::Invalid;
use crate::json::Value;

/// One broken rule, with the number that the rule gave.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Violation {
    /// Fewer characters than `min_length`.
    TextTooShort(usize),
    /// More characters than `max_length`.
    TextTooLong(usize),
    /// A character that is not ASCII.
    NotAscii,
    /// The pattern does not match.
    PatternMismatch(&'static Pattern),
    /// Fewer bytes than `min_length`.
    BytesTooShort(usize),
    /// More bytes than `max_length`.
    BytesTooLong(usize),
    /// Not above `gt`.
    GreaterThan(Bound),
    /// Below `ge`.
    GreaterThanEqual(Bound),
    /// Not below `lt`.
    LessThan(Bound),
    /// Above `le`.
    LessThanEqual(Bound),
    /// A remainder when divided by `multiple_of`.
    MultipleOf(Bound),
    /// An infinity or NaN.
    NotFinite,
    /// More digits than `max_digits`.
    DecimalMaxDigits(u32),
    /// More digits after the point than `decimal_places`.
    DecimalMaxPlaces(u32),
    /// More digits before the point than both leave.
    DecimalWholeDigits(u32),
    /// Fewer items than `min_items`.
    TooFew {
        /// The rule.
        fewest: usize,
        /// How many there are.
        size: usize,
    },
    /// More items than `max_items`.
    TooMany {
        /// The rule.
        most: usize,
        /// How many there are.
        size: usize,
    },
    /// The same item twice under `unique`: its index.
    NotUnique(usize),
    /// Not before now; the noun is `date` or `datetime`.
    NotPast(&'static str),
    /// Not after now; the noun is `date` or `datetime`.
    NotFuture(&'static str),
    /// A UUID of another version.
    UuidVersion(u8),
    /// A URL of another scheme.
    UrlScheme(&'static [&'static str]),
}

impl Violation {
    /// The finding as a client reads it, in Pydantic's words.
    pub(crate) fn to_invalid(self, collection: &'static str) -> Invalid {
        match self {
            Self::TextTooShort(n) => {
                counted("string_too_short", "String should have at least", n, "character").with("min_length", n)
            }
            Self::TextTooLong(n) => {
                counted("string_too_long", "String should have at most", n, "character").with("max_length", n)
            }
            Self::BytesTooShort(n) => {
                counted("bytes_too_short", "Data should have at least", n, "byte").with("min_length", n)
            }
            Self::BytesTooLong(n) => {
                counted("bytes_too_long", "Data should have at most", n, "byte").with("max_length", n)
            }
            Self::NotAscii => Invalid::new("string_not_ascii", "String should contain only ASCII characters"),
            Self::PatternMismatch(pattern) => {
                let message = format!("String should match pattern '{}'", pattern.source());
                Invalid::new("string_pattern_mismatch", message).with("pattern", pattern.source())
            }
            Self::NotFinite => Invalid::new("finite_number", "Input should be a finite number"),
            Self::TooFew { fewest, size } => sized("too_short", collection, ("at least", "min_length", fewest), size),
            Self::TooMany { most, size } => sized("too_long", collection, ("at most", "max_length", most), size),
            Self::NotUnique(index) => Invalid::new("unique_items", "Items should be unique").with("index", index),
            Self::NotPast(noun) => {
                Invalid::new(format!("{noun}_past"), format!("Input should be {} in the past", article(noun)))
            }
            Self::NotFuture(noun) => {
                Invalid::new(format!("{noun}_future"), format!("Input should be {} in the future", article(noun)))
            }
            Self::UuidVersion(version) => Invalid::new("uuid_version", format!("UUID version {version} expected"))
                .with("expected_version", version),
            Self::UrlScheme(schemes) => {
                let expected = quoted_list(schemes.iter().copied());
                Invalid::new("url_scheme", format!("URL scheme should be {expected}"))
                    .with("expected_schemes", expected)
            }
            _ => self.number_to_invalid(),
        }
    }

    fn number_to_invalid(self) -> Invalid {
        match self {
            Self::GreaterThan(bound) => compared("greater_than", "greater than", "gt", bound),
            Self::GreaterThanEqual(bound) => compared("greater_than_equal", "greater than or equal to", "ge", bound),
            Self::LessThan(bound) => compared("less_than", "less than", "lt", bound),
            Self::LessThanEqual(bound) => compared("less_than_equal", "less than or equal to", "le", bound),
            Self::MultipleOf(bound) => compared("multiple_of", "a multiple of", "multiple_of", bound),
            Self::DecimalMaxDigits(n) => decimal("decimal_max_digits", "digit", n, " in total").with("max_digits", n),
            Self::DecimalMaxPlaces(n) => {
                decimal("decimal_max_places", "decimal place", n, "").with("decimal_places", n)
            }
            Self::DecimalWholeDigits(n) => {
                decimal("decimal_whole_digits", "digit", n, " before the decimal point").with("whole_digits", n)
            }
            other => Invalid::value(format!("{other:?}")),
        }
    }
}

fn counted(kind: &'static str, opening: &str, count: usize, noun: &str) -> Invalid {
    Invalid::new(kind, format!("{opening} {count} {}", plural(noun, count)))
}

fn sized(
    kind: &'static str,
    collection: &'static str,
    (words, name, rule): (&str, &'static str, usize),
    size: usize,
) -> Invalid {
    let noun = plural("item", rule);
    Invalid::new(kind, format!("{collection} should have {words} {rule} {noun} after validation, not {size}"))
        .with("field_type", collection)
        .with(name, rule)
        .with("actual_length", size)
}

fn compared(kind: &'static str, words: &str, name: &'static str, bound: Bound) -> Invalid {
    Invalid::new(kind, format!("Input should be {words} {bound}")).with(name, Value::Number(bound.to_string().into()))
}

fn decimal(kind: &'static str, noun: &str, count: u32, ending: &str) -> Invalid {
    let noun = plural(noun, count as usize);
    Invalid::new(kind, format!("Decimal input should have no more than {count} {noun}{ending}"))
}

fn article(noun: &str) -> String {
    format!("a {noun}")
}

fn plural(noun: &str, count: usize) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// `'a'`, `'a' or 'b'`, `'a', 'b' or 'c'`, as Pydantic lists what it expected.
pub(crate) fn quoted_list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("'{word}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
