use kovar::prelude::*;

#[post("/products")]
async fn create(Json(first): Json<String>, Form(second): Form<String>) -> NoContent {
    let _ = (first, second);
    NoContent
}

fn main() {}
