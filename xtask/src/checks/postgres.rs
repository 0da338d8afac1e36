//! What `kovar-data` promises, on a real PostgreSQL.

use crate::checks::rust::counted_tests;
use crate::tally::Tally;
use crate::toolbox::postgres::Postgres;
use crate::workshop::Workshop;

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let server = Postgres::start()?;
    let mut cargo = workshop.cargo();
    cargo.args(["test", "--package", "kovar-data", "--test", "postgres", "--no-fail-fast"]);
    counted_tests(cargo.env("KOVAR_TEST_POSTGRES", server.url()))
}
