//! Product management: a small real API, on SQLite or PostgreSQL.

pub mod products;
pub mod tokens;

use kovar::data::Migrations;
use kovar::prelude::*;

use crate::products::{create_product, delete_product, get_product, list_products, update_product};

/// The tables, in the order in which they came to be.
pub static MIGRATIONS: Migrations =
    kovar::migrations!["../migrations/0001_create_products.sql", "../migrations/0002_create_tokens.sql"];

/// The app: its operations, and what people read about it.
pub fn app() -> App {
    App::new("Product Management API", env!("CARGO_PKG_VERSION"))
        .description("Products with a price, a stock and a category. Reading is open; writing needs an admin's token.")
        .tag("products", "What is for sale")
        .mount(operations![create_product, get_product, list_products, update_product, delete_product])
}
