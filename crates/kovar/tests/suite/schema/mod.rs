//! `#[schema]`: what it reads, refuses and documents.

mod agreement;
mod mistakes;
