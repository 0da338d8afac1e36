mod compile_errors;
mod detached;
mod everything;
mod fastapi;
mod schema;
mod start;
