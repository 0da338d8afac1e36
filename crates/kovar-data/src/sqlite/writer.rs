//! The thread that writes.
//!
//! It takes one job after the other, in the order of their arrival; single statements that wait are committed together
//! ([`group`]). A transaction is one long job: its statements come by a queue of their own, while everything else waits
//! in line.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::check::Described;
use crate::engine::Fetch;
use crate::sqlite::Place;
use crate::sqlite::QUEUE_LENGTH;
use crate::sqlite::call::Call;
use crate::sqlite::connection::{self, Open, Role};
use crate::sqlite::describe::describe;
use crate::sqlite::group::{self, Outcome};
use crate::sqlite::migrate::{migrate, redo, status};
use crate::sqlite::run::{Run, run_inside};
use crate::sqlite::transaction::{self, Transaction};
use crate::{Error, MigrationStatus, Migrations, Statement};

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Job {
    Run(Call<Run, Outcome>),
    Batch(Call<Vec<Arc<Statement>>, Result<Vec<u64>, Error>>),
    Begin(Call<(), Result<Transaction, Error>>),
    Migrate(Call<Migrations, Result<Vec<String>, Error>>),
    RedoMigration(Call<Migrations, Result<String, Error>>),
    MigrationStatus(Call<Migrations, Result<Vec<MigrationStatus>, Error>>),
    Describe(Call<String, Result<Described, Error>>),
    /// No more after those that are in line.
    Close,
}

pub(super) async fn start(place: &Place, wait: Option<Duration>) -> Result<(mpsc::Sender<Job>, Open), Error> {
    let (sender, jobs) = mpsc::channel(QUEUE_LENGTH);
    let (hold, open) = Open::new();
    connection::start(Role::Writer, place, wait, hold, move |connection| serve(connection, jobs, wait)).await?;
    Ok((sender, open))
}

fn serve(connection: &Connection, mut jobs: mpsc::Receiver<Job>, wait: Option<Duration>) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| jobs.blocking_recv()) {
        match job {
            Job::Run(call) => next = group::serve(connection, call, &mut jobs),
            Job::Batch(call) => call.answer(|statements| run_all(connection, statements)),
            Job::Begin(call) => begin(connection, call),
            Job::Migrate(call) => call.answer(|migrations| migrate(connection, migrations, wait)),
            Job::RedoMigration(call) => call.answer(|migrations| redo(connection, migrations, wait)),
            Job::MigrationStatus(call) => call.answer(|migrations| status(connection, migrations)),
            Job::Describe(call) => call.answer(|text| describe(connection, &text)),
            Job::Close => jobs.close(),
        }
        if !connection.is_autocommit() {
            // Not even a rollback went through. Every later commit would be a lie, so there are none.
            return;
        }
    }
}

/// Runs all or none.
fn run_all(connection: &Connection, statements: Vec<Arc<Statement>>) -> Result<Vec<u64>, Error> {
    connection.execute_batch("begin immediate")?;
    let run = |statement: Arc<Statement>| {
        let origin = statement.origin();
        let answer = run_inside(connection, &Run { statement, fetch: Fetch::Nothing });
        answer.map(|answer| answer.changed).map_err(|error| error.at(origin))
    };
    let changed = statements.into_iter().map(run).collect::<Result<Vec<_>, Error>>();
    let outcome = changed.and_then(|changed| {
        connection.execute_batch("commit")?;
        Ok(changed)
    });
    if outcome.is_err() && !connection.is_autocommit() {
        connection.execute_batch("rollback")?;
    }
    outcome
}

fn begin(connection: &Connection, call: Call<(), Result<Transaction, Error>>) {
    let Some(((), reply)) = call.start() else { return };
    if let Err(error) = connection.execute_batch("begin immediate") {
        let _ = reply.send(Err(error.into()));
        return;
    }
    let (transaction, steps) = Transaction::open();
    // If the caller is gone, so is its end of the queue, and the transaction is rolled back at once.
    let _ = reply.send(Ok(transaction));
    transaction::serve(connection, steps);
}
