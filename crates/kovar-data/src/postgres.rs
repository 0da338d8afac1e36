//! PostgreSQL: a few connections that single statements share, and a bounded pool for what needs one to itself.
//!
//! A pool gives each statement a connection, and the connection waits for the network for most of its time. Here the
//! statements of all requests of a worker are sent on the same few connections without waiting for each other
//! ([`lane`]); transactions and slow statements have connections of their own ([`pool`]).
//!
//! Writes that wait are committed together ([`group`]), as SQLite's are.
//!
//! What only reads is sent where the server refuses to write. So whether a statement reads is the server's judgement
//! and not a guess from its text; and what reads can be sent again when a connection was lost.

mod bind;
mod connection;
mod connector;
mod copy;
mod describe;
mod explain;
mod failure;
mod group;
mod lane;
mod listen;
mod migrate;
#[cfg(not(feature = "tls"))]
mod plain;
mod pool;
mod server;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod transaction;
mod value;
mod wait;
mod wire;

use std::fmt::{self, Write as _};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::runtime::{Handle, Id};

use self::failure::{Failure, Remedy};
use self::lane::{Known, Lanes};
#[cfg(not(feature = "tls"))]
use self::plain as encryption;
use self::pool::{Lent, Pool};
use self::server::Role;
#[cfg(feature = "tls")]
use self::tls as encryption;
use self::wait::{Backoff, Wait};
use crate::check::Described;
use crate::engine::{Answer, Fetch, Isolation, Load};
use crate::explain::Plan;
use crate::hash::QuickMap;
use crate::listener::Listener;
use crate::{Error, MigrationStatus, Migrations, Options, Parameter, Statement};

pub(crate) use self::server::Server;
pub(crate) use self::stream::Streamed;
pub(crate) use self::transaction::Transaction;

/// The words with which a statement begins that may turn out to only read.
const READING: [&str; 4] = ["select", "with", "values", "table"];

/// The words with which a statement begins that changes rows.
const CHANGING: [&str; 4] = ["insert", "update", "delete", "merge"];

/// A database on a server. Clones are the same.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Shared>);

struct Shared {
    server: Arc<Server>,
    wait: Option<Duration>,
    pool: Arc<Pool>,
    /// Those of each runtime that has asked for something; `None` once the database is closed.
    lanes: RwLock<Option<QuickMap<Id, Arc<Lanes>>>>,
}

/// A statement that is to be run, and what is known of it.
struct Asked<'a> {
    statement: &'a Arc<Statement>,
    text: String,
    fetch: Fetch,
    wait: Wait,
    lanes: Arc<Lanes>,
    known: Arc<Known>,
    begins: Begins,
}

/// What the word with which a statement begins says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// It may turn out to only read.
    Reading,
    /// It changes rows and does nothing else: so it may share a transaction with others.
    Changing,
    Otherwise,
}

impl Begins {
    fn of(statement: &Statement) -> Self {
        let word = statement.first_word();
        let is_one_of = |words: [&str; 4]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        match () {
            () if is_one_of(READING) => Self::Reading,
            () if is_one_of(CHANGING) => Self::Changing,
            () => Self::Otherwise,
        }
    }
}

/// Writes what stands for the parameter of a number.
pub(crate) fn placeholder(text: &mut String, number: usize) {
    let _ = write!(text, "${number}");
}

impl Postgres {
    /// Ready when the server has accepted a connection.
    pub(crate) async fn open(server: Server, options: &Options) -> Result<Self, Error> {
        let server = Arc::new(server.with(options));
        let pool = Arc::new(Pool::new(Arc::clone(&server), options.connections));
        let lanes = RwLock::new(Some(QuickMap::default()));
        drop(pool.take(&Wait::of(options.wait)).await?);
        Ok(Self(Arc::new(Shared { server, wait: options.wait, pool, lanes })))
    }

    /// Nothing is said through a pooler, behind which prepared statements do not last.
    pub(crate) async fn explain(&self, statement: &Statement) -> Result<Option<Plan>, Error> {
        match self.0.server.is_pooled() {
            true => Ok(None),
            false => explain::explain(self.lend().await?, statement).await,
        }
    }

    pub(crate) async fn describe(&self, text: &str) -> Result<Described, Error> {
        describe::describe(self.lend().await?, text).await
    }

    pub(crate) fn load(&self) -> Load {
        let (lent, most_lent) = self.0.pool.lent();
        let lanes = self.0.lanes.read().unwrap_or_else(PoisonError::into_inner);
        let of_lanes = lanes.iter().flat_map(QuickMap::values).map(|lanes| lanes.load());
        of_lanes.fold(Load { lent, most_lent, ..Load::default() }, |sum, lanes| Load {
            reading: sum.reading + lanes.reading,
            writing: sum.writing + lanes.writing,
            lanes: sum.lanes + lanes.lanes,
            ..sum
        })
    }

    pub(crate) async fn run(&self, statement: Arc<Statement>, fetch: Fetch) -> Result<Answer, Error> {
        let (lanes, text) = (self.lanes()?, statement.render(placeholder));
        let (known, wait) = (lanes.known(&text), Wait::of(self.0.wait));
        let begins = Begins::of(&statement);
        let asked = Asked { statement: &statement, text, fetch, wait, lanes, known, begins };
        let mut backoff = Backoff::new();
        let (mut is_prepared_again, mut is_apart) = (false, false);
        loop {
            let role = self.role(&asked);
            let failure = match self.run_once(&asked, role, is_apart).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            match failure.remedy {
                Remedy::Write if !asked.known.writes() => asked.known.found_writing(),
                Remedy::Prepare if !is_prepared_again => is_prepared_again = true,
                Remedy::Apart if !is_apart => is_apart = true,
                Remedy::Connect => asked.wait.pause(&mut backoff, failure).await?,
                Remedy::Lost if role == Role::Reader || statement.marks().is_idempotent => {
                    asked.wait.pause(&mut backoff, failure).await?;
                }
                _ => return Err(failure.error),
            }
        }
    }

    async fn run_once(&self, asked: &Asked<'_>, role: Role, is_apart: bool) -> Result<Answer, Failure> {
        let changes_rows = asked.begins == Begins::Changing;
        match role {
            // Boxed, as are other ways that are rarely taken: or the future of every statement has room for them.
            _ if is_apart || asked.known.runs_apart(changes_rows) => self.run_apart(asked, role).boxed().await,
            Role::Reader => asked.lanes.read(&self.0.server, asked).await,
            Role::Any if changes_rows => asked.lanes.write(asked).await,
            Role::Any => self.run_apart(asked, role).boxed().await,
        }
    }

    /// Runs a statement where it holds nobody up.
    async fn run_apart(&self, asked: &Asked<'_>, role: Role) -> Result<Answer, Failure> {
        let as_failure = |error| Failure::new(error, Remedy::None);
        let lent = self.0.pool.take(&asked.wait).await.map_err(as_failure)?;
        let connection = lent.connection().ok_or_else(|| as_failure(Error::closed()))?;
        lent.is_busy();
        let start = Instant::now();
        let outcome = match role {
            Role::Reader => connection.run_reading(&asked.text, asked.statement, asked.fetch).await,
            Role::Any => connection.run(&asked.text, asked.statement, asked.fetch).await,
        };
        lent.is_free();
        if outcome.is_ok() {
            asked.known.took(start.elapsed());
        }
        outcome
    }

    /// What a statement may do where it is sent.
    fn role(&self, asked: &Asked<'_>) -> Role {
        let may_read = asked.begins == Begins::Reading;
        if may_read && !asked.known.writes() && !self.0.server.is_pooled() { Role::Reader } else { Role::Any }
    }

    pub(crate) async fn stream(&self, statement: &Statement) -> Result<Streamed, Error> {
        Streamed::begin(self.lend().await?, statement).await
    }

    pub(crate) async fn batch(&self, statements: &[Arc<Statement>]) -> Result<Vec<u64>, Error> {
        let lent = self.lend().await?;
        lent.is_busy();
        let answers = lent.connection().ok_or_else(Error::closed)?.run_all(statements).await?;
        lent.is_free();
        Ok(answers)
    }

    pub(crate) async fn insert_many(&self, target: &Statement, rows: &[Vec<Parameter>]) -> Result<u64, Error> {
        if self.0.server.is_pooled() {
            let inserts: Vec<_> = rows.iter().map(|row| Arc::new(target.insert(row.clone()))).collect();
            return Ok(self.batch(&inserts).await?.into_iter().sum());
        }
        let lent = self.lend().await?;
        lent.is_busy();
        let copied = lent.connection().ok_or_else(Error::closed)?.copy_alone(target, rows).await?;
        lent.is_free();
        Ok(copied)
    }

    pub(crate) async fn begin(&self, isolation: Isolation) -> Result<Transaction, Error> {
        Ok(Transaction::begin(self.lend().await?, isolation))
    }

    pub(crate) async fn listen(&self, channels: &[String]) -> Result<Listener, Error> {
        listen::listen(&self.0.pool, &self.0.server, channels, Wait::of(self.0.wait)).await
    }

    pub(crate) async fn migrate(&self, migrations: Migrations) -> Result<Vec<String>, Error> {
        migrate::migrate(self.lend().await?, migrations).await
    }

    pub(crate) async fn redo_migration(&self, migrations: Migrations) -> Result<String, Error> {
        migrate::redo(self.lend().await?, migrations).await
    }

    pub(crate) async fn migration_status(&self, migrations: Migrations) -> Result<Vec<MigrationStatus>, Error> {
        migrate::status(self.lend().await?, migrations).await
    }

    /// A connection for one caller.
    async fn lend(&self) -> Result<Lent, Error> {
        self.0.pool.take(&Wait::of(self.0.wait)).await
    }

    /// What is under way is answered; what comes later is refused.
    pub(crate) fn close(&self) {
        let lanes = self.0.lanes.write().unwrap_or_else(PoisonError::into_inner).take();
        for lanes in lanes.iter().flat_map(QuickMap::values) {
            lanes.close();
        }
        self.0.pool.close();
    }

    /// The lanes of the runtime that asks.
    fn lanes(&self) -> Result<Arc<Lanes>, Error> {
        let runtime = Handle::current().id();
        let all = self.0.lanes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(lanes) = all.as_ref().ok_or_else(Error::closed)?.get(&runtime) {
            return Ok(Arc::clone(lanes));
        }
        drop(all);
        let mut all = self.0.lanes.write().unwrap_or_else(PoisonError::into_inner);
        let all = all.as_mut().ok_or_else(Error::closed)?;
        Ok(Arc::clone(all.entry(runtime).or_insert_with(|| Arc::new(Lanes::new(&self.0.server)))))
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Postgres").field("server", &self.0.server).finish_non_exhaustive()
    }
}
