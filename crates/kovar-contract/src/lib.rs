//! Schemas, rules and issues: the contract of an app, and the documents made from it.
//!
//! This crate does no input or output and nothing asynchronous.

mod attempt;
pub mod catalog;
pub mod compat;
pub mod diagnose;
pub mod input;
pub mod issue;
pub mod json;
pub mod json_schema;
#[doc(hidden)]
pub mod macro_support;
pub mod rule;
pub mod schema;
pub mod shape;
mod soundness;
pub mod text;
pub mod typescript;

pub use self::catalog::{Catalog, Described};
pub use self::input::{Parameter, Unreadable, read_json, read_text, read_value};
pub use self::issue::{Invalid, Issue, Segment};
pub use self::rule::{Bound, Pattern, Rules};
pub use self::schema::{Base64, Direction, Email, Hex, Input, Output, Patch, Schema, Secret};
