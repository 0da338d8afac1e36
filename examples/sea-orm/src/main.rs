//! `cargo run --release` in this folder serves the product API at <http://127.0.0.1:8000>.

use kovar::Program;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(products_sea_orm::app().on_start(products_sea_orm::tokens::make_first))
        .opens_database()
        .command(products_sea_orm::tokens::command(), products_sea_orm::tokens::run)
        .run()
        .await
}
