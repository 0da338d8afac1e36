//! Decimals: the rules as a pattern of the string form, and as bounds of the number form.
//!
//! `multipleOf` 0.01 says "two decimal places" of a number; validators that compute in doubles
//! allow for their error there, as the rule itself does. In the string form digits are text, so
//! the bounds are spelled out as alternatives of digits.

use crate::json::{Object, Value};
use crate::rule::{Bound, Rules};
use crate::schema::Direction;

pub(super) fn schema(rules: &Rules, direction: Direction) -> Object<'static> {
    let text = Object::new().with("type", "string").with("format", "decimal").with("pattern", pattern(rules));
    if direction == Direction::Output {
        return text;
    }
    let mut number = super::scalar::bounded(Object::new().with("type", "number"), rules);
    if let Some(places) = rules.decimal_places
        && rules.multiple_of.is_none()
    {
        number.push("multipleOf", Value::Number(Bound::fraction(1, places, 0.0).to_string().into()));
    }
    Object::new().with("anyOf", vec![number, text])
}

/// The strings that keep the rules: exact for a lower bound of zero and any upper bound, and for
/// digits; other bounds are left to the server.
fn pattern(rules: &Rules) -> String {
    let fraction = match rules.decimal_places {
        None => "(\\.[0-9]+)?".to_owned(),
        Some(0) => "(\\.0+)?".to_owned(),
        Some(places) => format!("(\\.[0-9]{{1,{places}}}0*)?"),
    };
    let whole_digits = match (rules.max_digits, rules.decimal_places) {
        (Some(digits), places) => format!("{{1,{}}}", digits.saturating_sub(places.unwrap_or(0)).max(1)),
        (None, _) => "+".to_owned(),
    };
    let is_zero = |bound: Option<Bound>| bound.and_then(Bound::whole) == Some(0);
    let sign = if is_positive(rules) { "" } else { "-?" };
    let magnitude = match upper_bound(rules).filter(|_| sign.is_empty()) {
        Some((bound, is_inclusive)) => below(bound, is_inclusive, &fraction, rules.decimal_places),
        None => format!("0*[0-9]{whole_digits}{fraction}"),
    };
    if is_zero(rules.gt) {
        // Some digit is not zero.
        return format!("^(?=.*[1-9])({magnitude})$");
    }
    format!("^{sign}({magnitude})$")
}

fn is_positive(rules: &Rules) -> bool {
    [rules.gt, rules.ge].into_iter().flatten().any(|bound| bound.float() >= 0.0)
}

/// The upper bound, if it is a whole number above zero, and whether it is permitted itself.
fn upper_bound(rules: &Rules) -> Option<(u128, bool)> {
    let positive = |bound: Bound| bound.whole().and_then(|whole| u128::try_from(whole).ok()).filter(|whole| *whole > 0);
    let inclusive = rules.le.and_then(positive).map(|bound| (bound, true));
    inclusive.or_else(|| rules.lt.and_then(positive).map(|bound| (bound, false)))
}

/// The decimals from zero to a bound, digit by digit.
fn below(bound: u128, is_inclusive: bool, fraction: &str, places: Option<u32>) -> String {
    let digits = bound.to_string();
    let mut alternatives = Vec::new();
    if digits.len() > 1 {
        alternatives.push(format!("[0-9]{{1,{}}}{fraction}", digits.len() - 1));
    }
    for (index, digit) in digits.char_indices() {
        let lowest = u32::from(index == 0 && digits.len() > 1);
        let digit = digit.to_digit(10).unwrap_or_default();
        if digit > lowest {
            let smaller = if digit - 1 == lowest { lowest.to_string() } else { format!("[{lowest}-{}]", digit - 1) };
            let rest = match digits.len() - index - 1 {
                0 => String::new(),
                rest => format!("[0-9]{{{rest}}}"),
            };
            alternatives.push(format!("{}{smaller}{rest}{fraction}", &digits[..index]));
        }
    }
    if is_inclusive {
        let zeros = if places == Some(0) { "" } else { "(\\.0+)?" };
        alternatives.push(format!("{digits}{zeros}"));
    }
    format!("0*({})", alternatives.join("|"))
}
