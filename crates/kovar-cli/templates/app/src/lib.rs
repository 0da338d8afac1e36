//! Notes: a small API on SQLite.

pub mod clock;
pub mod notes;

use kovar::data::Migrations;
use kovar::prelude::*;

use crate::clock::Clock;
use crate::notes::{create_note, delete_note, get_note, list_notes, update_note};

/// The tables, in the order in which they came to be.
pub static MIGRATIONS: Migrations = kovar::migrations!["../migrations/0001_create_notes.sql"];

/// The app: its operations, and what people read about it.
pub fn app() -> App {
    App::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .description("Notes with a title and a body. Everybody may read and write them.")
        .tag("notes", "What was written down")
        .provide(Clock::System)
        .mount(operations![
            create_note,
            get_note,
            list_notes,
            update_note,
            delete_note
        ])
}
