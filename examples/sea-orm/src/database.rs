//! The pool of connections, and the tables that it finds.
//!
//! Migrations are plain SQL, carried out by sqlx, which is there anyway and compares what was applied with what is
//! listed. `sea-orm-migration` would write them in Rust, once for both databases, and turns on all of SeaORM's default
//! features.

use std::path::Path;
use std::time::Duration;

use kovar::prelude::*;
use kovar::settings::DatabaseUrl;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr};
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

use crate::statements::Statements;

/// How long a request waits for a connection, and then, on SQLite, for its turn to write.
const WAIT: Duration = Duration::from_secs(5);

/// The most connections of the pool.
pub const CONNECTIONS: u32 = 10;

/// The tables, in the order in which they came to be. SeaORM translates statements, and not what is written by hand.
const ON_POSTGRES: [(i64, &str, &str); 2] = [
    (1, "create products", include_str!("../migrations/postgres/0001_create_products.sql")),
    (2, "create tokens", include_str!("../migrations/postgres/0002_create_tokens.sql")),
];

/// The same with SQLite's types.
const ON_SQLITE: [(i64, &str, &str); 2] = [
    (1, "create products", include_str!("../migrations/sqlite/0001_create_products.sql")),
    (2, "create tokens", include_str!("../migrations/sqlite/0002_create_tokens.sql")),
];

// ANCHOR: connect
/// Opens the database and migrates it.
///
/// # Errors
///
/// When it cannot be reached, or has other migrations than are listed here.
pub async fn connect(url: Dep<DatabaseUrl>, statements: Dep<Statements>) -> kovar::Result<DatabaseConnection> {
    make_folder(url.as_str())?;
    let mut options = ConnectOptions::new(url.as_str());
    // SeaORM's default for SQLite is one connection, for which reads would wait while a transaction is open.
    options.max_connections(CONNECTIONS).acquire_timeout(WAIT).sqlx_logging(false).map_sqlx_sqlite_opts(sqlite);
    let mut database = Database::connect(options).await?;
    database.set_metric_callback(move |statement| statements.record(statement));
    migrate(&database).await?;
    Ok(database)
}
// ANCHOR_END: connect

/// Whether the database answers.
///
/// # Errors
///
/// When it does not.
pub async fn answers(database: Dep<DatabaseConnection>) -> Result<(), DbErr> {
    database.ping().await
}

/// Closes the connections, so that SQLite leaves one file.
///
/// # Errors
///
/// None: a pool that is closed already stays closed.
pub async fn close(database: Dep<DatabaseConnection>) -> Result<(), DbErr> {
    database.close_by_ref().await
}

fn sqlite(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal).busy_timeout(WAIT)
}

/// SQLite makes the file, and not the folder that it is in.
fn make_folder(url: &str) -> std::io::Result<()> {
    let path = url.strip_prefix("sqlite://").map(Path::new);
    path.and_then(Path::parent).map_or(Ok(()), std::fs::create_dir_all)
}

async fn migrate(database: &DatabaseConnection) -> Result<(), MigrateError> {
    match database.get_database_backend() {
        DbBackend::Postgres => migrator(ON_POSTGRES).run(database.get_postgres_connection_pool()).await,
        _ => migrator(ON_SQLITE).run(database.get_sqlite_connection_pool()).await,
    }
}

fn migrator(migrations: [(i64, &'static str, &'static str); 2]) -> Migrator {
    let migrations = migrations.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.into())
}
