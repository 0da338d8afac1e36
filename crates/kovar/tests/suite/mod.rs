mod compile_errors;
mod detached;
#[cfg(all(feature = "data", feature = "live"))]
mod durable;
mod everything;
mod fastapi;
#[cfg(feature = "data")]
mod idempotency;
#[cfg(feature = "data")]
mod outbox;
#[cfg(feature = "data")]
mod retried;
mod schema;
mod start;
#[cfg(feature = "data")]
mod statements;
