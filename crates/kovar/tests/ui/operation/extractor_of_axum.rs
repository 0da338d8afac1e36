use kovar::prelude::*;

#[get("/shops/{id}")]
async fn shop(id: Option<axum::extract::Path<u32>>) -> NoContent {
    let _ = id;
    NoContent
}

#[get("/products/{id}")]
async fn product(axum::extract::Path(id): axum::extract::Path<u32>) -> NoContent {
    let _ = id;
    NoContent
}

fn main() {}
