//! Kovar's side of the live benchmark. `cargo xtask bench live` starts it beside the peers in `bench/live-apps`.

mod topics;

use kovar::live::{Limits, RawSocket};
use kovar::prelude::*;

/// How many connections a worker takes: those of the benchmark are a few more than the default.
const CONNECTIONS: usize = 16_000;

#[kovar::main]
async fn main() -> kovar::Result {
    let limits = kovar::Limits { connections: Some(CONNECTIONS), ..kovar::Limits::default() };
    Program::new(app()).limits(limits).run().await
}

fn app() -> App {
    // One publisher stands for many.
    let limits = Limits { messages_per_second: None, ..Limits::default() };
    App::new("Bench of channels", env!("CARGO_PKG_VERSION")).live(Live::new().limits(limits)).mount(operations![
        say_hello,
        echo,
        topics::listen,
        topics::listen_on,
        topics::publish,
    ])
}

/// Say hello.
#[get("/hello")]
async fn say_hello() -> Text<&'static str> {
    Text("Hello")
}

/// Say what is said.
#[channel("/live/echo")]
async fn echo(mut socket: RawSocket) {
    while let Some(message) = socket.receive().await {
        if socket.send(&message).is_err() {
            return;
        }
    }
}
