//! What the axum apps share: all but how they talk to their database.

pub mod clicks;
pub mod products;
pub mod server;
pub mod store;

/// As many as every peer has.
pub const CONNECTIONS: u32 = 20;

/// Where the database is.
pub fn database_url() -> String {
    std::env::var("DATABASE_URL").expect("DATABASE_URL says where the database is")
}
