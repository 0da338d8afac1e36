use kovar::prelude::*;

#[get("/shops/{shop}/items/{item}")]
async fn item(Path((shop, product)): Path<(String, u32)>) -> NoContent {
    let _ = (shop, product);
    NoContent
}

fn main() {}
