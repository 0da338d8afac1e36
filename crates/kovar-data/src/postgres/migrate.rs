//! Applying migrations.

use jiff::Timestamp;
use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::failure::Failure;
use super::pool::Lent;
use crate::error::{Error, Kind};
use crate::migrations::applied::{Applied, Entries, compare, last, next, refuse};
use crate::{Migration, MigrationStatus, Migrations};

/// Whoever holds this lock applies a migration. The number is Kovar's own (`kovar_mi`).
const LOCK: i64 = 0x6b6f_7661_725f_6d69;

const CREATE_TABLE: &str = "create table if not exists _kovar_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null
)";

/// Applies what is not applied yet, and gives the names of that.
pub(super) async fn migrate(lent: Lent, migrations: Migrations) -> Result<Vec<String>, Error> {
    let client = lent.connection().ok_or_else(Error::closed)?.client();
    let mut applied = Vec::new();
    lent.is_busy();
    loop {
        client.batch_execute("begin").await.map_err(failed)?;
        match apply_next(client, migrations).await? {
            Some(name) => {
                client.batch_execute("commit").await.map_err(failed)?;
                applied.push(name);
            }
            None => {
                client.batch_execute("rollback").await.map_err(failed)?;
                lent.is_free();
                return Ok(applied);
            }
        }
    }
}

/// Undoes the last one that is applied, applies it again, and gives its name.
pub(super) async fn redo(lent: Lent, migrations: Migrations) -> Result<String, Error> {
    let client = lent.connection().ok_or_else(Error::closed)?.client();
    lent.is_busy();
    client.batch_execute("begin").await.map_err(failed)?;
    let (migration, down) = last(migrations, &lock_and_read(client).await?)?;
    let name = migration.name();
    let of_migration = |error: Error, subject: &str| error.of_kind(Kind::Migration).about(subject);
    undo(client, name, down).await.map_err(|error| of_migration(error, &format!("undoing {name}")))?;
    apply(client, migration).await.map_err(|error| of_migration(error, name))?;
    client.batch_execute("commit").await.map_err(failed)?;
    lent.is_free();
    Ok(name.to_owned())
}

async fn undo(client: &Client, name: &str, down: &str) -> Result<(), Error> {
    run(client, down).await?;
    let values: [(&(dyn ToSql + Sync), Type); 1] = [(&name, Type::TEXT)];
    client.execute_typed("delete from _kovar_migrations where name = $1", &values).await.map_err(failed)?;
    Ok(())
}

/// What is applied, which nobody else changes until the transaction ends.
async fn lock_and_read(client: &Client) -> Result<Entries, Error> {
    // Others wait here, for as long as a migration takes.
    let lock =
        format!("set local statement_timeout = 0; set local lock_timeout = 0; select pg_advisory_xact_lock({LOCK})");
    client.batch_execute(&lock).await.map_err(failed)?;
    client.batch_execute(CREATE_TABLE).await.map_err(failed)?;
    read_applied(client).await
}

/// Applies the first that is not applied, if there is one.
async fn apply_next(client: &Client, migrations: Migrations) -> Result<Option<String>, Error> {
    let applied = lock_and_read(client).await?;
    let Some(migration) = next(migrations, &applied)? else { return Ok(None) };
    apply(client, migration).await.map_err(|error| error.of_kind(Kind::Migration).about(migration.name()))?;
    Ok(Some(migration.name().to_owned()))
}

/// Runs the SQL of a migration, or what undoes it.
async fn run(client: &Client, sql: &str) -> Result<(), Error> {
    client.batch_execute(sql).await.map_err(failed)?;
    if !holds_lock(client).await? {
        return Err(refuse("a migration must not end its transaction, which Kovar commits"));
    }
    Ok(())
}

async fn apply(client: &Client, migration: &Migration) -> Result<(), Error> {
    run(client, migration.up()).await?;
    let entry = "insert into _kovar_migrations (name, checksum, applied_at) values ($1, $2, $3)";
    let (name, checksum) = (migration.name(), migration.checksum());
    let values: [(&(dyn ToSql + Sync), Type); 3] =
        [(&name, Type::TEXT), (&checksum, Type::TEXT), (&Timestamp::now(), Type::TIMESTAMPTZ)];
    client.execute_typed(entry, &values).await.map_err(failed)?;
    Ok(())
}

/// The lock goes with the transaction that took it.
async fn holds_lock(client: &Client) -> Result<bool, Error> {
    let held = "select exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() \
                and (classid::int8 << 32 | objid::int8) = $1 and granted)";
    Ok(client.query_typed_one(held, &[(&LOCK as &(dyn ToSql + Sync), Type::INT8)]).await.map_err(failed)?.get(0))
}

/// How the database and the app compare, by name.
pub(super) async fn status(lent: Lent, migrations: Migrations) -> Result<Vec<MigrationStatus>, Error> {
    let client = lent.connection().ok_or_else(Error::closed)?.client();
    lent.is_busy();
    let exists = "select to_regclass('_kovar_migrations') is not null";
    let applied = match client.query_typed_one(exists, &[]).await.map_err(failed)?.get(0) {
        true => read_applied(client).await?,
        false => Entries::new(),
    };
    lent.is_free();
    Ok(compare(migrations, &applied))
}

async fn read_applied(client: &Client) -> Result<Entries, Error> {
    let rows =
        client.query_typed("select name, checksum, applied_at from _kovar_migrations", &[]).await.map_err(failed)?;
    Ok(rows.iter().map(|row| (row.get(0), Applied { checksum: row.get(1), at: row.get(2) })).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(cause: tokio_postgres::Error) -> Error {
    Failure::of(&cause).error
}
