//! What `kovar-data` promises, on a real PostgreSQL: `cargo xtask test --only postgres` starts one, or
//! `KOVAR_TEST_POSTGRES` names one whose user may create databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod failures;
mod faults;
mod history;
mod lanes;
mod listening;
mod migrations;
mod proxy;
mod secure;
mod server;
#[path = "../shared/mod.rs"]
mod shared;
mod slow;
mod types;

shared::promises!(crate::server::empty);

mod behind_pgbouncer {
    crate::shared::promises!(crate::server::empty_behind_pgbouncer);
}
