//! The chat as its clients meet it, over sockets.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod suite;
