//! The documents of an app: OpenAPI from its signatures, and the pages that show it.

mod openapi;
pub mod pages;

pub use self::openapi::{Contact, Info, License, Server, Tag};
pub(crate) use self::openapi::{DocumentParts, DocumentedOperation};
