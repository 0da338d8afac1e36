//! The samples of the guide, one file for each; `tests/` runs them all.

pub mod database;
pub mod dependencies;
pub mod documents;
pub mod live;
pub mod operations;
pub mod program;
pub mod responses;
pub mod schemas;
pub mod security;
