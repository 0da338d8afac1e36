use kovar::prelude::*;

#[get("/products")]
async fn products() -> Vec<String> {
    Vec::new()
}

fn main() {}
