//! The same small app twice: on Kovar, and on plain axum with serde and garde.

pub mod on_axum;
pub mod on_kovar;
pub mod work;
