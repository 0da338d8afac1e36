use kovar::prelude::*;

#[get("/products")]
fn products() -> NoContent {
    NoContent
}

fn main() {}
