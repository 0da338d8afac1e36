use kovar::prelude::*;

struct MayWrite;

#[get("/products")]
async fn products(_: Has<MayWrite>) -> NoContent {
    NoContent
}

fn main() {}
