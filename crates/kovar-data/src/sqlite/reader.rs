//! The threads that read. They share one queue, and whichever is free takes the next statement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::Error;
use crate::engine::Answer;
use crate::sqlite::Place;
use crate::sqlite::QUEUE_LENGTH;
use crate::sqlite::call::Call;
use crate::sqlite::connection::{self, Open, Role};
use crate::sqlite::run::{Run, execute_alone, prepare};

/// What the readers are asked for.
#[derive(Debug)]
pub(super) enum Read {
    /// A statement that may turn out to write.
    Run(Call<Run, Reading>),
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
    while let Some(call) = next(reads) {
        call.answer(|run| read(connection, run));
        if !connection.is_autocommit() {
            // It would read the same old snapshot for ever.
            return;
        }
    }
}

/// The next statement. Whoever waits for it holds the lock, and the other free readers wait for the lock.
fn next(reads: &Mutex<mpsc::Receiver<Read>>) -> Option<Call<Run, Reading>> {
    let mut reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match reads.blocking_recv()? {
            Read::Run(call) => return Some(call),
            Read::Close => reads.close(),
        }
    }
}

fn read(connection: &Connection, run: Run) -> Reading {
    match prepare(connection, &run) {
        Ok(prepared) if !prepared.readonly() => Reading::Writes(run),
        Ok(prepared) => Reading::Done(execute_alone(connection, prepared, &run)),
        Err(error) => Reading::Done(Err(error)),
    }
}
