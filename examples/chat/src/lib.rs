//! A chat: rooms in which people talk, who see who is there and who has read what, and get what they missed.

pub mod echoes;
pub mod marks;
pub mod messages;
pub mod page;
pub mod rooms;

use kovar::data::Migrations;
use kovar::prelude::*;

use crate::echoes::echo;
use crate::messages::list_messages;
use crate::rooms::room;

/// The tables, in the order in which they came to be.
pub static MIGRATIONS: Migrations = kovar::migrations!["../migrations/0001_create_messages.sql"];

/// The app: its channels, its page, and what people read about it.
pub fn app(live: Live) -> App {
    App::new("Chat", env!("CARGO_PKG_VERSION"))
        .description("Rooms in which people talk. Who was away gets what was said meanwhile.")
        .tag("rooms", "Talking to those who are there")
        .live(live.compressed().durable())
        .mount(operations![room, list_messages, echo])
        .mount_router("/", page::router())
}
