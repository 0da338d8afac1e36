use kovar::prelude::*;

struct Products;

impl Products {
    #[get("/products")]
    async fn list() -> NoContent {
        NoContent
    }
}

fn main() {}
