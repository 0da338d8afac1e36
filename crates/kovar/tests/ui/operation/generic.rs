use kovar::prelude::*;

#[get("/products")]
async fn products<T>() -> NoContent {
    NoContent
}

fn main() {}
