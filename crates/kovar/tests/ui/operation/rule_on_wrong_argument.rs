use kovar::prelude::*;

#[get("/products")]
async fn products(#[field(min_length = 1)] Query(limit): Query<u32>) -> NoContent {
    let _ = limit;
    NoContent
}

fn main() {}
