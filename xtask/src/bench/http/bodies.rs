//! What is posted.

/// A product that everybody accepts.
pub(super) const PRODUCT: &str =
    r#"{"name":"Desk lamp","description":"Warm light, with a dimmer","price":39.90,"stock":12,"category":"lamps"}"#;

/// Products that everybody refuses, by what is wrong with them.
pub(super) fn broken_products() -> Vec<(&'static str, String)> {
    let with = |from: &str, to: &str| PRODUCT.replace(from, to);
    vec![
        ("an empty name", with("Desk lamp", "")),
        ("a name of 101 characters", with("Desk lamp", &"x".repeat(101))),
        ("no name", with(r#""name":"Desk lamp","#, "")),
        ("a description of 501 characters", with("Warm light", &"x".repeat(488))),
        ("a price of 0", with("39.90", "0")),
        ("a price above 1,000,000", with("39.90", "1000001")),
        ("a price with three decimals", with("39.90", "39.905")),
        ("a stock below 0", with("12", "-1")),
        ("an empty category", with("lamps", "")),
        ("a body that is cut off", PRODUCT[..40].to_owned()),
    ]
}

/// The bytes that an order has about.
const ORDER_BYTES: usize = 32 * 1024;

/// An order of 32 KB that everybody accepts.
pub(super) fn order() -> String {
    let mut lines = Vec::new();
    let mut bytes = 200;
    while bytes < ORDER_BYTES {
        let line = order_line(lines.len());
        bytes += line.len() + 1;
        lines.push(line);
    }
    let address = r#"{"street":"12 Long Lane","city":"Cambridge","postal_code":"CB2 1TN","country":"GB"}"#;
    format!(r#"{{"customer":{{"name":"Ada Lovelace","address":{address}}},"lines":[{}]}}"#, lines.join(","))
}

/// The same with one quantity, deep inside, that everybody refuses.
pub(super) fn broken_order() -> String {
    order().replacen(r#""quantity":3"#, r#""quantity":0"#, 1)
}

fn order_line(number: usize) -> String {
    let (quantity, cents) = (number % 9 + 1, number % 100);
    let note = if number.is_multiple_of(3) { r#""Please wrap as a present""# } else { "null" };
    format!(
        r#"{{"sku":"LAMP-{number:04}","name":"Desk lamp with a dimmer, number {number}","quantity":{quantity},"price":{number}.{cents:02},"tags":["lamps","desk","warm light","dimmer"],"note":{note}}}"#
    )
    .replace(r#""price":0.00"#, r#""price":0.50"#)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{PRODUCT, broken_order, broken_products, order};

    #[test]
    fn an_order_has_32_kilobytes_of_json() {
        let text = order();
        let order: Value = serde_json::from_str(&text).expect("it is JSON");
        assert!((32_000..33_500).contains(&text.len()), "{}", text.len());
        let lines = order["lines"].as_array().expect("it has lines");
        assert!(lines.len() <= 500 && lines.iter().all(|line| line["price"].as_f64() > Some(0.0)));
    }

    #[test]
    fn what_is_broken_differs() {
        assert!(broken_products().iter().all(|(_, body)| body != PRODUCT));
        assert_ne!(broken_order(), order());
    }
}
