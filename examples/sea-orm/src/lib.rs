//! Product management, as `examples/products` has it, on SeaORM 2.0: SQLite or PostgreSQL.
//!
//! What an ORM needs of an app stands in three files: [`database`] opens the pool, [`transaction`] makes a transaction
//! a value of the request, and [`statements`] puts the ORM's numbers into `/metrics`.
//!
//! It is a workspace of its own, and uses `kovar` without the feature `data`: sqlx and `kovar-data` link different
//! versions of SQLite, and a lock file can have one.

pub mod database;
pub mod entity;
pub mod products;
pub mod statements;
pub mod tokens;
pub mod transaction;

use kovar::prelude::*;

use crate::products::{create_product, delete_product, get_product, list_products, update_product};
use crate::statements::Statements;

// ANCHOR: app
/// The app: its operations, what they need, and what people read about it.
pub fn app() -> App {
    let statements = Statements::default();
    App::new("Product Management API", env!("CARGO_PKG_VERSION"))
        .description("Products with a price, a stock and a category. Reading is open; writing needs an admin's token.")
        .tag("products", "What is for sale")
        .provide(statements.clone())
        .add_metrics(move |text| statements.write(text))
        .provider(Provider::app(database::connect))
        .provider(transaction::transactions())
        .health_check("database", database::answers)
        .on_stop(database::close)
        .mount(operations![create_product, get_product, list_products, update_product, delete_product])
}
// ANCHOR_END: app
