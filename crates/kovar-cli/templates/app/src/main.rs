//! `cargo run` serves the app at <http://127.0.0.1:8000>; `cargo run -- help` says what else it can do.

use kovar::prelude::*;

use {{crate}}::{MIGRATIONS, app};

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(app()).database(&MIGRATIONS).run().await
}
