//! The command `kovar` as a person runs it.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod dev;
mod house;
mod http;
mod lifecycle;
mod listing;
mod products;
mod reload;
mod suite;
