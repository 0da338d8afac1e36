use kovar::prelude::*;

struct Product {
    name: String,
}

#[post("/products")]
async fn create(Json(product): Json<Product>) -> NoContent {
    let _ = product.name;
    NoContent
}

fn main() {}
