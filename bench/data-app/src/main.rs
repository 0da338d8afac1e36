//! Kovar's side of the data benchmark. `cargo xtask bench data` starts it beside the peers in `bench/data-apps`.

mod products;

use kovar::data::Migrations;
use kovar::prelude::*;

/// The schema has one identity column, which the two databases spell differently.
static ON_POSTGRES: Migrations = kovar::migrations!["../migrations/postgres.sql"];
static ON_SQLITE: Migrations = kovar::migrations!["../migrations/sqlite.sql"];

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(app()).database(migrations()).run().await
}

fn app() -> App {
    App::new("Bench of data", env!("CARGO_PKG_VERSION")).mount(operations![
        products::get_product,
        products::list_products,
        products::get_bundle,
        products::create_product,
        products::change_stock,
        products::be_slow,
    ])
}

fn migrations() -> &'static Migrations {
    match std::env::var("DATABASE_URL") {
        Ok(url) if url.starts_with("postgres") => &ON_POSTGRES,
        _ => &ON_SQLITE,
    }
}
