//! `cargo run --release -p products` serves the product API at <http://127.0.0.1:8000>.

use kovar::Program;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(products::app().on_start(products::tokens::make_first))
        .database(&products::MIGRATIONS)
        .command(products::tokens::command(), products::tokens::run)
        .run()
        .await
}
