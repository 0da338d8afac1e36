use kovar::prelude::*;

#[get("/greeting")]
async fn greeting() -> String {
    "Hello".to_owned()
}

fn main() {}
