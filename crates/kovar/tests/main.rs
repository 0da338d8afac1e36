//! Everything that a user of the facade relies on, in one binary.

mod suite;
