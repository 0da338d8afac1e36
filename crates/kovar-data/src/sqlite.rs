//! SQLite: one thread that writes and a few that read, each with a connection of its own.
//!
//! SQLite's calls block, and it has one writer at a time however many connections there are. A pool of connections
//! would have its users collide on SQLite's lock, which knows no order and wakes nobody; a queue before one writer is
//! fair, and lets the writer see what waits: one commit for several statements ([`group`]). A connection never leaves its
//! thread, so that no dropped future can leave one half used.

mod backup;
mod bind;
mod call;
mod connection;
mod describe;
mod explain;
mod group;
mod migrate;
mod place;
mod reader;
mod run;
mod transaction;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::check::Described;
use crate::engine::{Answer, Batches, Fetch, Load};
use crate::error::Kind;
use crate::explain::Plan;
use crate::options::Options;
use crate::{Error, MigrationStatus, Migrations, Statement};
use call::{Unanswered, ask};
use connection::Open;
use reader::{Read, Reading};
use run::Run;
use writer::Job;

pub(crate) use place::Place;
pub(crate) use run::placeholder;
pub(crate) use transaction::Transaction;

/// How many statements may wait in a queue. Past it, their futures wait in line before the queue.
const QUEUE_LENGTH: usize = 1_024;

/// The way to the threads of one database.
#[derive(Clone, Debug)]
pub(crate) struct Sqlite {
    place: Arc<Place>,
    writer: mpsc::Sender<Job>,
    /// Absent for a database in memory, which is its one connection.
    readers: Option<mpsc::Sender<Read>>,
    /// The connections: those that read, and the one that writes.
    open: [Option<Open>; 2],
    wait: Option<Duration>,
}

impl Sqlite {
    pub(crate) async fn open(place: Place, options: &Options) -> Result<Self, Error> {
        let wait = options.wait;
        // The writer comes first: it creates the file and turns WAL mode on.
        let (writer, writing) = writer::start(&place, wait).await?;
        let readers = match place {
            Place::File(_) => Some(reader::start(&place, options.readers, wait).await?),
            Place::Memory => None,
        };
        let (readers, reading) = readers.unzip();
        Ok(Self { place: Arc::new(place), writer, readers, open: [reading, Some(writing)], wait })
    }

    /// The writer ends last: whoever closes last puts the log of writes into the database's file, and only it may write.
    pub(crate) async fn close(&self) {
        let [reading, writing] = self.open.clone();
        // Threads that ended by themselves want no telling.
        if let Some(readers) = &self.readers {
            let _ = readers.send(Read::Close).await;
        }
        if let Some(reading) = reading {
            reading.closed().await;
        }
        let _ = self.writer.send(Job::Close).await;
        if let Some(writing) = writing {
            writing.closed().await;
        }
    }

    /// A database in memory does not say.
    pub(crate) async fn explain(&self, statement: &Arc<Statement>) -> Result<Option<Plan>, Error> {
        let Some(readers) = &self.readers else { return Ok(None) };
        let run = Run { statement: Arc::clone(statement), fetch: Fetch::All };
        let plan = ask(readers, Read::Explain, run, self.deadline()).await.map_err(|why| self.unanswered(why))?;
        plan.map(Some)
    }

    pub(crate) async fn describe(&self, text: String) -> Result<Described, Error> {
        self.ask_writer(Job::Describe, text, self.deadline()).await?
    }

    /// How many wait to read, and how many to write.
    pub(crate) fn load(&self) -> Load {
        let waiting = |most: usize, free: usize| most - free;
        let reading = self.readers.as_ref().map_or(0, |queue| waiting(queue.max_capacity(), queue.capacity()));
        Load { reading, writing: waiting(self.writer.max_capacity(), self.writer.capacity()), ..Load::default() }
    }

    pub(crate) async fn run(&self, statement: Arc<Statement>, fetch: Fetch) -> Result<Answer, Error> {
        let deadline = self.deadline();
        let mut run = Run { statement, fetch };
        if let (Some(readers), Fetch::UpToTwo | Fetch::All) = (&self.readers, fetch) {
            match ask(readers, Read::Run, run, deadline).await.map_err(|why| self.unanswered(why))? {
                Reading::Done(answer) => return answer,
                Reading::Writes(returned) => run = returned,
            }
        }
        self.ask_writer(Job::Run, run, deadline).await?
    }

    pub(crate) async fn stream(&self, statement: Arc<Statement>) -> Result<Batches, Error> {
        let deadline = self.deadline();
        match &self.readers {
            Some(readers) => {
                let run = Run { statement, fetch: Fetch::All };
                let rows = ask(readers, Read::Stream, run, deadline).await.map_err(|why| self.unanswered(why))?;
                rows.map(Batches::Sqlite)
            }
            // The one connection is not to wait for whoever reads, who may want it for something else.
            None => Ok(Batches::Whole(Some(self.run(statement, Fetch::All).await?.rows))),
        }
    }

    pub(crate) async fn batch(&self, statements: Vec<Arc<Statement>>) -> Result<Vec<u64>, Error> {
        self.ask_writer(Job::Batch, statements, self.deadline()).await?
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        self.ask_writer(Job::Begin, (), self.deadline()).await?
    }

    pub(crate) async fn migrate(&self, migrations: Migrations) -> Result<Vec<String>, Error> {
        self.ask_writer(Job::Migrate, migrations, self.deadline()).await?
    }

    pub(crate) async fn redo_migration(&self, migrations: Migrations) -> Result<String, Error> {
        self.ask_writer(Job::RedoMigration, migrations, self.deadline()).await?
    }

    pub(crate) async fn migration_status(&self, migrations: Migrations) -> Result<Vec<MigrationStatus>, Error> {
        self.ask_writer(Job::MigrationStatus, migrations, self.deadline()).await?
    }

    pub(crate) async fn backup(&self, to: PathBuf) -> Result<(), Error> {
        match &*self.place {
            _ if self.writer.is_closed() => Err(Error::closed()),
            Place::File(from) => backup::backup(from.clone(), to).await,
            Place::Memory => Err(Error::new(Kind::Other, "a database in memory has no backup: use a file")),
        }
    }

    async fn ask_writer<Q, A>(
        &self,
        job: fn(call::Call<Q, A>) -> Job,
        request: Q,
        deadline: Option<Instant>,
    ) -> Result<A, Error> {
        ask(&self.writer, job, request, deadline).await.map_err(|why| self.unanswered(why))
    }

    fn deadline(&self) -> Option<Instant> {
        self.wait.map(|wait| Instant::now() + wait)
    }

    fn unanswered(&self, why: Unanswered) -> Error {
        match why {
            Unanswered::NoTurn => Error::busy(self.wait),
            Unanswered::Gone => Error::closed(),
        }
    }
}
