//! The product API on SeaORM as its clients meet it, and what its transactions keep.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod suite;
