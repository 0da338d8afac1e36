//! What `kovar-data` promises, on real files.

mod concurrency;
mod crash;
mod file;
mod migrations;
mod queries;
mod transactions;
mod values;
