//! Decimals: the rules as a pattern of the string form, and as bounds of the number form.
//!
//! `multipleOf` 0.01 says "two decimal places" of a number; validators that compute in doubles
//! allow for their error there, as the rule itself does. In the string form digits are text, so
//! the bounds are spelled out as alternatives of digits: without look-ahead, which neither the
//! linear-time engines nor the generators of test data take.

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

/// The strings that keep the rules: exact for a lower bound of zero and a whole upper one, and for
/// digits; other bounds are left to the server.
fn pattern(rules: &Rules) -> String {
    let is_zero = |bound: Option<Bound>| bound.and_then(Bound::whole) == Some(0);
    let whole_digits = rules.max_digits.map(|digits| digits.saturating_sub(rules.decimal_places.unwrap_or(0)));
    let fraction = fraction(rules.decimal_places);
    if !is_positive(rules) {
        return format!("^-?{}{fraction}$", any_digits(whole_digits));
    }
    let mut alternatives = match upper_bound(rules) {
        Some((bound, is_inclusive)) => from_one_to(bound, is_inclusive, &fraction),
        None => whole_digits.map_or_else(
            || vec![format!("[1-9][0-9]*{fraction}")],
            |most| most.checked_sub(1).map(|more| format!("[1-9][0-9]{{0,{more}}}{fraction}")).into_iter().collect(),
        ),
    };
    if is_zero(rules.gt) {
        alternatives.extend(above_zero(rules.decimal_places));
    } else {
        alternatives.push(format!("0{fraction}"));
    }
    format!("^0*({})$", alternatives.join("|"))
}

/// What may follow the whole digits: as many places as the rule permits, and zeros.
fn fraction(places: Option<u32>) -> String {
    match places {
        None => "(\\.[0-9]+)?".to_owned(),
        Some(0) => "(\\.0+)?".to_owned(),
        Some(places) => format!("(\\.[0-9]{{1,{places}}}0*)?"),
    }
}

fn any_digits(most: Option<u32>) -> String {
    match most {
        None => "[0-9]+".to_owned(),
        Some(most) => format!("0*[0-9]{{1,{}}}", most.max(1)),
    }
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

/// Zero and a fraction that has a digit other than zero in one of its places.
fn above_zero(places: Option<u32>) -> Option<String> {
    let digits = match places {
        None => "0*[1-9][0-9]*".to_owned(),
        Some(0) => return None,
        Some(places) => {
            let first_at = |zeros: u32| {
                let rest = match places - zeros - 1 {
                    0 => String::new(),
                    1 => "[0-9]?".to_owned(),
                    rest => format!("[0-9]{{0,{rest}}}"),
                };
                format!("{}[1-9]{rest}", "0".repeat(zeros as usize))
            };
            let alternatives: Vec<_> = (0..places).map(first_at).collect();
            format!("({})0*", alternatives.join("|"))
        }
    };
    Some(format!("0\\.{digits}"))
}

/// The decimals from one to a bound, digit by digit, without leading zeros.
fn from_one_to(bound: u128, is_inclusive: bool, fraction: &str) -> Vec<String> {
    let digits = bound.to_string();
    let mut alternatives = Vec::new();
    if digits.len() > 1 {
        alternatives.push(format!("[1-9]{}{fraction}", up_to(digits.len() - 2)));
    }
    for (index, digit) in digits.char_indices() {
        let lowest = u32::from(index == 0);
        let digit = digit.to_digit(10).unwrap_or_default();
        if digit > lowest {
            let smaller = if digit - 1 == lowest { lowest.to_string() } else { format!("[{lowest}-{}]", digit - 1) };
            let rest = exactly(digits.len() - index - 1);
            alternatives.push(format!("{}{smaller}{rest}{fraction}", &digits[..index]));
        }
    }
    if is_inclusive {
        alternatives.push(format!("{digits}(\\.0+)?"));
    }
    alternatives
}

fn up_to(count: usize) -> String {
    if count == 0 { String::new() } else { format!("[0-9]{{0,{count}}}") }
}

fn exactly(count: usize) -> String {
    if count == 0 { String::new() } else { format!("[0-9]{{{count}}}") }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::rule::Pattern;
    use crate::schema::Schema;

    const PRICE: Rules = Rules {
        gt: Some(Bound::integer(0)),
        le: Some(Bound::integer(1_000_000)),
        decimal_places: Some(2),
        ..Rules::NONE
    };

    fn check(rules: &'static Rules, texts: impl IntoIterator<Item = String>) {
        let pattern = Pattern::new(pattern(rules).leak());
        for text in texts {
            let decimal: Decimal = text.parse().unwrap();
            let is_accepted = decimal.accepts(rules, Direction::Input);
            assert_eq!(pattern.is_match(&text), is_accepted, "{text} and {}", pattern.source());
        }
    }

    #[test]
    fn a_price_is_spelled_out_exactly() {
        assert_eq!(pattern(&PRICE), r"^0*([1-9][0-9]{0,5}(\.[0-9]{1,2}0*)?|1000000(\.0+)?|0\.([1-9][0-9]?|0[1-9])0*)$");
        let texts = [
            "0",
            "0.0",
            "0.00",
            "0.01",
            "0.1",
            "0.10",
            "0.001",
            "0.010",
            "1",
            "01",
            "1.5",
            "1.55",
            "1.555",
            "1.550",
            "999999",
            "999999.99",
            "1000000",
            "1000000.00",
            "1000000.01",
            "1000001",
            "10000000",
            "-1",
            "-0.01",
            "00.01",
        ];
        check(&PRICE, texts.map(str::to_owned));
    }

    #[test]
    fn patterns_agree_with_the_rules_for_all_small_numbers() {
        const BOUNDS: [&Rules; 6] = [
            &Rules {
                ge: Some(Bound::integer(0)),
                lt: Some(Bound::integer(37)),
                decimal_places: Some(1),
                ..Rules::NONE
            },
            &Rules { gt: Some(Bound::integer(0)), le: Some(Bound::integer(205)), ..Rules::NONE },
            &Rules { gt: Some(Bound::integer(0)), le: Some(Bound::integer(1)), decimal_places: Some(0), ..Rules::NONE },
            &Rules { gt: Some(Bound::integer(0)), lt: Some(Bound::integer(1)), decimal_places: Some(3), ..Rules::NONE },
            &Rules { ge: Some(Bound::integer(0)), le: Some(Bound::integer(9)), decimal_places: Some(2), ..Rules::NONE },
            &Rules { ge: Some(Bound::integer(0)), ..Rules::NONE },
        ];
        for rules in BOUNDS {
            let numbers = (0..10_000).flat_map(|mantissa| (0..4).map(move |scale| Decimal::new(mantissa, scale)));
            check(rules, numbers.map(|number| number.to_string()));
        }
    }
}
