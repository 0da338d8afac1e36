// ANCHOR: mounting_axum
use axum::Router;
use axum::routing::get;
use kovar::prelude::*;

pub fn app() -> App {
    let old = Router::new().route("/ping", get(async || "pong"));
    App::new("Moving house", "1.0.0").mount_router("/old", old)
}
// ANCHOR_END: mounting_axum
