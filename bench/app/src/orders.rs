//! A nested body: an order of some 160 lines is 32 KB.

use kovar::prelude::*;

/// What a client sends to order.
#[schema]
#[derive(Debug)]
pub(crate) struct NewOrder {
    customer: Customer,
    #[field(min_items = 1, max_items = 500)]
    lines: Vec<OrderLine>,
}

/// Who orders.
#[schema]
#[derive(Debug)]
pub(crate) struct Customer {
    #[field(min_length = 1, max_length = 100)]
    name: String,
    address: Address,
}

/// Where it goes.
#[schema]
#[derive(Debug)]
pub(crate) struct Address {
    #[field(min_length = 1, max_length = 200)]
    street: String,
    #[field(min_length = 1, max_length = 100)]
    city: String,
    #[field(min_length = 1, max_length = 20)]
    postal_code: String,
    #[field(min_length = 2, max_length = 2)]
    country: String,
}

/// How many of what.
#[schema]
#[derive(Debug)]
pub(crate) struct OrderLine {
    #[field(min_length = 1, max_length = 40)]
    sku: String,
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(ge = 1, le = 1000)]
    quantity: i64,
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)]
    price: Decimal,
    #[field(max_items = 10, items(min_length = 1, max_length = 30))]
    tags: Vec<String>,
    #[field(max_length = 500)]
    note: Option<String>,
}

/// What became of an order.
#[schema]
pub(crate) struct OrderReceipt {
    id: Uuid,
    lines: u64,
    total: Decimal,
}

/// Order.
#[post("/orders")]
pub(crate) async fn create_order(Json(order): Json<NewOrder>) -> Created<OrderReceipt> {
    let total = order.lines.iter().map(|line| line.price * Decimal::from(line.quantity)).sum();
    Created(OrderReceipt { id: Uuid::now_v7(), lines: order.lines.len() as u64, total })
}
