//! Products.

use garde::Validate;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::price::is_price;

#[derive(Deserialize, Validate)]
pub struct NewProduct {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    #[garde(inner(length(chars, max = 500)))]
    pub description: Option<String>,
    #[garde(custom(is_price))]
    pub price: Decimal,
    #[garde(range(min = 0))]
    pub stock: i64,
    #[garde(length(chars, min = 1))]
    pub category: String,
}

#[derive(Clone, Serialize)]
pub struct Product {
    id: Uuid,
    name: String,
    description: Option<String>,
    price: Decimal,
    stock: i64,
    category: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl NewProduct {
    pub fn create(self) -> Product {
        let (id, now) = (Uuid::now_v7(), Timestamp::now());
        let Self { name, description, price, stock, category } = self;
        Product { id, name, description, price, stock, category, created_at: now, updated_at: now }
    }
}

/// A hundred products that are always there.
pub fn catalogue() -> Vec<Product> {
    (0..100).map(catalogue_product).collect()
}

fn catalogue_product(number: i64) -> Product {
    Product {
        id: Uuid::from_u128(0x4000_8000_0000_0000_0000 + number as u128),
        name: format!("Desk lamp {number}"),
        description: Some("Warm light, with a dimmer".to_owned()),
        price: Decimal::new(3990 + number, 2),
        stock: number,
        category: "lamps".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}
