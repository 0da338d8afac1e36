mod compression;
mod cors;
mod csrf;
mod hosts;
mod rate_limit;
mod security_headers;
mod together;
