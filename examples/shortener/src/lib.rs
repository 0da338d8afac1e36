//! Short links: who follows one is sent on, and counted.

pub mod clicks;
pub mod links;

use kovar::data::Migrations;
use kovar::prelude::*;

use crate::clicks::Clicks;
use crate::links::{create_link, delete_link, follow, link_stats, list_links};

/// The tables, in the order in which they came to be.
pub static MIGRATIONS: Migrations = kovar::migrations!["../migrations/0001_create_links.sql"];

/// The app: its operations, and what people read about it.
pub fn app() -> App {
    App::new("Short links", env!("CARGO_PKG_VERSION"))
        .description("A short link sends whoever follows it on to a long one, and counts them.")
        .tag("links", "Short links and what became of them")
        .provide(Clicks::default())
        .on_start(clicks::write_regularly)
        .on_stop(clicks::write_rest)
        .mount(operations![create_link, list_links, link_stats, delete_link, follow])
}
