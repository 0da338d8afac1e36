//! What `kovar-data` promises, and the examples, on a real PostgreSQL.

use std::process::Command;

use crate::checks::rust::counted_tests;
use crate::checks::sea_orm;
use crate::tally::Tally;
use crate::toolbox::postgres::{PgBouncer, Postgres};
use crate::workshop::Workshop;

/// As many as the tests of a package may use.
const DATABASES: usize = 20;

/// Runs tests of a package that any database passes, each on one of its own. Those of several runs are called differently.
fn on_databases(server: &Postgres, package: &str, run: &str, cargo: &mut Command) -> Result<Tally, String> {
    for number in 0..DATABASES {
        server.create(&format!("{run}_{number}"))?;
    }
    let databases = format!("{}_TEST_DATABASES", package.to_uppercase());
    counted_tests(cargo.env(databases, format!("{}/{run}_", server.url())))
}

/// Runs such tests of another package.
fn elsewhere(workshop: &Workshop, server: &Postgres, package: &str, suite: &str) -> Result<Tally, String> {
    let mut cargo = workshop.cargo();
    let tests = format!("suite::{suite}");
    cargo.args(["test", "--package", package, "--all-features", "--test", "main", "--no-fail-fast", &tests]);
    on_databases(server, package, suite, &mut cargo)
}

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let server = Postgres::start()?;
    let bouncer = PgBouncer::start(&server)?;
    let mut cargo = workshop.cargo();
    cargo.args(["test", "--package", "kovar-data", "--features", "tls", "--test", "postgres", "--no-fail-fast"]);
    cargo.env("KOVAR_TEST_POSTGRES", server.url()).env("KOVAR_TEST_POSTGRES_CERTIFICATE", server.certificate());
    let mut tally = counted_tests(cargo.env("KOVAR_TEST_PGBOUNCER", bouncer.url()))?;
    tally += elsewhere(workshop, &server, "kovar", "durable")?;
    tally += elsewhere(workshop, &server, "kovar", "idempotency")?;
    tally += elsewhere(workshop, &server, "kovar", "retried")?;
    tally += elsewhere(workshop, &server, "products", "products")?;
    tally += elsewhere(workshop, &server, "shortener", "links")?;
    tally += on_databases(&server, "sea_orm", "sea_orm", &mut sea_orm::test(workshop))?;
    Ok(tally)
}
