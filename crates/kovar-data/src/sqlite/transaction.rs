//! A transaction: the writer, lent to one caller for a while.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::Statement;
use crate::engine::{Answer, End, Fetch};
use crate::error::{Error, Kind};
use crate::sqlite::call::{Call, ask};
use crate::sqlite::run::{Run, run_inside};

/// How many statements of one transaction may wait. They come one by one, save when a caller joins futures.
const QUEUE_LENGTH: usize = 16;

/// The caller's end. Dropping it ends the queue, and with it the transaction.
#[derive(Debug)]
pub(crate) struct Transaction {
    steps: mpsc::Sender<Step>,
}

/// What a transaction is asked for.
#[derive(Debug)]
pub(super) enum Step {
    Run(Call<Run, Result<Answer, Error>>),
    End(Call<End, Result<(), Error>>),
}

impl Transaction {
    pub(super) fn open() -> (Self, mpsc::Receiver<Step>) {
        let (steps, receiver) = mpsc::channel(QUEUE_LENGTH);
        (Self { steps }, receiver)
    }

    pub(crate) async fn run(&self, statement: Arc<Statement>, fetch: Fetch) -> Result<Answer, Error> {
        self.ask(Step::Run, Run { statement, fetch }).await
    }

    pub(crate) async fn end(&self, end: End) -> Result<(), Error> {
        self.ask(Step::End, end).await
    }

    async fn ask<Q, A>(&self, step: fn(Call<Q, Result<A, Error>>) -> Step, request: Q) -> Result<A, Error> {
        // Without a deadline: the transaction has its turn already.
        ask(&self.steps, step, request, None).await.unwrap_or_else(|_| Err(over()))
    }
}

fn over() -> Error {
    Error::new(Kind::Closed, "the transaction is over: it was committed or rolled back")
}

/// Serves the open transaction until it ends, one way or the other.
pub(super) fn serve(connection: &Connection, mut steps: mpsc::Receiver<Step>) {
    while !connection.is_autocommit() {
        match steps.blocking_recv() {
            Some(Step::Run(call)) => call.answer(|run| run_inside(connection, &run)),
            Some(Step::End(call)) => call.answer(|end| finish(connection, end)),
            None => {
                // Nobody is left to tell. Should it fail, the writer sees the open transaction and stops.
                let _ = rollback(connection);
                return;
            }
        }
    }
}

fn finish(connection: &Connection, end: End) -> Result<(), Error> {
    match end {
        End::Rollback => rollback(connection),
        End::Commit => connection.execute_batch("commit").map_err(|error| {
            // A commit that a deferred constraint refuses leaves the transaction open.
            let _ = rollback(connection);
            error.into()
        }),
    }
}

fn rollback(connection: &Connection) -> Result<(), Error> {
    if connection.is_autocommit() {
        return Ok(());
    }
    Ok(connection.execute_batch("rollback")?)
}
