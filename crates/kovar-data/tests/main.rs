//! What `kovar-data` promises, on real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod backup;
mod closing;
mod concurrency;
mod crash;
mod failures;
mod file;
mod grouping;
mod migrations;
mod queries;
mod shared;
mod slow;
mod transactions;
mod values;

mod alike {
    crate::shared::promises!(crate::file::empty);
}
