//! The two smallest answers.

use kovar::prelude::*;

/// A greeting.
#[schema]
pub(crate) struct Greeting {
    message: String,
}

/// Greet as text.
#[get("/plaintext")]
pub(crate) async fn plaintext() -> Text<&'static str> {
    Text("Hello, World!")
}

/// Greet as JSON.
#[get("/json")]
pub(crate) async fn json() -> Json<Greeting> {
    Json(Greeting { message: "Hello, World!".to_owned() })
}
