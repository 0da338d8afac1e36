//! The threads that read. They share one queue, and whichever is free takes the next statement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::Error;
use crate::options::Place;
use crate::sqlite::QUEUE_LENGTH;
use crate::sqlite::call::Call;
use crate::sqlite::connection::{self, Role};
use crate::sqlite::run::{Answer, Run, execute_alone, prepare};

/// A statement that may turn out to write.
#[derive(Debug)]
pub(super) struct Read(pub(super) Call<Run, Reading>);

/// What became of it.
#[derive(Debug)]
pub(super) enum Reading {
    Done(Result<Answer, Error>),
    /// It writes, which SQLite knows once it is prepared. It did not run.
    Writes(Run),
}

pub(super) async fn start(place: &Place, readers: usize, wait: Option<Duration>) -> Result<mpsc::Sender<Read>, Error> {
    let (sender, reads) = mpsc::channel(QUEUE_LENGTH);
    let reads = Arc::new(Mutex::new(reads));
    for _ in 0..readers {
        let reads = Arc::clone(&reads);
        connection::start(Role::Reader, place, wait, move |connection| serve(connection, &reads)).await?;
    }
    Ok(sender)
}

fn serve(connection: &Connection, reads: &Mutex<mpsc::Receiver<Read>>) {
    while let Some(Read(call)) = next(reads) {
        call.answer(|run| read(connection, run));
        if !connection.is_autocommit() {
            // It would read the same old snapshot for ever.
            return;
        }
    }
}

/// The next statement. Whoever waits for it holds the lock, and the other free readers wait for the lock.
fn next(reads: &Mutex<mpsc::Receiver<Read>>) -> Option<Read> {
    reads.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

fn read(connection: &Connection, run: Run) -> Reading {
    match prepare(connection, &run) {
        Ok(prepared) if !prepared.readonly() => Reading::Writes(run),
        Ok(prepared) => Reading::Done(execute_alone(connection, prepared, &run)),
        Err(error) => Reading::Done(Err(error)),
    }
}
