//! A transaction, as an app holds it.

mod after_commit;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use serde::de::DeserializeOwned;

use self::after_commit::AfterCommit;
use crate::engine::{Answer, End, Fetch, Transaction};
use crate::error::{Error, Kind};
use crate::watch::Watcher;
use crate::{Dialect, Gives, Statement, ToRow, sql};

/// An open transaction, begun by [`Db::begin`](crate::Db::begin). Dropping it rolls back.
///
/// It sees its own changes; nobody else sees them before [`commit`](Self::commit). After `commit` or
/// [`rollback`](Self::rollback), whether they succeeded or not, every call is an error that
/// [`is_closed`](Error::is_closed).
///
/// A statement that the database refuses ends the transaction: those after it are refused, and so is the commit. That is
/// PostgreSQL's rule, and SQLite's is made the same, so that an app does not behave otherwise on the other. What may
/// fail is tried in an [`attempt`](Self::attempt).
///
/// ```
/// # use kovar_data::{Db, sql};
/// # async fn example(db: Db, from: i64, to: i64) -> Result<(), kovar_data::Error> {
/// let tx = db.begin().await?;
/// tx.execute(sql!("update accounts set balance = balance - 1 where id = {from}")).await?;
/// tx.execute(sql!("update accounts set balance = balance + 1 where id = {to}")).await?;
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a transaction that is dropped rolls back"]
pub struct Tx {
    transaction: Transaction,
    watcher: Watcher,
    /// Whether a statement was refused, and nobody has undone what was around it.
    has_failed: AtomicBool,
    has_messages: AtomicBool,
    after_commit: AfterCommit,
}

impl Tx {
    /// Runs a statement that returns one row, and gives that row.
    ///
    /// # Errors
    ///
    /// As [`Db::one`](crate::Db::one).
    pub async fn one<T: DeserializeOwned>(&self, statement: impl Gives<T>) -> Result<T, Error> {
        let statement = statement.into_statement();
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::UpToTwo).await;
        answer.and_then(|answer| answer.rows.one()).map_err(|error| error.at(origin))
    }

    /// Runs a statement that returns one row or none.
    ///
    /// # Errors
    ///
    /// As [`Db::optional`](crate::Db::optional).
    pub async fn optional<T: DeserializeOwned>(&self, statement: impl Gives<T>) -> Result<Option<T>, Error> {
        let statement = statement.into_statement();
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::UpToTwo).await;
        answer.and_then(|answer| answer.rows.optional()).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives all rows that it returns.
    ///
    /// # Errors
    ///
    /// As [`Db::all`](crate::Db::all).
    pub async fn all<T: DeserializeOwned>(&self, statement: impl Gives<T>) -> Result<Vec<T>, Error> {
        let statement = statement.into_statement();
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::All).await;
        answer.and_then(|answer| answer.rows.all()).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives the number of rows that it inserted, updated or deleted.
    ///
    /// # Errors
    ///
    /// As [`Db::execute`](crate::Db::execute).
    pub async fn execute(&self, statement: Statement) -> Result<u64, Error> {
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::Nothing).await;
        answer.map(|answer| answer.changed).map_err(|error| error.at(origin))
    }

    /// Inserts rows, and gives their number, as [`Db::insert_many`](crate::Db::insert_many) does.
    ///
    /// # Errors
    ///
    /// If a row cannot be inserted; as any statement that is refused, it ends the transaction.
    pub async fn insert_many<R: ToRow>(
        &self,
        target: Statement,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        let rows: Vec<_> = rows.into_iter().map(|row| row.to_row()).collect();
        self.unless_failed()?;
        let inserted = match self.watcher.watch_rows(&target, &rows) {
            Some(watch) => watch.until_counted(self.transaction.insert_many(&target, rows)).await,
            None => return Ok(0),
        };
        self.noticing(inserted).map_err(|error| error.at(target.origin()))
    }

    /// Does something that may fail without taking the transaction along: when it does, what it has changed is undone,
    /// and nothing else.
    ///
    /// It is a savepoint. Attempts may be inside each other, but not beside each other in joined futures.
    ///
    /// ```
    /// # use kovar_data::{Tx, sql};
    /// # async fn example(tx: Tx, name: String) -> Result<(), kovar_data::Error> {
    /// let inserted = tx.attempt(tx.execute(sql!("insert into names values ({name})"))).await;
    /// if inserted.is_err_and(|error| error.is_unique_violation()) {
    ///     tx.execute(sql!("update names set uses = uses + 1 where name = {name}")).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The work's own, and those of the savepoint. Where the work succeeds although one of its statements was refused, it
    /// is undone, and that is an error that [`is_closed`](Error::is_closed).
    pub async fn attempt<T, E: From<Error>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.unless_failed()?;
        self.noticing(self.mark(sql!("savepoint kovar_attempt")).await)?;
        let (mut in_the_middle, before) = (InTheMiddle { tx: self, is_over: false }, self.after_commit.len());
        let outcome = work.await;
        let outcome = match self.has_failed.load(Relaxed) && outcome.is_ok() {
            true => Err(failed_before().into()),
            false => outcome,
        };
        if outcome.is_err() {
            self.mark(sql!("rollback to savepoint kovar_attempt")).await?;
            self.has_failed.store(false, Relaxed);
            self.after_commit.forget_those_after(before);
        }
        self.mark(sql!("release savepoint kovar_attempt")).await?;
        in_the_middle.is_over = true;
        outcome
    }

    /// Makes the changes permanent. They are on the disk when the future is ready.
    ///
    /// # Errors
    ///
    /// If one of the statements was refused, a deferred constraint is violated, or the disk fails; then the transaction
    /// was rolled back. If the connection to the server is lost meanwhile, the outcome is not known
    /// ([`Error::is_in_doubt`]).
    pub async fn commit(&self) -> Result<(), Error> {
        if self.has_failed.load(Relaxed) {
            self.transaction.end(End::Rollback).await?;
            return Err(failed_before());
        }
        self.transaction.end(End::Commit).await?;
        if self.has_messages.load(Relaxed) {
            self.watcher.news().notify_one();
        }
        self.after_commit.run();
        Ok(())
    }

    /// Does something once the transaction is committed, such as telling others what has changed. It is done before
    /// [`commit`](Self::commit) is ready, in the order in which it was asked for, and should be brief: what takes time is
    /// spawned.
    ///
    /// It is not done if the transaction, or the [attempt](Self::attempt) in which it was asked for, is undone; nor if the
    /// outcome is [in doubt](Error::is_in_doubt), or the process dies in between. What must not be lost goes into the
    /// [outbox](crate::Message).
    ///
    /// ```
    /// # use kovar_data::{Db, sql};
    /// # async fn example(db: Db, id: i64) -> Result<(), kovar_data::Error> {
    /// let tx = db.begin().await?;
    /// tx.execute(sql!("delete from products where id = {id}")).await?;
    /// tx.after_commit(move || println!("product {id} is gone"));
    /// tx.commit().await
    /// # }
    /// ```
    pub fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.add(Box::new(action));
    }

    /// Takes the changes back.
    ///
    /// # Errors
    ///
    /// If the transaction is over already ([`Error::is_closed`]).
    pub async fn rollback(&self) -> Result<(), Error> {
        self.transaction.end(End::Rollback).await
    }

    /// Whose SQL this transaction's database understands.
    pub fn dialect(&self) -> Dialect {
        self.watcher.dialect()
    }

    /// Says that its commit is news for the outbox.
    pub(crate) fn has_messages(&self) {
        self.has_messages.store(true, Relaxed);
    }

    pub(crate) fn new(transaction: Transaction, watcher: Watcher) -> Self {
        let (has_failed, has_messages) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { transaction, watcher, has_failed, has_messages, after_commit: AfterCommit::default() }
    }

    async fn run(&self, statement: Statement, fetch: Fetch) -> Result<Answer, Error> {
        self.unless_failed()?;
        let statement = Arc::new(statement);
        let watch = self.watcher.watch(&statement);
        let outcome = self.transaction.run(statement, fetch).await;
        watch.end(&outcome);
        self.noticing(outcome)
    }

    /// Runs a statement of the transaction's own, which nobody counts.
    async fn mark(&self, statement: Statement) -> Result<(), Error> {
        self.transaction.run(statement.into(), Fetch::Nothing).await.map(drop)
    }

    fn unless_failed(&self) -> Result<(), Error> {
        if self.has_failed.load(Relaxed) { Err(failed_before()) } else { Ok(()) }
    }

    /// Remembers what ends the transaction. Other errors have not reached the database, or came after it had done its
    /// work.
    fn noticing<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        if outcome.as_ref().is_err_and(|error| !error.is_parameter_refused() && !error.is_mapping()) {
            self.has_failed.store(true, Relaxed);
        }
        outcome
    }
}

/// An attempt whose future is dropped has undone nothing.
struct InTheMiddle<'t> {
    tx: &'t Tx,
    is_over: bool,
}

impl Drop for InTheMiddle<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.tx.has_failed.store(true, Relaxed);
        }
    }
}

fn failed_before() -> Error {
    Error::new(
        Kind::Closed,
        "the transaction is undone: one of its statements was refused, or an attempt was broken off",
    )
}
