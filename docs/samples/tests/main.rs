//! Runs every sample of the guide, and checks its tables against the code.

mod suite;
