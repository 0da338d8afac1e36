mod compile_errors;
mod everything;
mod fastapi;
mod schema;
mod start;
