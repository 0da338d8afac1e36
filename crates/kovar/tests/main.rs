//! Everything that a user of the facade relies on, in one binary.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![expect(clippy::box_collection, clippy::large_enum_variant, reason = "generated schemas combine everything")]
#![expect(clippy::too_many_arguments, reason = "one operation takes every scheme at once")]
#![expect(clippy::needless_pass_by_value, reason = "test data is handed over as it is written")]

mod suite;
