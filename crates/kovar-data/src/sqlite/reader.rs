//! The threads that read. They share one queue, and whichever is free takes the next statement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::Error;
use crate::engine::Answer;
use crate::explain::Plan;
use crate::rows::Rows;
use crate::sqlite::Place;
use crate::sqlite::QUEUE_LENGTH;
use crate::sqlite::call::Call;
use crate::sqlite::connection::{self, Open, Role};
use crate::sqlite::explain::explain;
use crate::sqlite::run::{Run, execute_alone, fetch_batches, prepare};

/// How many rows are given at a time, and how many such batches wait for whoever reads them.
const BATCH: usize = 256;
const BATCHES: usize = 2;

/// What the readers are asked for.
#[derive(Debug)]
pub(super) enum Read {
    /// A statement that may turn out to write.
    Run(Call<Run, Reading>),
    /// A statement whose rows are given while it runs.
    Stream(Call<Run, Result<mpsc::Receiver<Result<Rows, Error>>, Error>>),
    /// How a statement would run.
    Explain(Call<Run, Result<Plan, Error>>),
    /// No more after those that are in line.
    Close,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Reading {
    Done(Result<Answer, Error>),
    /// It writes, which SQLite knows once it is prepared. It did not run.
    Writes(Run),
}

pub(super) async fn start(
    place: &Place,
    readers: usize,
    wait: Option<Duration>,
) -> Result<(mpsc::Sender<Read>, Open), Error> {
    let (sender, reads) = mpsc::channel(QUEUE_LENGTH);
    let (hold, open) = Open::new();
    let reads = Arc::new(Mutex::new(reads));
    for _ in 0..readers {
        let (reads, hold) = (Arc::clone(&reads), Arc::clone(&hold));
        connection::start(Role::Reader, place, wait, hold, move |connection| serve(connection, &reads)).await?;
    }
    Ok((sender, open))
}

fn serve(connection: &Connection, reads: &Mutex<mpsc::Receiver<Read>>) {
    while let Some(read) = next(reads) {
        match read {
            Read::Run(call) => call.answer(|run| answer(connection, run)),
            Read::Stream(call) => stream(connection, call),
            Read::Explain(call) => call.answer(|run| explain(connection, &run)),
            Read::Close => {}
        }
        if !connection.is_autocommit() {
            // It would read the same old snapshot for ever.
            return;
        }
    }
}

/// What is read next. Whoever waits for it holds the lock, and the other free readers wait for the lock.
fn next(reads: &Mutex<mpsc::Receiver<Read>>) -> Option<Read> {
    let mut reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match reads.blocking_recv()? {
            Read::Close => reads.close(),
            read => return Some(read),
        }
    }
}

fn answer(connection: &Connection, run: Run) -> Reading {
    match prepare(connection, &run) {
        Ok(prepared) if !prepared.readonly() => Reading::Writes(run),
        Ok(prepared) => Reading::Done(execute_alone(connection, prepared, &run)),
        Err(error) => Reading::Done(Err(error)),
    }
}

/// Runs a statement for as long as somebody takes its rows.
fn stream(connection: &Connection, call: Call<Run, Result<mpsc::Receiver<Result<Rows, Error>>, Error>>) {
    let Some((run, reply)) = call.start() else { return };
    let mut prepared = match prepare(connection, &run) {
        Ok(prepared) if prepared.readonly() => prepared,
        Ok(_) => {
            return drop(reply.send(Err(Error::streams_only_read())));
        }
        Err(error) => return drop(reply.send(Err(error))),
    };
    let (sender, receiver) = mpsc::channel(BATCHES);
    if reply.send(Ok(receiver)).is_err() {
        return;
    }
    let is_wanted = |rows: Result<Rows, Error>| sender.blocking_send(rows).is_ok();
    if let Err(error) = fetch_batches(&mut prepared, &run, BATCH, is_wanted) {
        let _ = sender.blocking_send(Err(error));
    }
}
