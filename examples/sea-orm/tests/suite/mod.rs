mod beside;
mod commands;
mod document;
mod metrics;
mod products;
mod shop;
mod transaction;
