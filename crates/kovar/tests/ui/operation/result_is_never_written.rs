use kovar::prelude::*;

#[schema(input)]
struct Order {
    pieces: u32,
}

#[get("/order")]
async fn order() -> Json<Order> {
    Json(Order { pieces: 1 })
}

fn main() {}
