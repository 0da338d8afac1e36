//! Applying migrations.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::error::{Error, Kind};
use crate::migrations::applied::{Applied, Entries, compare, last, next, refuse};
use crate::sqlite::connection::set_busy_wait;
use crate::{Migration, MigrationStatus, Migrations};

/// How long a process waits while another one applies a migration, which may rebuild a large table.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(600);

/// How long it waits before it says so.
const WAIT_IN_SILENCE: Duration = Duration::from_secs(2);

const CREATE_TABLE: &str = "create table if not exists _kovar_migrations (
    name text primary key, checksum text not null, applied_at text not null
) strict";

/// Applies what is not applied yet, and gives the names of that.
pub(super) fn migrate(
    connection: &Connection,
    migrations: Migrations,
    wait: Option<Duration>,
) -> Result<Vec<String>, Error> {
    if is_done(connection, migrations)? {
        return Ok(Vec::new());
    }
    at_leisure(connection, wait, || apply_all(connection, migrations))
}

/// Whether there is nothing to apply. Who asks waits for nobody who writes.
fn is_done(connection: &Connection, migrations: Migrations) -> Result<bool, Error> {
    let has_table = connection.table_exists(None, "_kovar_migrations")?;
    Ok(has_table && next(migrations, &read_applied(connection)?)?.is_none())
}

/// Undoes the last one that is applied, applies it again, and gives its name.
pub(super) fn redo(connection: &Connection, migrations: Migrations, wait: Option<Duration>) -> Result<String, Error> {
    at_leisure(connection, wait, || in_transaction(connection, || undo_and_apply(connection, migrations)))
}

fn at_leisure<T>(
    connection: &Connection,
    wait: Option<Duration>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    // Rebuilding a table drops it, which with foreign keys on would delete what points at it. This pragma does
    // nothing inside a transaction, so it cannot be left to the migration.
    connection.execute_batch("pragma foreign_keys = off")?;
    let outcome = work();
    connection.execute_batch("pragma foreign_keys = on")?;
    set_busy_wait(connection, wait)?;
    outcome
}

fn apply_all(connection: &Connection, migrations: Migrations) -> Result<Vec<String>, Error> {
    let mut applied = Vec::new();
    while let Some(name) = in_transaction(connection, || apply_next(connection, migrations))? {
        applied.push(name);
    }
    Ok(applied)
}

fn in_transaction<T>(connection: &Connection, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    begin(connection)?;
    let outcome = work().and_then(|value| {
        connection.execute_batch("commit")?;
        Ok(value)
    });
    if outcome.is_err() && !connection.is_autocommit() {
        connection.execute_batch("rollback")?;
    }
    outcome
}

/// Begins immediately, so that what is read about the applied ones is still true when the next one is.
fn begin(connection: &Connection) -> Result<(), Error> {
    let begin = |wait: Duration| {
        set_busy_wait(connection, Some(wait))?;
        connection.execute_batch("begin immediate").map_err(Error::from)
    };
    match begin(WAIT_IN_SILENCE) {
        Err(error) if error.is_busy() => {
            tracing::warn!("another process holds the database: waiting for up to {WAIT_FOR_OTHERS:?}");
            begin(WAIT_FOR_OTHERS)
        }
        outcome => outcome,
    }
}

/// Applies the first that is not applied, if there is one.
fn apply_next(connection: &Connection, migrations: Migrations) -> Result<Option<String>, Error> {
    connection.execute_batch(CREATE_TABLE)?;
    let applied = read_applied(connection)?;
    let Some(migration) = next(migrations, &applied)? else { return Ok(None) };
    apply(connection, migration).map_err(|error| error.of_kind(Kind::Migration).about(migration.name()))?;
    Ok(Some(migration.name().to_owned()))
}

fn undo_and_apply(connection: &Connection, migrations: Migrations) -> Result<String, Error> {
    connection.execute_batch(CREATE_TABLE)?;
    let (migration, down) = last(migrations, &read_applied(connection)?)?;
    let name = migration.name();
    undo(connection, name, down).map_err(|error| error.of_kind(Kind::Migration).about(&format!("undoing {name}")))?;
    apply(connection, migration).map_err(|error| error.of_kind(Kind::Migration).about(name))?;
    Ok(name.to_owned())
}

fn undo(connection: &Connection, name: &str, down: &str) -> Result<(), Error> {
    run(connection, down)?;
    connection.execute("delete from _kovar_migrations where name = ?1", [name])?;
    Ok(())
}

/// Runs the SQL of a migration, or what undoes it.
fn run(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection.execute_batch(sql)?;
    if connection.is_autocommit() {
        return Err(refuse("a migration must not end its transaction, which Kovar commits"));
    }
    Ok(())
}

fn apply(connection: &Connection, migration: &Migration) -> Result<(), Error> {
    run(connection, migration.up())?;
    check_foreign_keys(connection)?;
    connection.execute(
        "insert into _kovar_migrations (name, checksum, applied_at) values (?1, ?2, ?3)",
        (migration.name(), migration.checksum(), format!("{:.9}", Timestamp::now())),
    )?;
    Ok(())
}

fn check_foreign_keys(connection: &Connection) -> Result<(), Error> {
    let broken = connection
        .query_row("pragma foreign_key_check", [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(2)?)))
        .optional()?;
    broken.map_or(Ok(()), |(table, parent)| {
        Err(refuse(&format!("rows of `{table}` would point at no row of `{parent}`")))
    })
}

/// How the database and the app compare, by name.
pub(super) fn status(connection: &Connection, migrations: Migrations) -> Result<Vec<MigrationStatus>, Error> {
    let applied = match connection.table_exists(None, "_kovar_migrations")? {
        true => read_applied(connection)?,
        false => Entries::new(),
    };
    Ok(compare(migrations, &applied))
}

fn read_applied(connection: &Connection) -> Result<Entries, Error> {
    let mut query = connection.prepare("select name, checksum, applied_at from _kovar_migrations")?;
    let entries = query
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?;
    entries
        .map(|entry| {
            let (name, checksum, at) = entry?;
            let at = at.parse().map_err(|_| refuse(&format!("the entry of {name} has no valid time")))?;
            Ok((name, Applied { checksum, at }))
        })
        .collect()
}
