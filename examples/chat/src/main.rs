//! `cargo run --release -p chat` serves a chat at <http://127.0.0.1:8000>.
//!
//! With `KOVAR_LIVE=redis://127.0.0.1:6379`, all programs of that Redis are one chat.

use kovar::Program;
use kovar::prelude::*;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(chat::app(Live::from_env()?)).run().await
}
