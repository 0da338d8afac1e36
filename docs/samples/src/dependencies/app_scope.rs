// ANCHOR: app_scope
use kovar::prelude::*;

pub struct Greeting(pub &'static str);

/// Made once, from another value.
pub struct Greeter {
    greeting: Dep<Greeting>,
}

async fn make_greeter(greeting: Dep<Greeting>) -> kovar::Result<Greeter> {
    Ok(Greeter { greeting })
}

#[get("/hello/{name}")]
async fn hello(Path(name): Path<String>, greeter: Dep<Greeter>) -> Json<String> {
    Json(format!("{}, {name}!", greeter.greeting.0))
}

pub fn app() -> App {
    App::new("Greeter", "1.0.0")
        .provide(Greeting("Hello"))
        .provider(Provider::app(make_greeter))
        .mount(operations![hello])
}
// ANCHOR_END: app_scope
