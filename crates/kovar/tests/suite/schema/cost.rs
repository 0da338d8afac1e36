//! What reading costs: the fast pass allocates what serde allocates, and no more.

use kovar::contract::{Input, read_json};
use kovar::schema;
use rust_decimal::Decimal;
use serde::Deserialize;

fn allocations<T>(read: impl Fn() -> T) -> u64 {
    // The first time compiles patterns and takes keys for hashing.
    drop(read());
    allocation_counter::measure(|| drop(read())).count_total
}

/// Reads the same body by Kovar, and by plain serde into a twin without rules.
#[track_caller]
fn check<T: Input, Twin: for<'de> Deserialize<'de>>(body: &str) {
    let ours = allocations(|| read_json::<T>(body.as_bytes()).unwrap_or_else(|_| panic!("{body} is right")));
    let plain = allocations(|| serde_json::from_str::<Twin>(body).unwrap());
    assert!(ours <= plain, "{ours} and {plain}: {body}");
}

macro_rules! twins {
    ($ours:ident, $twin:ident { $($(#[$attribute:meta])* $field:ident: $ty:ty,)* }) => {
        #[schema]
        #[allow(dead_code)]
        struct $ours { $($(#[$attribute])* $field: $ty,)* }

        #[derive(Deserialize)]
        #[allow(dead_code)]
        struct $twin { $($field: $ty,)* }
    };
}

twins!(NewProduct, PlainProduct {
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(max_length = 500)]
    description: Option<String>,
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)]
    price: Decimal,
    #[field(ge = 0)]
    stock: i64,
    #[field(min_length = 1, pattern = "^[a-z]+$", strip_whitespace, to_lower)]
    category: String,
});

twins!(Everything, PlainEverything {
    #[field(unique, max_items = 9, items(min_length = 1, ascii_only))]
    tags: Vec<String>,
    #[field(max_items = 9, keys(max_length = 3), values(ge = 0, multiple_of = 2))]
    counts: std::collections::BTreeMap<String, i64>,
    #[field(items(strip_whitespace, min_length = 1))]
    names: std::collections::HashSet<String>,
    #[field(gt = 0, le = 2.5, multiple_of = 0.5)]
    ratio: f64,
    #[field(uuid_version = 4)]
    id: uuid::Uuid,
    #[field(past)]
    at: jiff::Timestamp,
    #[field(schemes = ["https"])]
    link: url::Url,
    pair: (i64, bool),
    wide: u128,
    nested: Vec<Option<Box<i64>>>,
});

#[test]
fn the_fast_pass_allocates_nothing_beyond_serde() {
    check::<NewProduct, PlainProduct>(
        r#"{"name": "Tea", "description": "Grün", "price": 12.34, "stock": 5, "category": "drinks"}"#,
    );
    check::<NewProduct, PlainProduct>(
        r#"{"name": "Té", "price": "12.34", "stock": 5, "category": "drinks", "ignored": [{"a": [1, "b"]}]}"#,
    );
    check::<Everything, PlainEverything>(
        r#"{"tags": ["a", "b"], "counts": {"a": 2, "b": 4}, "names": ["a", "b"], "ratio": 1.5,
            "id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "at": "2024-02-29T12:00:00Z", "link": "https://a.example/",
            "pair": [1, true], "wide": 340282366920938463463374607431768211455, "nested": [1, null]}"#,
    );
}

#[test]
fn a_value_that_a_rule_changes_is_all_that_is_copied() {
    let plain = allocations(|| {
        serde_json::from_str::<PlainProduct>(r#"{"name":"a","price":1,"stock":1,"category":" A"}"#).unwrap()
    });
    let ours = allocations(|| read_json::<NewProduct>(br#"{"name":"a","price":1,"stock":1,"category":" A"}"#).unwrap());
    assert!(ours <= plain + 2, "{ours} and {plain}");
}
