//! `cargo run` greets at <http://127.0.0.1:8000/hello/Ada>.

use kovar::Program;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(hello::app()).run().await
}
