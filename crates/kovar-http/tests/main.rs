//! Whole apps, asked as clients ask them, in one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod suite;
