mod compile_errors;
mod detached;
mod everything;
mod fastapi;
#[cfg(feature = "data")]
mod idempotency;
#[cfg(feature = "data")]
mod outbox;
mod schema;
mod start;
#[cfg(feature = "data")]
mod statements;
