//! A transaction: a connection of its own for a while.

use std::sync::{Arc, Mutex, PoisonError};

use super::failure::{Failure, Remedy};
use super::placeholder;
use super::pool::Lent;
use crate::Statement;
use crate::engine::{Answer, End, Fetch};
use crate::error::{Error, Kind};

/// Dropping it rolls back.
pub(crate) struct Transaction {
    lent: Mutex<Option<Arc<Lent>>>,
}

impl Transaction {
    pub(super) async fn begin(lent: Lent) -> Result<Self, Error> {
        lent.is_busy();
        let connection = lent.connection().ok_or_else(Error::closed)?;
        connection.client().batch_execute("begin").await.map_err(|cause| without_commit(Failure::of(&cause)))?;
        Ok(Self { lent: Mutex::new(Some(Arc::new(lent))) })
    }

    pub(crate) async fn run(&self, statement: &Statement, fetch: Fetch) -> Result<Answer, Error> {
        let lent = self.lock().clone().ok_or_else(over)?;
        let connection = lent.connection().ok_or_else(over)?;
        let text = statement.render(placeholder);
        connection.run(&text, statement, fetch).await.map_err(without_commit)
    }

    pub(crate) async fn end(&self, end: End) -> Result<(), Error> {
        let lent = self.lock().take().ok_or_else(over)?;
        let client = lent.connection().ok_or_else(over)?.client();
        let text = if end == End::Commit { "commit" } else { "rollback" };
        let outcome = client.batch_execute(text).await.map_err(|cause| Failure::of(&cause));
        // A commit that was refused has rolled back.
        if outcome.as_ref().err().is_none_or(|failure| failure.remedy != Remedy::Lost) {
            lent.is_free();
        }
        outcome.map_err(|failure| if end == End::Commit { failure.error } else { without_commit(failure) })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Lent>>> {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Transaction")
    }
}

fn over() -> Error {
    Error::new(Kind::Closed, "the transaction is over: it was committed or rolled back")
}

/// Nothing of a transaction is there without its commit, so that a lost connection leaves no doubt.
fn without_commit(failure: Failure) -> Error {
    match failure.remedy {
        Remedy::Lost => Error::new(
            Kind::Unavailable,
            "the connection to the database was lost, and with it the transaction: nothing of it has happened",
        ),
        _ => failure.error,
    }
}
