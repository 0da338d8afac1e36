//! Products with their rules.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// How many products the benchmark's database begins with.
const PRODUCTS: u32 = 10_000;

/// How many statements a bundle takes.
const BUNDLE: u32 = 20;

#[derive(Deserialize, Validate)]
pub struct NewProduct {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    #[garde(inner(length(chars, max = 500)))]
    pub description: Option<String>,
    #[garde(range(min = 1, max = 100_000_000))]
    pub price_cents: i32,
    #[garde(range(min = 0, max = 1_000_000_000))]
    pub stock: i32,
    #[garde(length(chars, min = 1, max = 40))]
    pub category: String,
}

#[derive(Serialize, sqlx::FromRow)]
pub struct Product {
    pub id: i32,
    pub name: String,
    pub description: Option<String>,
    pub price_cents: i32,
    pub stock: i32,
    pub category: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Deserialize, Validate)]
pub struct StockChange {
    #[garde(range(min = -1000, max = 1000))]
    pub change: i32,
}

#[derive(Deserialize, Validate)]
pub struct ProductFilter {
    #[garde(skip)]
    pub category: String,
    #[serde(default = "ten")]
    #[garde(range(min = 1, max = 100))]
    pub limit: i64,
}

fn ten() -> i64 {
    10
}

/// The products of a bundle.
pub fn bundle(seed: u32) -> impl Iterator<Item = i32> {
    (0..BUNDLE).map(move |place| ((u64::from(seed) * 31 + u64::from(place) * 487) % u64::from(PRODUCTS)) as i32 + 1)
}
