//! What the axum app and the actix-web app share: the types with their rules, and where they are kept.

pub mod orders;
pub mod price;
pub mod products;
pub mod shelf;

use serde::Serialize;

/// What `GET /json` answers.
#[derive(Serialize)]
pub struct Greeting {
    pub message: &'static str,
}

/// What each of the thousand operations answers.
#[derive(Serialize)]
pub struct Answer {
    pub operation: u32,
    pub id: u64,
}

/// What one workload needs beyond the standard app.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    Standard,
    Operations,
    Compression,
}

impl Variant {
    pub fn from_environment() -> Self {
        match std::env::var("BENCH_APP").as_deref() {
            Ok("operations") => Self::Operations,
            Ok("compression") => Self::Compression,
            _ => Self::Standard,
        }
    }
}

/// The address after the program's name.
pub fn address() -> String {
    std::env::args().nth(1).expect("the address to listen at is the first argument")
}
