use kovar::prelude::*;

#[get("/products")]
async fn products() -> NoContent {
    NoContent
}

fn main() {
    let _ = App::new("Products", "1.0.0").mount(products);
    let _ = Group::new("/api").mount(kovar::Operation::get("/products", products));
}
