//! Rules: what a value must keep beyond having the right type.
//!
//! One constant [`Rules`] per field is all there is: the fast pass asks it whether a value is
//! accepted, the diagnosing pass asks it what is wrong, and the JSON Schema is written from it.
//! So a rule cannot be documented and not enforced. The functions are inlined into the fast pass
//! with the constant known, which leaves only the comparisons that the field asked for.

mod bound;
pub mod capability;
mod number;
mod pattern;
mod text;
mod violation;

pub use self::bound::Bound;
pub(crate) use self::number::{Float, Integer, judge_decimal, judge_float, judge_integer, settle_decimal};
pub use self::pattern::Pattern;
pub(crate) use self::text::{judge_bytes, judge_size, judge_text, transform, transform_in_place};
pub use self::violation::Violation;
pub(crate) use self::violation::quoted_list;

/// The rules of one field, newtype or parameter. [`Rules::NONE`] asks for nothing.
///
/// The names are Pydantic's. Lengths count Unicode scalar values in text, bytes in binary, and
/// items or members in collections.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Fewest characters of a text, or bytes of binary.
    pub min_length: Option<usize>,
    /// Most characters of a text, or bytes of binary.
    pub max_length: Option<usize>,
    /// A regular expression that must match somewhere in the text.
    pub pattern: Option<&'static Pattern>,
    /// Only ASCII characters.
    pub ascii_only: bool,
    /// White space at both ends is taken away before the other rules look.
    pub strip_whitespace: bool,
    /// The text is made lower case before the other rules look.
    pub to_lower: bool,
    /// The text is made upper case before the other rules look.
    pub to_upper: bool,
    /// The number is greater than this.
    pub gt: Option<Bound>,
    /// The number is at least this.
    pub ge: Option<Bound>,
    /// The number is less than this.
    pub lt: Option<Bound>,
    /// The number is at most this.
    pub le: Option<Bound>,
    /// The number divided by this has no remainder.
    pub multiple_of: Option<Bound>,
    /// Infinities and NaN are accepted. Default: `false`.
    pub allow_inf_nan: bool,
    /// Most significant digits of a decimal, before and after the point together.
    pub max_digits: Option<u32>,
    /// Most digits of a decimal after the point, trailing zeros not counted.
    pub decimal_places: Option<u32>,
    /// Fewest items of a list or set, or members of a map.
    pub min_items: Option<usize>,
    /// Most items of a list or set, or members of a map.
    pub max_items: Option<usize>,
    /// No two items of a list are equal.
    pub unique: bool,
    /// Rules for each item of a list or set.
    pub items: Option<&'static Rules>,
    /// Rules for each key of a map.
    pub keys: Option<&'static Rules>,
    /// Rules for each value of a map.
    pub values: Option<&'static Rules>,
    /// The date or time is before now.
    pub past: bool,
    /// The date or time is after now.
    pub future: bool,
    /// The version of a UUID.
    pub uuid_version: Option<u8>,
    /// The schemes that a URL may have; empty for any.
    pub schemes: &'static [&'static str],
}

impl Rules {
    /// No rules.
    pub const NONE: Rules = Rules {
        min_length: None,
        max_length: None,
        pattern: None,
        ascii_only: false,
        strip_whitespace: false,
        to_lower: false,
        to_upper: false,
        gt: None,
        ge: None,
        lt: None,
        le: None,
        multiple_of: None,
        allow_inf_nan: false,
        max_digits: None,
        decimal_places: None,
        min_items: None,
        max_items: None,
        unique: false,
        items: None,
        keys: None,
        values: None,
        past: false,
        future: false,
        uuid_version: None,
        schemes: &[],
    };

    /// The rules for items, or none.
    #[inline(always)]
    pub fn for_items(&self) -> &'static Rules {
        self.items.unwrap_or(&Rules::NONE)
    }

    /// The rules for the keys of a map, or none.
    #[inline(always)]
    pub fn for_keys(&self) -> &'static Rules {
        self.keys.unwrap_or(&Rules::NONE)
    }

    /// The rules for the values of a map, or none.
    #[inline(always)]
    pub fn for_values(&self) -> &'static Rules {
        self.values.unwrap_or(&Rules::NONE)
    }

    /// Whether texts are changed before they are judged.
    #[inline(always)]
    pub fn transforms_text(&self) -> bool {
        self.strip_whitespace || self.to_lower || self.to_upper
    }
}

/// Where a judgement puts what it finds: a verdict in the fast pass, a list in the diagnosing one.
pub(crate) trait Report {
    /// Takes one finding.
    fn violation(&mut self, violation: Violation);
}

/// The fast pass's report: no more than a flag, so that a judgement compiles to comparisons.
struct Verdict(bool);

impl Report for Verdict {
    #[inline(always)]
    fn violation(&mut self, _: Violation) {
        self.0 = false;
    }
}

impl Report for Vec<Violation> {
    fn violation(&mut self, violation: Violation) {
        self.push(violation);
    }
}

macro_rules! accepts {
    ($($(#[$doc:meta])* $accepts:ident = $judge:ident($value:ty);)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $accepts(rules: &Rules, value: $value) -> bool {
            let mut verdict = Verdict(true);
            $judge(rules, value, &mut verdict);
            verdict.0
        }
    )*};
}

accepts! {
    /// Whether a text keeps its rules.
    accepts_text = judge_text(&str);
    /// Whether binary keeps its rules.
    accepts_bytes = judge_bytes(&[u8]);
    /// Whether a collection has a permitted size.
    accepts_size = judge_size(usize);
    /// Whether an integer keeps its rules.
    accepts_integer = judge_integer(Integer);
    /// Whether a floating-point number keeps its rules.
    accepts_float = judge_float(Float);
    /// Whether a decimal keeps its rules.
    accepts_decimal = judge_decimal(rust_decimal::Decimal);
}
