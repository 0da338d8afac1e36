use kovar::prelude::*;

#[get("products")]
async fn products() -> NoContent {
    NoContent
}

fn main() {}
