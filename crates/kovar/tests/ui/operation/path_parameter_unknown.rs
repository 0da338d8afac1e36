use kovar::prelude::*;

#[get("/products/{product_id}")]
async fn product(Path(id): Path<Uuid>) -> NoContent {
    let _ = id;
    NoContent
}

fn main() {}
