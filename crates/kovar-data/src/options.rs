//! How a database is opened.

use std::fmt;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::engine::{Engine, Place};
use crate::{Db, Error};

/// How to open a database. Made by [`Db::options`].
///
/// ```
/// # use std::time::Duration;
/// # use kovar_data::Db;
/// # async fn example() -> Result<(), kovar_data::Error> {
/// let db = Db::options().readers(2).wait(Duration::from_secs(1)).open("sqlite://data/products.db").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Options {
    pub(crate) readers: usize,
    pub(crate) connections: usize,
    pub(crate) wait: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) slow: Option<Duration>,
    replicas: Vec<String>,
}

impl Options {
    /// Of SQLite, how many connections read beside the one that writes. At least 1. Default: one per core, from 2 to 8.
    ///
    /// `sqlite::memory:` has one connection for everything, and ignores this.
    #[must_use]
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// Of PostgreSQL, how many connections there are for transactions and for statements that are known to be slow. At
    /// least 1. Default: 10, or twice as many as cores if that is more. They are opened when they are needed. Beside them, each of the server's workers has a few
    /// that its single statements share.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// Of PostgreSQL, how long a statement may take. Default: 30 s. `None` leaves it to the server's own setting. Past it
    /// the server breaks it off, and the answer is an error that [`is_timeout`](Error::is_timeout).
    #[must_use]
    pub fn statement_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.statement_timeout = timeout.into();
        self
    }

    /// From when on a statement is slow, with its time in line: then it is logged as a warning, and
    /// [kept](Db::slow_statements) with the database's plan for it. Default: 100 ms. `None` disables.
    #[must_use]
    pub fn slow(mut self, slow: impl Into<Option<Duration>>) -> Self {
        self.slow = slow.into();
        self
    }

    /// A database that follows this one, for statements that are marked [`stale`](crate::Statement::stale); they take
    /// turns where there are several. It must be there when the database is opened; whoever is unavailable later is
    /// passed over. Default: none.
    #[must_use]
    pub fn replica(mut self, url: impl Into<String>) -> Self {
        self.replicas.push(url.into());
        self
    }

    /// How long a statement or a transaction may wait for its turn. Default: 5 s. `None` disables.
    ///
    /// Past it the answer is an error that [`is_busy`](Error::is_busy). Once it has its turn, it may take as long as
    /// it needs.
    #[must_use]
    pub fn wait(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.wait = wait.into();
        self
    }

    /// Opens the database at `url`, as [`Db::open`] does.
    ///
    /// # Errors
    ///
    /// As [`Db::open`].
    pub async fn open(self, url: &str) -> Result<Db, Error> {
        let engine = Engine::open(Place::parse(url)?, &self).await?;
        let mut replicas = Vec::new();
        for url in &self.replicas {
            replicas.push(Engine::open(Place::parse(url)?, &self).await?);
        }
        Ok(Db::new(engine, replicas, self.slow))
    }
}

/// Without the replicas' URLs, which may hold passwords.
impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { readers, connections, wait, statement_timeout, slow, replicas } = self;
        formatter
            .debug_struct("Options")
            .field("readers", readers)
            .field("connections", connections)
            .field("wait", wait)
            .field("statement_timeout", statement_timeout)
            .field("slow", slow)
            .field("replicas", &replicas.len())
            .finish()
    }
}

impl Default for Options {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            readers: cores.clamp(2, 8),
            connections: (2 * cores).max(10),
            wait: Some(Duration::from_secs(5)),
            statement_timeout: Some(Duration::from_secs(30)),
            slow: Some(Duration::from_millis(100)),
            replicas: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Db;

    #[tokio::test]
    async fn a_refused_url_is_not_repeated() {
        for url in ["mysql://user:secret@host/db", "sqlite://secret?mode=ro", "postgres://user:secret@host:port/db"] {
            let error = Db::open(url).await.unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
