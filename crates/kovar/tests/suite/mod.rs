mod compile_errors;
mod detached;
mod everything;
mod fastapi;
#[cfg(feature = "data")]
mod idempotency;
mod schema;
mod start;
#[cfg(feature = "data")]
mod statements;
