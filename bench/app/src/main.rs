//! Kovar's side of the HTTP benchmark. `cargo xtask bench http` starts it beside the peers in `bench/apps`.
//!
//! The standard app is what is always there. What one workload needs beyond it is switched on by `BENCH_APP`, as in the
//! peers: `operations` adds 1,000 operations, `compression` compresses answers.

mod greetings;
mod operations;
mod orders;
mod products;
mod shelf;

use kovar::http::layers::Compression;
use kovar::prelude::*;

use crate::products::ProductShelf;

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(app()).run().await
}

fn app() -> App {
    let app = App::new("Bench", env!("CARGO_PKG_VERSION"))
        .provide(ProductShelf::default())
        .provide(products::Catalogue::default())
        .mount(operations![
            greetings::plaintext,
            greetings::json,
            products::create_product,
            products::catalogue,
            orders::create_order,
        ]);
    match std::env::var("BENCH_APP").as_deref() {
        Ok("operations") => app.mount(operations::thousand()),
        Ok("compression") => app.compression(Compression::default()),
        _ => app,
    }
}
