// ANCHOR: groups
use axum::http::{HeaderValue, header};
use kovar::prelude::*;
use tower_http::set_header::SetResponseHeaderLayer;

#[get("/orders")]
async fn orders() -> Json<Vec<u32>> {
    Json(vec![1, 2])
}

#[get("/stock")]
async fn stock() -> Json<u32> {
    Json(12)
}

pub fn app() -> App {
    let no_store = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let private = Group::new("/private").tag("private").layer(no_store).mount(operations![orders]);
    App::new("Shop", "1.0.0").group(Group::new("/api").group(private).mount(operations![stock]))
}
// ANCHOR_END: groups
