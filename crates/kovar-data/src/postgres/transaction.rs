//! A transaction: a connection of its own for a while.

use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::failure::{Failure, Remedy};
use super::placeholder;
use super::pool::Lent;
use crate::engine::{Answer, End, Fetch, Isolation};
use crate::error::{Error, Kind};
use crate::{Parameter, Statement};

/// Dropping it rolls back.
pub(crate) struct Transaction {
    lent: Mutex<Option<Arc<Lent>>>,
    /// The answer to `begin`, which nobody has waited for yet: the first statement travels with it.
    begun: Mutex<Option<Begun>>,
}

type Begun = BoxFuture<'static, Result<(), Error>>;

impl Transaction {
    pub(super) fn begin(lent: Lent, isolation: Isolation) -> Self {
        let text = match isolation {
            Isolation::ReadCommitted => "begin isolation level read committed",
            Isolation::RepeatableRead => "begin isolation level repeatable read",
            Isolation::Serializable => "begin isolation level serializable",
        };
        lent.is_busy();
        let lent = Arc::new(lent);
        let of_begin = Arc::clone(&lent);
        let mut begun: Begun = Box::pin(async move {
            let connection = of_begin.connection().ok_or_else(over)?;
            connection.client().batch_execute(text).await.map_err(|cause| without_commit(Failure::of(&cause)))
        });
        // Sends it. There is an answer at once where the connection is lost.
        if let Poll::Ready(outcome) = begun.poll_unpin(&mut Context::from_waker(Waker::noop())) {
            begun = Box::pin(ready(outcome));
        }
        Self { lent: Mutex::new(Some(lent)), begun: Mutex::new(Some(begun)) }
    }

    pub(crate) async fn run(&self, statement: &Statement, fetch: Fetch) -> Result<Answer, Error> {
        let lent = self.lock().clone().ok_or_else(over)?;
        let connection = lent.connection().ok_or_else(over)?;
        let text = statement.render(placeholder);
        let (begun, outcome) = tokio::join!(biased; self.has_begun(), connection.run(&text, statement, fetch));
        begun?;
        outcome.map_err(without_commit)
    }

    /// Waits for the answer to `begin`, unless somebody has.
    async fn has_begun(&self) -> Result<(), Error> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        match begun {
            Some(begun) => begun.await,
            None => Ok(()),
        }
    }

    pub(crate) async fn insert_many(&self, target: &Statement, rows: &[Vec<Parameter>]) -> Result<u64, Error> {
        let lent = self.lock().clone().ok_or_else(over)?;
        let connection = lent.connection().ok_or_else(over)?;
        self.has_begun().await?;
        connection.copy(target, rows).await.map_err(without_commit)
    }

    pub(crate) async fn end(&self, end: End) -> Result<(), Error> {
        let lent = self.lock().take().ok_or_else(over)?;
        let client = lent.connection().ok_or_else(over)?.client();
        let text = if end == End::Commit { "commit" } else { "rollback" };
        self.has_begun().await?;
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
