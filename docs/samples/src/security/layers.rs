// ANCHOR: layers
use std::time::Duration;

use kovar::http::layers::{Compression, Cors, Csrf, SecurityHeaders};
use kovar::prelude::*;

#[post("/greetings")]
async fn greet(Json(name): Json<String>) -> Json<String> {
    Json(format!("Hello, {name}!"))
}

pub fn app() -> App {
    App::new("Layers", "1.0.0")
        .mount(operations![greet])
        .security_headers(SecurityHeaders::default().hsts(Duration::from_secs(300)))
        .allowed_hosts(["api.example", "localhost"])
        .cors(Cors::new().allow_origin("https://shop.example").allow_credentials())
        .compression(Compression::default())
        .csrf(Csrf::new().trust_origin("https://shop.example"))
}
// ANCHOR_END: layers
