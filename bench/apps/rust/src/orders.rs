//! Orders: the nested body.

use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::price::is_price;

#[derive(Deserialize, Validate)]
pub struct NewOrder {
    #[garde(dive)]
    pub customer: Customer,
    #[garde(length(min = 1, max = 500), dive)]
    pub lines: Vec<OrderLine>,
}

#[derive(Deserialize, Validate)]
pub struct Customer {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    #[garde(dive)]
    pub address: Address,
}

#[derive(Deserialize, Validate)]
pub struct Address {
    #[garde(length(chars, min = 1, max = 200))]
    pub street: String,
    #[garde(length(chars, min = 1, max = 100))]
    pub city: String,
    #[garde(length(chars, min = 1, max = 20))]
    pub postal_code: String,
    #[garde(length(chars, equal = 2))]
    pub country: String,
}

#[derive(Deserialize, Validate)]
pub struct OrderLine {
    #[garde(length(chars, min = 1, max = 40))]
    pub sku: String,
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    #[garde(range(min = 1, max = 1000))]
    pub quantity: i64,
    #[garde(custom(is_price))]
    pub price: Decimal,
    #[garde(length(max = 10), inner(length(chars, min = 1, max = 30)))]
    pub tags: Vec<String>,
    #[garde(inner(length(chars, max = 500)))]
    pub note: Option<String>,
}

#[derive(Serialize)]
pub struct OrderReceipt {
    id: Uuid,
    lines: usize,
    total: Decimal,
}

impl NewOrder {
    pub fn receipt(&self) -> OrderReceipt {
        let total = self.lines.iter().map(|line| line.price * Decimal::from(line.quantity)).sum();
        OrderReceipt { id: Uuid::now_v7(), lines: self.lines.len(), total }
    }
}
