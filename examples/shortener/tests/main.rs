//! Short links as their clients meet them, and the program as a person meets it.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod suite;
