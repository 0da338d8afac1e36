//! The command `kovar`, run as its users run it.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod suite;
