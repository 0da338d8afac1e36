//! `cargo run --release -p chat` serves a chat at <http://127.0.0.1:8000>, and keeps what is said in `data/chat.db`.
//!
//! With `KOVAR_LIVE=redis://127.0.0.1:6379` and the same `DATABASE_URL`, several of them are one chat.

use kovar::Program;
use kovar::prelude::*;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(chat::app(Live::from_env()?)).database(&chat::MIGRATIONS).run().await
}
