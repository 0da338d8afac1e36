//! The databases behind a [`Db`](crate::Db) and a [`Tx`](crate::Tx).
//!
//! PostgreSQL's futures lose their types here: they are deep, and an app's own, which hold them, are deep as well. The
//! compiler looks into a future to a limit, and past it an app would not build.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::mpsc;

use crate::check::Described;
use crate::error::Kind;
use crate::explain::Plan;
use crate::listener::Listener;
use crate::options::Options;
use crate::postgres::{self, Postgres};
use crate::rows::Rows;
use crate::sqlite::{self, Sqlite};
use crate::{Error, MigrationStatus, Migrations, Parameter, Statement, sql};

/// What a database is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Load {
    /// Single statements that read: those under way on PostgreSQL's lanes, those in line on SQLite.
    pub reading: usize,
    /// Single statements in line to write.
    pub writing: usize,
    /// Connections that a transaction, a stream or a slow statement has to itself. PostgreSQL only.
    pub lent: usize,
    /// How many of those there may be. PostgreSQL only.
    pub most_lent: usize,
    /// Connections that single statements share. PostgreSQL only.
    pub lanes: usize,
}

/// Which of a statement's rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fetch {
    Nothing,
    /// One, and another to see whether there are more.
    UpToTwo,
    All,
}

/// What a statement gave.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) rows: Rows,
    /// How many rows it inserted, updated or deleted.
    pub(crate) changed: u64,
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    Rollback,
}

/// Rows on their way, a few at a time.
pub(crate) enum Batches {
    Whole(Option<Rows>),
    Sqlite(mpsc::Receiver<Result<Rows, Error>>),
    Postgres(Box<postgres::Streamed>),
}

impl Batches {
    pub(crate) async fn next(&mut self) -> Result<Option<Rows>, Error> {
        match self {
            Self::Whole(rows) => Ok(rows.take()),
            Self::Sqlite(rows) => rows.recv().await.transpose(),
            Self::Postgres(rows) => rows.next().await,
        }
    }
}

/// Whose SQL a database understands, for the few statements that cannot be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// `SQLite`'s.
    Sqlite,
    /// `PostgreSQL`'s.
    Postgres,
}

impl Dialect {
    /// An expression: the database's clock, as milliseconds since 1970.
    pub fn now_ms(self) -> Statement {
        match self {
            Self::Sqlite => sql!("cast(unixepoch('subsec') * 1000 as integer)"),
            Self::Postgres => sql!("(extract(epoch from clock_timestamp()) * 1000)::bigint"),
        }
    }
}

/// How strictly a transaction is kept apart from those beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what is committed when it begins. PostgreSQL's default.
    #[default]
    ReadCommitted,
    /// All statements see what was committed when the first began.
    RepeatableRead,
    /// As if transactions ran one after the other. One that cannot be is refused as a
    /// [conflict](Error::is_conflict).
    Serializable,
}

#[derive(Clone, Debug)]
pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

#[derive(Debug)]
pub(crate) enum Transaction {
    Sqlite(sqlite::Transaction),
    Postgres(postgres::Transaction),
}

/// Where a database is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Sqlite(sqlite::Place),
    Postgres(Box<postgres::Server>),
}

impl Place {
    /// The URL stays out of the messages: it may hold a password.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => sqlite::Place::parse(url).map(Self::Sqlite),
            Some("postgres" | "postgresql") => postgres::Server::parse(url).map(Box::new).map(Self::Postgres),
            _ => Err(Error::url("is of an unknown kind")),
        }
    }
}

impl Engine {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) async fn open(place: Place, options: &Options) -> Result<Self, Error> {
        Ok(match place {
            Place::Sqlite(place) => Self::Sqlite(Sqlite::open(place, options).await?),
            Place::Postgres(server) => Self::Postgres(Postgres::open(*server, options).boxed().await?),
        })
    }

    pub(crate) async fn run(&self, statement: Arc<Statement>, fetch: Fetch) -> Result<Answer, Error> {
        match self {
            Self::Sqlite(engine) => engine.run(statement, fetch).await,
            Self::Postgres(engine) => engine.run(statement, fetch).boxed().await,
        }
    }

    /// How the database goes about a statement, where it says so.
    pub(crate) async fn explain(&self, statement: &Arc<Statement>) -> Result<Option<Plan>, Error> {
        match self {
            Self::Sqlite(engine) => engine.explain(statement).await,
            Self::Postgres(engine) => engine.explain(statement).boxed().await,
        }
    }

    /// What the database says of a statement's text.
    pub(crate) async fn describe(&self, text: &str) -> Result<Described, Error> {
        match self {
            Self::Sqlite(engine) => engine.describe(text.to_owned()).await,
            Self::Postgres(engine) => engine.describe(text).boxed().await,
        }
    }

    pub(crate) fn load(&self) -> Load {
        match self {
            Self::Sqlite(engine) => engine.load(),
            Self::Postgres(engine) => engine.load(),
        }
    }

    pub(crate) async fn stream(&self, statement: Arc<Statement>) -> Result<Batches, Error> {
        match self {
            Self::Sqlite(engine) => engine.stream(statement).await,
            Self::Postgres(engine) => engine.stream(&statement).boxed().await.map(Box::new).map(Batches::Postgres),
        }
    }

    /// Runs all or none.
    pub(crate) async fn batch(&self, statements: Vec<Arc<Statement>>) -> Result<Vec<u64>, Error> {
        match self {
            Self::Sqlite(engine) => engine.batch(statements).await,
            Self::Postgres(engine) => engine.batch(&statements).boxed().await,
        }
    }

    pub(crate) async fn insert_many(&self, target: &Statement, rows: Vec<Vec<Parameter>>) -> Result<u64, Error> {
        match self {
            Self::Sqlite(engine) => {
                let inserts = rows.into_iter().map(|row| Arc::new(target.insert(row))).collect();
                Ok(engine.batch(inserts).await?.into_iter().sum())
            }
            Self::Postgres(engine) => engine.insert_many(target, &rows).boxed().await,
        }
    }

    /// SQLite's transactions are serializable whatever is asked for.
    pub(crate) async fn begin(&self, isolation: Isolation) -> Result<Transaction, Error> {
        Ok(match self {
            Self::Sqlite(engine) => Transaction::Sqlite(engine.begin().await?),
            Self::Postgres(engine) => Transaction::Postgres(engine.begin(isolation).boxed().await?),
        })
    }

    pub(crate) async fn migrate(&self, migrations: Migrations) -> Result<Vec<String>, Error> {
        match self {
            Self::Sqlite(engine) => engine.migrate(migrations).await,
            Self::Postgres(engine) => engine.migrate(migrations).boxed().await,
        }
    }

    pub(crate) async fn redo_migration(&self, migrations: Migrations) -> Result<String, Error> {
        match self {
            Self::Sqlite(engine) => engine.redo_migration(migrations).await,
            Self::Postgres(engine) => engine.redo_migration(migrations).boxed().await,
        }
    }

    pub(crate) async fn migration_status(&self, migrations: Migrations) -> Result<Vec<MigrationStatus>, Error> {
        match self {
            Self::Sqlite(engine) => engine.migration_status(migrations).await,
            Self::Postgres(engine) => engine.migration_status(migrations).boxed().await,
        }
    }

    pub(crate) async fn listen(&self, channels: Vec<String>) -> Result<Listener, Error> {
        match self {
            Self::Sqlite(_) => Err(Error::new(Kind::Other, "SQLite notifies nobody: listening is for PostgreSQL")),
            Self::Postgres(engine) => engine.listen(&channels).boxed().await,
        }
    }

    pub(crate) async fn backup(&self, to: PathBuf) -> Result<(), Error> {
        match self {
            Self::Sqlite(engine) => engine.backup(to).await,
            Self::Postgres(_) => Err(Error::new(
                Kind::Other,
                "PostgreSQL has a program for backups: pg_dump --format=custom --file=FILE URL",
            )),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(engine) => engine.close().await,
            Self::Postgres(engine) => engine.close(),
        }
    }
}

impl Transaction {
    pub(crate) async fn run(&self, statement: Arc<Statement>, fetch: Fetch) -> Result<Answer, Error> {
        match self {
            Self::Sqlite(transaction) => transaction.run(statement, fetch).await,
            Self::Postgres(transaction) => transaction.run(&statement, fetch).boxed().await,
        }
    }

    pub(crate) async fn insert_many(&self, target: &Statement, rows: Vec<Vec<Parameter>>) -> Result<u64, Error> {
        match self {
            Self::Sqlite(transaction) => {
                let mut inserted = 0;
                for row in rows {
                    inserted += transaction.run(target.insert(row).into(), Fetch::Nothing).await?.changed;
                }
                Ok(inserted)
            }
            Self::Postgres(transaction) => transaction.insert_many(target, &rows).boxed().await,
        }
    }

    pub(crate) async fn end(&self, end: End) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.end(end).await,
            Self::Postgres(transaction) => transaction.end(end).boxed().await,
        }
    }
}
