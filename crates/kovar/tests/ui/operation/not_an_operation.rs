use kovar::prelude::*;

async fn products() -> NoContent {
    NoContent
}

fn main() {
    let _ = App::new("Products", "1.0.0").mount(operations![products]);
}
