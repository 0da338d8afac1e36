use kovar::prelude::*;

#[get]
async fn products() -> NoContent {
    NoContent
}

fn main() {}
