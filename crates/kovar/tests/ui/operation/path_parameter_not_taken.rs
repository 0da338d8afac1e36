use kovar::prelude::*;

#[get("/products/{product_id}")]
async fn product() -> NoContent {
    NoContent
}

fn main() {}
