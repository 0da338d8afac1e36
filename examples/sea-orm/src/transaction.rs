//! A transaction as a value of the request: what Kovar's `Tx` does, for an ORM.
//!
//! SeaORM's own `transaction(|tx| …)` would commit inside the operation, before Kovar has the answer, and would have to
//! be written around each. Its `DatabaseTransaction` is committed by value, which a shared value of the request cannot
//! be; so it lies in an `Option` that whoever ends it takes it from. What is missing is `TransactionTrait`, for savepoints
//! and for what SeaORM saves together with its relations.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use kovar::Outcome;
use kovar::prelude::*;
use sea_orm::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqliteTransactionMode, SqlxError, Statement, TransactionOptions, TransactionTrait as _,
};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

// ANCHOR: provider
/// A transaction of one request. Entities take it where they take a connection: `row.insert(&*tx)`.
#[derive(Debug)]
pub struct Transaction {
    open: Mutex<Option<DatabaseTransaction>>,
    backend: DbBackend,
    /// PostgreSQL would answer `commit` with a rollback, and that is no error to sqlx.
    has_failed: AtomicBool,
}

/// Begins one when everything about a request is accepted, and commits before a success is sent. A value that is
/// dropped unfinished, by a panic, the deadline, or a client that went away, rolls back.
pub fn transactions() -> Provider {
    Provider::per_request(begin).finish(finish)
}

async fn begin(database: Dep<DatabaseConnection>) -> Result<Transaction, TransactionProblem> {
    // On SQLite it waits for its turn to write here, and not between its first read and its first write.
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
    let open = database.begin_with_options(options).await.map_err(problem)?;
    let backend = database.get_database_backend();
    Ok(Transaction { open: Mutex::new(Some(open)), backend, has_failed: AtomicBool::new(false) })
}

async fn finish(transaction: Arc<Transaction>, outcome: Outcome) -> Result<(), TransactionProblem> {
    let Some(open) = transaction.open.lock().await.take() else { return Ok(()) };
    let ended = match (outcome, transaction.unless_failed()) {
        (Outcome::Success, Ok(())) => open.commit().await,
        (Outcome::Success, failed) => open.rollback().await.and(failed),
        (Outcome::Failure, _) => open.rollback().await,
    };
    ended.map_err(problem)
}
// ANCHOR_END: provider

impl Transaction {
    /// The transaction, if it is neither over nor undone.
    async fn open(&self) -> Result<MappedMutexGuard<'_, DatabaseTransaction>, DbErr> {
        self.unless_failed()?;
        let open = self.open.lock().await;
        MutexGuard::try_map(open, Option::as_mut).map_err(|_| DbErr::Custom("the transaction is over".to_owned()))
    }

    fn unless_failed(&self) -> Result<(), DbErr> {
        match self.has_failed.load(Relaxed) {
            true => Err(DbErr::Custom("the transaction is undone: one of its statements was refused".to_owned())),
            false => Ok(()),
        }
    }

    /// Remembers that a statement was refused.
    fn noticing<T>(&self, outcome: Result<T, DbErr>) -> Result<T, DbErr> {
        self.has_failed.fetch_or(outcome.is_err(), Relaxed);
        outcome
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.noticing(self.open().await?.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.noticing(self.open().await?.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.noticing(self.open().await?.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.noticing(self.open().await?.query_all_raw(statement).await)
    }
}

/// What can go wrong with a transaction as a whole.
#[problem]
#[derive(Debug)]
pub enum TransactionProblem {
    /// The database is busy.
    ///
    /// Nothing has happened. The request may be sent again.
    #[status(503)]
    #[code("/problems/unavailable")]
    #[header("retry-after", "1")]
    #[log("{source}")]
    Busy {
        /// What SeaORM says.
        #[internal]
        source: DbErr,
    },
}

fn problem(cause: DbErr) -> TransactionProblem {
    if is_passing(&cause) { TransactionProblem::Busy { source: cause } } else { cause.into() }
}

/// Whether it may succeed if it is tried again: no connection was free, SQLite's writer was busy (5), or PostgreSQL has
/// let another transaction go first (class 40).
fn is_passing(error: &DbErr) -> bool {
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(cause) = cause else { return false };
    let SqlxError::Database(cause) = &**cause else { return false };
    cause.code().is_some_and(|code| code == "5" || code.starts_with("40"))
}
