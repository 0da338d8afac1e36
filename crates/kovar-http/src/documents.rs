//! The documents of an app: OpenAPI and AsyncAPI from its signatures, and the pages that show them.

mod asyncapi;
mod info;
mod openapi;
pub mod pages;
mod parts;
mod problem;

pub use self::info::{Contact, Info, License, Server, Tag};
pub(crate) use self::parts::{DocumentParts, DocumentedOperation};
