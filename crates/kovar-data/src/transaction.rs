//! A transaction, as an app holds it.

use serde::de::DeserializeOwned;

use crate::sqlite::{End, Fetch, Transaction};
use crate::{Error, Statement};

/// An open transaction, begun by [`Db::begin`](crate::Db::begin). Dropping it rolls back.
///
/// It sees its own changes; nobody else sees them before [`commit`](Self::commit). After `commit` or
/// [`rollback`](Self::rollback), whether they succeeded or not, every call is an error that
/// [`is_closed`](Error::is_closed). A statement that fails leaves the transaction open, unless SQLite itself rolled it
/// back (a full disk, `on conflict rollback`), after which it is over as well.
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
}

impl Tx {
    /// Runs a statement that returns one row, and gives that row.
    ///
    /// # Errors
    ///
    /// As [`Db::one`](crate::Db::one).
    pub async fn one<T: DeserializeOwned>(&self, statement: Statement) -> Result<T, Error> {
        let origin = statement.origin();
        let answer = self.transaction.run(statement, Fetch::UpToTwo).await;
        answer.and_then(|answer| answer.rows.one()).map_err(|error| error.at(origin))
    }

    /// Runs a statement that returns one row or none.
    ///
    /// # Errors
    ///
    /// As [`Db::optional`](crate::Db::optional).
    pub async fn optional<T: DeserializeOwned>(&self, statement: Statement) -> Result<Option<T>, Error> {
        let origin = statement.origin();
        let answer = self.transaction.run(statement, Fetch::UpToTwo).await;
        answer.and_then(|answer| answer.rows.optional()).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives all rows that it returns.
    ///
    /// # Errors
    ///
    /// As [`Db::all`](crate::Db::all).
    pub async fn all<T: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        let origin = statement.origin();
        let answer = self.transaction.run(statement, Fetch::All).await;
        answer.and_then(|answer| answer.rows.all()).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives the number of rows that it inserted, updated or deleted.
    ///
    /// # Errors
    ///
    /// As [`Db::execute`](crate::Db::execute).
    pub async fn execute(&self, statement: Statement) -> Result<u64, Error> {
        let origin = statement.origin();
        let answer = self.transaction.run(statement, Fetch::Nothing).await;
        answer.map(|answer| answer.changed).map_err(|error| error.at(origin))
    }

    /// Makes the changes permanent. They are on the disk when the future is ready.
    ///
    /// # Errors
    ///
    /// If a deferred constraint is violated or the disk fails; then the transaction was rolled back.
    pub async fn commit(&self) -> Result<(), Error> {
        self.transaction.end(End::Commit).await
    }

    /// Takes the changes back.
    ///
    /// # Errors
    ///
    /// If the transaction is over already ([`Error::is_closed`]).
    pub async fn rollback(&self) -> Result<(), Error> {
        self.transaction.end(End::Rollback).await
    }

    pub(crate) fn new(transaction: Transaction) -> Self {
        Self { transaction }
    }
}
