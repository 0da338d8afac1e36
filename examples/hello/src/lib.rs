//! Greets people.

use kovar::prelude::*;

/// A greeting.
#[schema]
#[derive(Debug, PartialEq)]
pub struct Greeting {
    /// What is said.
    pub text: String,
}

/// Greet somebody.
#[get("/hello/{name}")]
pub async fn greet(#[field(max_length = 50)] Path(name): Path<String>) -> Json<Greeting> {
    Json(Greeting { text: format!("Hello, {name}!") })
}

/// The app: its operations, and what people read about it.
pub fn app() -> App {
    App::new("Hello", env!("CARGO_PKG_VERSION")).mount(operations![greet])
}
