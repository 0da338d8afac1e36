//! What many callers saw on PostgreSQL, held against what it has: the tests of that name, for longer than a step may take.

use crate::checks::rust::counted_tests;
use crate::tally::Tally;
use crate::toolbox::postgres::Postgres;
use crate::workshop::Workshop;

pub(crate) const FULL: u64 = 1_000_000;

/// How many reads there are for each request that nobody waits for.
const READS_FOR_EACH_CANCELLED: u64 = 100;

/// # Errors
/// When PostgreSQL or the tests cannot be started.
pub(crate) fn run(workshop: &Workshop, reads: u64) -> Result<Tally, String> {
    let server = Postgres::start()?;
    let cancelled = reads.div_ceil(READS_FOR_EACH_CANCELLED);
    let mut cargo = workshop.cargo();
    cargo.args(["test", "--release", "--package", "kovar-data", "--features", "tls", "--test", "postgres"]);
    cargo.args(["history::", "--", "--nocapture", "--test-threads=1"]).env("KOVAR_TEST_POSTGRES", server.url());
    cargo.env("KOVAR_TEST_HISTORY_READS", reads.to_string());
    let mut tally = counted_tests(cargo.env("KOVAR_TEST_HISTORY_CANCELLED", cancelled.to_string()))?;
    tally.note(format!("{reads} reads, {cancelled} cancelled requests"));
    Ok(tally)
}
