//! The rule that garde has no word for.

use rust_decimal::Decimal;

pub fn is_price(price: &Decimal, (): &()) -> garde::Result {
    let is_in_range = *price > Decimal::ZERO && *price <= Decimal::from(1_000_000);
    match is_in_range && price.normalize().scale() <= 2 {
        true => Ok(()),
        false => Err(garde::Error::new("a price is above 0, at most 1,000,000, and has two decimals")),
    }
}
