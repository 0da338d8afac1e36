//! `cargo run --release -p shortener` serves short links at <http://127.0.0.1:8000>.

use kovar::Program;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(shortener::app()).database(&shortener::MIGRATIONS).run().await
}
