use kovar::prelude::*;

#[schema]
struct Product {
    #[field(le = 1000)]
    stars: u8,
    #[field(ge = -1)]
    stock: Option<u32>,
    #[field(items(le = 1.5))]
    sizes: Vec<i64>,
}

#[get("/products")]
async fn products(#[field(lt = 256)] Query(stars): Query<u8>) -> NoContent {
    let _ = stars;
    NoContent
}

fn main() {}
