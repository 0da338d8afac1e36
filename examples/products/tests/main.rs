//! The product API as its clients meet it, and its binary as a person meets it.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod suite;
