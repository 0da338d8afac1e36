//! A chat: rooms in which people talk, who see who is there, and get what they missed.

pub mod echoes;
pub mod rooms;

use kovar::prelude::*;

use crate::echoes::echo;
use crate::rooms::room;

/// The app: its channels, and what people read about it.
pub fn app(live: Live) -> App {
    App::new("Chat", env!("CARGO_PKG_VERSION"))
        .description("Rooms in which people talk. Who was away gets what was said meanwhile.")
        .tag("rooms", "Talking to those who are there")
        .live(live.compressed())
        .mount(operations![room, echo])
}
