use kovar::prelude::*;

#[get("/products", tags = "products")]
async fn products() -> NoContent {
    NoContent
}

fn main() {}
