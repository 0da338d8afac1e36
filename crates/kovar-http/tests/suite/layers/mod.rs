mod compression;
mod cors;
mod csrf;
mod hosts;
mod security_headers;
mod together;
