use kovar::prelude::*;

#[get("/products")]
async fn products(limit: u32) -> NoContent {
    let _ = limit;
    NoContent
}

fn main() {}
