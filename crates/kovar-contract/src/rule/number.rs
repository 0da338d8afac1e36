//! Rules of integers, floating-point numbers and decimals.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Bound, Report, Rules, Verdict, Violation};

/// Any integer that Rust has, for comparing with a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Integer {
    /// Fits an `i128`, as all but the upper half of `u128` do.
    Small(i128),
    /// The upper half of `u128`.
    Big(u128),
}

impl From<u128> for Integer {
    #[inline(always)]
    fn from(value: u128) -> Self {
        i128::try_from(value).map_or(Self::Big(value), Self::Small)
    }
}

#[inline(always)]
pub(crate) fn judge_integer(rules: &Rules, value: Integer, report: &mut impl Report) {
    judge_order(rules, |bound| bound.compare_integer(value), report);
    if let Some(divisor) = rules.multiple_of
        && !is_multiple(value, divisor)
    {
        report.violation(Violation::MultipleOf(divisor));
    }
}

#[inline(always)]
fn is_multiple(value: Integer, divisor: Bound) -> bool {
    match value {
        Integer::Small(value) => divisor.divides(value.unsigned_abs()),
        Integer::Big(value) => divisor.divides(value),
    }
}

/// A floating-point number of either width: `0.1` as an `f32` is no more than `0.1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Float {
    /// An `f32`: bounds are rounded to the same width.
    Single(f32),
    /// An `f64`.
    Double(f64),
}

impl Float {
    #[inline(always)]
    fn double(self) -> f64 {
        match self {
            Self::Single(value) => f64::from(value),
            Self::Double(value) => value,
        }
    }

    #[inline(always)]
    fn compare(self, bound: Bound) -> Ordering {
        let bound = match self {
            Self::Single(_) => f64::from(bound.float() as f32),
            Self::Double(_) => bound.float(),
        };
        self.double().partial_cmp(&bound).unwrap_or(Ordering::Equal)
    }

    /// How far from a multiple a number may lie, for its size: nine digits of a double, as
    /// Pydantic has it, and six of a single.
    #[inline(always)]
    fn tolerance(self) -> f64 {
        match self {
            Self::Single(value) => f64::from(value).abs() / 1e6,
            Self::Double(value) => value.abs() / 1e9,
        }
    }
}

#[inline(always)]
pub(crate) fn judge_float(rules: &Rules, float: Float, report: &mut impl Report) {
    let value = float.double();
    if !value.is_finite() {
        if !rules.allow_inf_nan {
            return report.violation(Violation::NotFinite);
        }
        if value.is_nan() {
            return;
        }
    }
    judge_order(rules, |bound| float.compare(bound), report);
    if let Some(divisor) = rules.multiple_of
        && !is_float_multiple(value, divisor.float(), float.tolerance())
    {
        report.violation(Violation::MultipleOf(divisor));
    }
}

/// Whether a double is a multiple, as far as doubles can tell.
fn is_float_multiple(value: f64, divisor: f64, tolerance: f64) -> bool {
    let remainder = (value % divisor).abs();
    remainder <= tolerance || (remainder - divisor.abs()).abs() <= tolerance
}

#[inline(always)]
pub(crate) fn judge_decimal(rules: &Rules, value: Decimal, report: &mut impl Report) {
    judge_order(rules, |bound| bound.compare_decimal(value), report);
    if let Some(divisor) = rules.multiple_of {
        let remainder = divisor.decimal().and_then(|divisor| value.checked_rem(divisor));
        if !remainder.is_some_and(|remainder| remainder.is_zero()) {
            report.violation(Violation::MultipleOf(divisor));
        }
    }
    if rules.decimal_places.is_some_and(|most| value.scale() > most) || rules.max_digits.is_some() {
        judge_digits(rules, value.normalize(), report);
    }
}

fn judge_digits(rules: &Rules, value: Decimal, report: &mut impl Report) {
    let places = value.scale();
    let all = digit_count(value.mantissa().unsigned_abs()).max(places);
    if let Some(most) = rules.max_digits
        && all > most
    {
        return report.violation(Violation::DecimalMaxDigits(most));
    }
    let Some(most_places) = rules.decimal_places else { return };
    if places > most_places {
        return report.violation(Violation::DecimalMaxPlaces(most_places));
    }
    if let Some(most) = rules.max_digits
        && all - places > most.saturating_sub(most_places)
    {
        report.violation(Violation::DecimalWholeDigits(most.saturating_sub(most_places)));
    }
}

fn digit_count(mantissa: u128) -> u32 {
    mantissa.checked_ilog10().map_or(1, |log| log + 1)
}

#[inline(always)]
fn judge_order(rules: &Rules, compare: impl Fn(Bound) -> Ordering, report: &mut impl Report) {
    if let Some(bound) = rules.gt
        && compare(bound) != Ordering::Greater
    {
        report.violation(Violation::GreaterThan(bound));
    }
    if let Some(bound) = rules.ge
        && compare(bound) == Ordering::Less
    {
        report.violation(Violation::GreaterThanEqual(bound));
    }
    if let Some(bound) = rules.lt
        && compare(bound) != Ordering::Less
    {
        report.violation(Violation::LessThan(bound));
    }
    if let Some(bound) = rules.le
        && compare(bound) == Ordering::Greater
    {
        report.violation(Violation::LessThanEqual(bound));
    }
}

/// Rounds a decimal that came as a double to the places that its field declares.
///
/// A JSON number is a double to whoever computed it: 57 × 0.01 arrives as `0.5700000000000001`.
/// What lies within two units in the last place of a double (2⁻⁵¹ of the value) of a permitted
/// decimal is that decimal; anything further off keeps its digits and fails `decimal_places`.
#[inline]
pub(crate) fn settle_decimal(rules: &Rules, value: Decimal) -> Decimal {
    const DOUBLE_PRECISION: Decimal = Decimal::from_parts(0, 1 << 19, 0, false, 0);
    let Some(places) = rules.decimal_places.filter(|&places| value.scale() > places) else {
        return value;
    };
    let rounded = value.round_dp(places);
    let distance = (value - rounded).abs();
    let is_close = distance.checked_mul(DOUBLE_PRECISION).is_some_and(|scaled| scaled <= value.abs());
    if is_close && is_in_order(rules, value) == is_in_order(rules, rounded) { rounded } else { value }
}

/// Rounding must not carry a number over a bound.
fn is_in_order(rules: &Rules, value: Decimal) -> bool {
    let mut verdict = Verdict(true);
    judge_order(rules, |bound| bound.compare_decimal(value), &mut verdict);
    verdict.0
}
