mod compile_errors;
mod everything;
mod schema;
