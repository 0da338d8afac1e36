//! Typed operations on axum: what an operation takes and gives is its signature, and the signature
//! is what is enforced, documented, and typed on the other side.

pub mod app;
mod context;
#[cfg(feature = "data")]
pub mod data;
pub mod dependency;
pub mod describe;
pub mod detached;
pub mod documents;
mod endpoint;
mod error;
pub mod extract;
pub mod group;
pub mod handler;
pub mod health;
#[cfg(feature = "data")]
pub mod idempotency;
#[cfg(not(feature = "data"))]
#[path = "idempotency/none.rs"]
mod idempotency;
pub mod layers;
pub mod metrics;
pub mod operation;
pub mod problem;
mod request_id;
pub mod request_log;
pub mod respond;
mod router;
pub mod security;
#[cfg(not(feature = "data"))]
mod tally;
pub mod testing;
pub mod trace;
mod type_name;

#[doc(hidden)]
pub use http::{HeaderName, Method};

pub use self::context::RequestContext;
pub use self::error::StartError;
pub use self::request_id::{RequestId, X_REQUEST_ID};
