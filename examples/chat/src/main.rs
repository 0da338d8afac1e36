//! `cargo run --release -p chat` serves a chat at <http://127.0.0.1:8000>.

use kovar::Program;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(chat::app()).run().await
}
