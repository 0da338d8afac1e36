//! The database, as an app holds it.

use std::future::ready;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use crate::check::{Checked, check};
use crate::engine::{Answer, Batches, Engine, Fetch, Load};
use crate::rows::Rows;
use crate::watch::{SlowStatement, StatementCost, Watch, Watcher};
use crate::{Dialect, Error, Gives, Isolation, Listener, MigrationStatus, Migrations, Options, Statement, ToRow, Tx};

/// A database. Cloning is cheap, and all clones are the same database; it closes when the last one is dropped.
///
/// Statements that only read run beside each other and beside those that write; which is which is the database's own
/// judgement. A statement outside a transaction is on the disk when its future is ready.
///
/// Any future here may be dropped at any time. What had not begun does not happen; what had begun runs to its end
/// unseen, or is broken off as a whole, and leaves the connection as it found it.
///
/// # Mapping rows
///
/// A row becomes any type with `serde::Deserialize`:
///
/// - a struct by column names. More columns than fields are fine; a field without its column is an error, unless it
///   is an `Option` or has `#[serde(default)]`.
/// - a tuple by position, of as many elements as there are columns.
/// - a scalar, or an enum without fields, from the only column.
///
/// A field may be a number, text, `Vec<u8>`, `bool` (from 0 and 1), an `Option`, an enum (from its variant's name), a
/// newtype, or a type that `serde` reads from text, such as `Uuid` and `jiff::Timestamp`. `Decimal` reads numbers and
/// text. A struct, map or list is read from JSON text. Fields under `#[serde(flatten)]`, and untagged or internally
/// tagged enums, get values as the database holds them: in SQLite a boolean is a number, and JSON is text.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    watcher: Watcher,
    replicas: Arc<[Engine]>,
    next_replica: Arc<AtomicUsize>,
}

impl Db {
    /// Opens the database at `url` with the default [`Options`].
    ///
    /// `sqlite://path/to/file.db` is a file, relative to the working directory; `sqlite:///path` is absolute. The
    /// path is taken as it stands, without percent-decoding. File and folder are created when missing. The file is in
    /// WAL mode, each commit is synced, and foreign keys are enforced.
    ///
    /// `sqlite::memory:` is for tests. It is one connection, so that a read waits for an open transaction where a
    /// file would not.
    ///
    /// `postgres://user:password@host:port/database` is a server of PostgreSQL. It is tried for as long as a statement
    /// may [wait](Options::wait).
    ///
    /// # Errors
    ///
    /// If the URL is of another form, or the file cannot be opened as a SQLite database.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::options().open(url).await
    }

    /// Opens a database in other ways than the default ones.
    pub fn options() -> Options {
        Options::default()
    }

    /// Whose SQL this database understands.
    pub fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    /// Runs a statement that returns one row, and gives that row.
    ///
    /// # Errors
    ///
    /// If there is no row ([`Error::is_not_found`]) or more than one, if the row does not fit
    /// ([`Error::is_mapping`]), or if the statement fails. Where the statement also writes, it has written when only
    /// the rows are at fault.
    pub async fn one<T: DeserializeOwned>(&self, statement: impl Gives<T>) -> Result<T, Error> {
        let statement = statement.into_statement();
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::UpToTwo).await;
        answer.and_then(|answer| answer.rows.one()).map_err(|error| error.at(origin))
    }

    /// Runs a statement that returns one row or none.
    ///
    /// # Errors
    ///
    /// As [`one`](Self::one), save that no row is no error.
    pub async fn optional<T: DeserializeOwned>(&self, statement: impl Gives<T>) -> Result<Option<T>, Error> {
        let statement = statement.into_statement();
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::UpToTwo).await;
        answer.and_then(|answer| answer.rows.optional()).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives all rows that it returns. They are all in memory: bound them by a `limit`.
    ///
    /// # Errors
    ///
    /// If a row does not fit ([`Error::is_mapping`]), or if the statement fails.
    pub async fn all<T: DeserializeOwned>(&self, statement: impl Gives<T>) -> Result<Vec<T>, Error> {
        let statement = statement.into_statement();
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::All).await;
        answer.and_then(|answer| answer.rows.all()).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives the number of rows that it inserted, updated or deleted.
    ///
    /// # Errors
    ///
    /// If the statement fails.
    pub async fn execute(&self, statement: Statement) -> Result<u64, Error> {
        let origin = statement.origin();
        let answer = self.run(statement, Fetch::Nothing).await;
        answer.map(|answer| answer.changed).map_err(|error| error.at(origin))
    }

    /// Runs a statement, and gives its rows while they come, so that not all of them are in memory. A consumer that is
    /// slow slows the database down, and holds a connection for as long; dropping the stream breaks the statement off.
    ///
    /// The statement must only read. `sqlite::memory:` has all rows in memory all the same.
    ///
    /// ```
    /// # use futures_util::TryStreamExt as _;
    /// # use kovar_data::{Db, sql};
    /// # async fn example(db: Db) -> Result<(), kovar_data::Error> {
    /// let mut names = db.stream::<String>(sql!("select name from products order by id"));
    /// while let Some(name) = names.try_next().await? {
    ///     println!("{name}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all). An error is the last item.
    pub fn stream<T: DeserializeOwned + Send + 'static>(
        &self,
        statement: impl Gives<T>,
    ) -> BoxStream<'static, Result<T, Error>> {
        let statement = statement.into_statement();
        let engine = self.replica_for(&statement).unwrap_or(&self.engine).clone();
        let (origin, watcher) = (statement.origin(), self.watcher.clone());
        let begin = async move {
            let statement = Arc::new(statement);
            Watched::begin(watcher.watch_stream(&statement), engine.stream(statement)).await
        };
        let batches = stream::once(begin).map_ok(|watched| stream::try_unfold(watched, Watched::next));
        let rows = batches.try_flatten().and_then(|rows| ready(rows.all::<T>()));
        rows.map_ok(|rows| stream::iter(rows.into_iter().map(Ok::<T, Error>)))
            .try_flatten()
            .map_err(move |error| error.at(origin))
            .boxed()
    }

    /// Runs statements in one transaction and one trip to the database, and gives how many rows each has changed.
    ///
    /// # Errors
    ///
    /// If one of them fails: then none has happened.
    pub async fn batch(&self, statements: impl IntoIterator<Item = Statement>) -> Result<Vec<u64>, Error> {
        let statements: Vec<_> = statements.into_iter().map(Arc::new).collect();
        let watches: Vec<_> = statements.iter().map(|statement| self.watcher.watch_alone(statement)).collect();
        let (start, count) = (Instant::now(), u32::try_from(statements.len()).unwrap_or(u32::MAX));
        let outcome = self.engine.batch(statements).await;
        let each = start.elapsed().checked_div(count).unwrap_or_default();
        for (index, mut watch) in watches.into_iter().enumerate() {
            watch.spend(each);
            match &outcome {
                Ok(changed) => watch.done(changed.get(index).copied().unwrap_or(0)),
                Err(_) => watch.failed(),
            }
        }
        outcome
    }

    /// Inserts rows, all or none, and gives their number. On PostgreSQL it is a `COPY`.
    ///
    /// `target` is the table and its columns.
    ///
    /// ```
    /// # use kovar_data::{Db, sql};
    /// # async fn example(db: Db) -> Result<(), kovar_data::Error> {
    /// let rows = (0..10_000).map(|id| (id, format!("Lamp {id}")));
    /// db.insert_many(sql!("products (id, name)"), rows).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If a row cannot be inserted: then none was.
    pub async fn insert_many<R: ToRow>(
        &self,
        target: Statement,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        let rows: Vec<_> = rows.into_iter().map(|row| row.to_row()).collect();
        let Some(watch) = self.watcher.watch_rows(&target, &rows) else { return Ok(0) };
        let inserted = watch.until_counted(self.engine.insert_many(&target, rows)).await;
        inserted.map_err(|error| error.at(target.origin()))
    }

    /// Begins a transaction. On SQLite, one is open at a time: the others, and single statements that write, wait in
    /// line. On PostgreSQL, it has one of the [connections](Options::connections) until it ends.
    ///
    /// # Errors
    ///
    /// If no turn came within the [wait](Options::wait) ([`Error::is_busy`]).
    pub async fn begin(&self) -> Result<Tx, Error> {
        self.begin_with(Isolation::default()).await
    }

    /// Begins a transaction that is kept apart from others as strictly as is said. SQLite's are always
    /// [`Serializable`](Isolation::Serializable).
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    pub async fn begin_with(&self, isolation: Isolation) -> Result<Tx, Error> {
        Ok(Tx::new(self.engine.begin(isolation).await?, self.watcher.clone()))
    }

    /// Listens to channels of PostgreSQL, and gives what comes as a stream. Ready when it listens.
    ///
    /// It has one of the [connections](Options::connections) until it is dropped. Its first notice is
    /// [`Notice::Listening`](crate::Notice::Listening), which comes again whenever something may be missing: a lost
    /// connection is opened anew, however long that takes. So this is where to read what must not be missed:
    ///
    /// ```
    /// # use futures_util::TryStreamExt as _;
    /// # use kovar_data::{Db, Notice, sql};
    /// # async fn send_orders(_: &Db) -> Result<(), kovar_data::Error> { Ok(()) }
    /// # async fn example(db: Db) -> Result<(), kovar_data::Error> {
    /// let mut listener = db.listen(["orders"]).await?;
    /// while let Some(notice) = listener.try_next().await? {
    ///     match notice {
    ///         Notice::Listening | Notice::Notified { .. } => send_orders(&db).await?,
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Whoever has something to tell runs a statement, which within a transaction goes out with its commit:
    ///
    /// ```
    /// # use kovar_data::{Tx, sql};
    /// # async fn example(tx: Tx, channel: &str, payload: &str) -> Result<(), kovar_data::Error> {
    /// tx.execute(sql!("select pg_notify({channel}, {payload})")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If no connection came free within the [wait](Options::wait) ([`Error::is_busy`]), if the name of a channel is
    /// empty or longer than 63 bytes, on SQLite, and behind a `PgBouncer`.
    pub async fn listen<C: Into<String>>(&self, channels: impl IntoIterator<Item = C>) -> Result<Listener, Error> {
        self.engine.listen(channels.into_iter().map(Into::into).collect()).await
    }

    /// Applies those migrations that the database does not have yet, and gives their names.
    ///
    /// Each runs in a transaction of its own, together with its entry in the table `_kovar_migrations`. When several
    /// processes start at once, each migration is still applied once, and the others wait. Foreign keys are checked
    /// at the end of each migration and not during it, so that a table can be rebuilt.
    ///
    /// # Errors
    ///
    /// If a migration fails, was changed after it was applied, or stands before one that was already applied, and if
    /// the database has one that is not listed: a newer version of the app has changed its tables since
    /// ([`Error::is_migration`]); [`Migrations::allow_unknown`] permits that. The message names its file. Those before it stay applied.
    pub async fn migrate(&self, migrations: &Migrations) -> Result<Vec<String>, Error> {
        self.engine.migrate(*migrations).await
    }

    /// Undoes the last migration that was applied, applies it again, and gives its name. Both happen, or neither.
    ///
    /// It is for development, while a migration is being written: its file may have been changed since. What it drops is
    /// gone.
    ///
    /// # Errors
    ///
    /// If the file does not say how it is undone ([`Migrations::down`]), is not listed, or fails; otherwise as
    /// [`migrate`](Self::migrate). Nothing has changed then.
    pub async fn redo_migration(&self, migrations: &Migrations) -> Result<String, Error> {
        self.engine.redo_migration(*migrations).await
    }

    /// How the database and the app's migrations compare, in order of their names. Changes nothing.
    ///
    /// # Errors
    ///
    /// If the table `_kovar_migrations` cannot be read.
    pub async fn migration_status(&self, migrations: &Migrations) -> Result<Vec<MigrationStatus>, Error> {
        self.engine.migration_status(*migrations).await
    }

    /// Copies the database, as it is at one moment, into a new file: of SQLite, while it is in use. Nobody waits for it, but
    /// until it is done, the log of writes beside the database's file grows.
    ///
    /// The file has its name once it is whole and on the disk; until then it is one beside it, `….partial`, which only a
    /// process that is killed leaves behind. It is a database like any other: to go back to it, put it in the other's
    /// place while nobody has that open, and take away what is left of the other's `-wal` and `-shm`.
    ///
    /// # Errors
    ///
    /// If there is a file of this name, or it cannot be written: then there is none. PostgreSQL has `pg_dump` for this.
    pub async fn backup(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.engine.backup(path.as_ref().to_owned()).await
    }

    /// Closes the database for all clones, and waits for it: what is in line is carried out, and what comes later is
    /// refused ([`Error::is_closed`]). If no other process has the database open, its file then holds everything, and
    /// the files `-wal` and `-shm` beside it are gone.
    ///
    /// A database whose last clone is dropped closes, too, and nobody waits for that: a process that ends meanwhile
    /// leaves `-wal` behind. Nothing is lost by it. An open [`Tx`] is waited for.
    pub async fn close(&self) {
        self.engine.close().await;
        for replica in &*self.replicas {
            replica.close().await;
        }
    }

    /// Prepares every `sql!` of the program and compares its types with the database's, which must be migrated. Changes
    /// nothing.
    ///
    /// A statement says what its rows are as in `sql!(Product: "select …")`, and what a parameter is as in
    /// `{id: ProductId}`. One that is for one database only begins with the word, as in `sql!(postgres: "…")` or
    /// `sql!(sqlite Product: "…")`; one that cannot be checked, with `unchecked`.
    ///
    /// # Errors
    ///
    /// If the database cannot be asked.
    pub async fn check_statements(&self) -> Result<Checked, Error> {
        check(&self.engine).await
    }

    /// What each statement has cost since the database was opened, those that took the most time first.
    pub fn statements(&self) -> Vec<StatementCost> {
        self.watcher.costs()
    }

    /// The statements that were [slow](crate::Options::slow) last, the latest first, with how the database goes about them.
    pub fn slow_statements(&self) -> Vec<SlowStatement> {
        self.watcher.slow_ones()
    }

    /// What the database is at now. Replicas are not counted.
    pub fn load(&self) -> Load {
        self.engine.load()
    }

    /// Told when a message of the outbox was committed by this process.
    pub(crate) fn news(&self) -> Arc<Notify> {
        self.watcher.news()
    }

    pub(crate) fn new(engine: Engine, replicas: Vec<Engine>, slow: Option<Duration>) -> Self {
        let watcher = Watcher::new(engine.clone(), slow);
        Self { engine, watcher, replicas: replicas.into(), next_replica: Arc::default() }
    }

    async fn run(&self, statement: Statement, fetch: Fetch) -> Result<Answer, Error> {
        let statement = Arc::new(statement);
        let watch = self.watcher.watch(&statement);
        let outcome = self.run_where_it_may(statement, fetch).await;
        watch.end(&outcome);
        outcome
    }

    async fn run_where_it_may(&self, statement: Arc<Statement>, fetch: Fetch) -> Result<Answer, Error> {
        if let Some(replica) = self.replica_for(&statement) {
            match replica.run(Arc::clone(&statement), fetch).await {
                Err(error) if error.is_unavailable() || error.is_busy() => {}
                outcome => return outcome,
            }
        }
        self.engine.run(statement, fetch).await
    }

    /// The replica whose turn it is, if one may answer.
    fn replica_for(&self, statement: &Statement) -> Option<&Engine> {
        if !statement.marks().may_be_stale || self.replicas.is_empty() {
            return None;
        }
        self.replicas.get(self.next_replica.fetch_add(1, Relaxed) % self.replicas.len())
    }
}

/// A stream of rows, of whose time that of whoever takes them is no part.
struct Watched {
    batches: Batches,
    watch: Watch<'static>,
    rows: u64,
}

impl Watched {
    async fn begin(
        mut watch: Watch<'static>,
        batches: impl Future<Output = Result<Batches, Error>>,
    ) -> Result<Self, Error> {
        let start = Instant::now();
        let batches = batches.await;
        watch.spend(start.elapsed());
        match batches {
            Ok(batches) => Ok(Self { batches, watch, rows: 0 }),
            Err(error) => {
                watch.failed();
                Err(error)
            }
        }
    }

    async fn next(mut self) -> Result<Option<(Rows, Self)>, Error> {
        let start = Instant::now();
        let rows = self.batches.next().await;
        self.watch.spend(start.elapsed());
        match rows {
            Ok(Some(rows)) => {
                self.rows += rows.count();
                Ok(Some((rows, self)))
            }
            Ok(None) => {
                self.watch.done(self.rows);
                Ok(None)
            }
            Err(error) => {
                self.watch.failed();
                Err(error)
            }
        }
    }
}
