// ANCHOR: layers
use axum::http::{HeaderValue, Method, header};
use kovar::prelude::*;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;

#[get("/greeting")]
async fn greeting() -> Json<String> {
    Json("hello".to_owned())
}

pub fn app() -> App {
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://shop.example"))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    let no_sniffing =
        SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    App::new("Layers", "1.0.0")
        .mount(operations![greeting])
        .layer(CompressionLayer::new())
        .layer(no_sniffing)
        .layer(cors)
}
// ANCHOR_END: layers
