//! A number as a rule gives it, exact for integers and decimals.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

use super::Integer;

/// The number in `gt`, `ge`, `lt`, `le` and `multiple_of`: `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    mantissa: i128,
    scale: u32,
    float: f64,
}

impl Bound {
    /// A whole number.
    pub const fn integer(value: i128) -> Self {
        Self { mantissa: value, scale: 0, float: value as f64 }
    }

    /// A number with a fraction: `mantissa / 10^scale`, and the double nearest to it.
    pub const fn fraction(mantissa: i128, scale: u32, float: f64) -> Self {
        Self { mantissa, scale, float }
    }

    /// The double nearest to the bound.
    #[inline(always)]
    pub fn float(self) -> f64 {
        self.float
    }

    /// The whole number, if it is one.
    pub fn whole(self) -> Option<i128> {
        (self.scale == 0).then_some(self.mantissa)
    }

    /// The decimal, if one can hold it.
    #[inline(always)]
    pub(crate) fn decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.mantissa, self.scale).ok()
    }

    /// Whether a magnitude is a multiple of the bound: exact, as `value · 10^scale` is one of the mantissa.
    #[inline(always)]
    pub(crate) fn divides(self, magnitude: u128) -> bool {
        let mantissa = self.mantissa.unsigned_abs();
        if mantissa == 0 {
            return false;
        }
        if self.scale == 0 {
            return magnitude.is_multiple_of(mantissa);
        }
        // What is left of the mantissa when the factors it shares with 10^scale are taken out.
        let shared = 10_u128.checked_pow(self.scale).map_or(1, |power| greatest_common_divisor(power, mantissa));
        magnitude.is_multiple_of(mantissa / shared)
    }

    /// How an integer stands to the bound.
    #[inline(always)]
    pub(crate) fn compare_integer(self, value: Integer) -> Ordering {
        let Integer::Small(value) = value else { return Ordering::Greater };
        if self.scale == 0 {
            return value.cmp(&self.mantissa);
        }
        match 10_i128.checked_pow(self.scale).and_then(|power| value.checked_mul(power)) {
            Some(scaled) => scaled.cmp(&self.mantissa),
            None => value.cmp(&0),
        }
    }

    /// How a decimal stands to the bound.
    #[inline(always)]
    pub(crate) fn compare_decimal(self, value: Decimal) -> Ordering {
        match self.decimal() {
            Some(bound) => value.cmp(&bound),
            // A bound past the range of decimals is past every decimal.
            None => 0.cmp(&self.mantissa),
        }
    }
}

fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// The number as it is written in messages and documents.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return self.mantissa.fmt(f);
        }
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs().to_string();
        let places = self.scale as usize;
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#[field]` refuses a fraction where it sees an integer; behind an alias it does not see one.
    #[test]
    fn a_fraction_bounds_integers_exactly() {
        let compare = |mantissa, value| Bound::fraction(mantissa, 1, 0.0).compare_integer(Integer::Small(value));
        assert_eq!(compare(5, 0), Ordering::Less);
        assert_eq!(compare(5, 1), Ordering::Greater);
        assert_eq!(compare(-15, -2), Ordering::Less);
        assert_eq!(compare(20, 2), Ordering::Equal);
        assert_eq!(compare(5, i128::MIN), Ordering::Less);
    }
}
