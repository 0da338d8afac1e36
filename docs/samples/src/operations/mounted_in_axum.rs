// ANCHOR: mounted_in_axum
use axum::Router;
use axum::routing::get;
use kovar::prelude::*;

#[get("/greeting")]
async fn greeting() -> Json<String> {
    Json("hello".to_owned())
}

pub async fn router() -> kovar::Result<Router> {
    let app = App::new("Inside", "1.0.0").mount(operations![greeting]).build().await?;
    Ok(Router::new().route("/ping", get(async || "pong")).nest_service("/api", app))
}
// ANCHOR_END: mounted_in_axum
