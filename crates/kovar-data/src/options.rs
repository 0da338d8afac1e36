//! How a database is opened.

use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::error::{Error, Kind};
use crate::{Db, sqlite};

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
#[derive(Clone, Debug)]
pub struct Options {
    readers: usize,
    wait: Option<Duration>,
}

impl Options {
    /// How many connections read beside the one that writes. At least 1. Default: one per core, from 2 to 8.
    ///
    /// `sqlite::memory:` has one connection for everything, and ignores this.
    #[must_use]
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers.max(1);
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
        let place = Place::parse(url)?;
        Ok(Db::new(sqlite::Sqlite::open(place, self.readers, self.wait).await?))
    }
}

impl Default for Options {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self { readers: cores.clamp(2, 8), wait: Some(Duration::from_secs(5)) }
    }
}

/// Where a SQLite database lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File(PathBuf),
    Memory,
}

impl Place {
    fn parse(url: &str) -> Result<Self, Error> {
        let refuse = |reason: &str| {
            // The URL itself stays out of the message: other databases' URLs carry passwords.
            Error::new(
                Kind::Other,
                format!("the database URL {reason}: use sqlite://path/to/file.db or sqlite::memory:"),
            )
        };
        if url == "sqlite::memory:" {
            return Ok(Self::Memory);
        }
        match url.strip_prefix("sqlite://") {
            None => Err(refuse("is of an unknown kind")),
            Some("") => Err(refuse("names no file")),
            Some(path) if path.contains('?') => Err(refuse("has settings after `?`, which are not supported")),
            Some(path) => Ok(Self::File(path.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[expect(clippy::needless_pass_by_value, reason = "the calls below read better")]
    fn check(url: &str, expected: Option<Place>) {
        assert_eq!(Place::parse(url).ok(), expected, "{url}");
    }

    #[test]
    fn a_url_names_a_file_or_memory() {
        check("sqlite::memory:", Some(Place::Memory));
        check("sqlite://data/app.db", Some(Place::File("data/app.db".into())));
        check("sqlite:///var/lib/app.db", Some(Place::File("/var/lib/app.db".into())));
        check("sqlite://", None);
        check("sqlite://app.db?mode=ro", None);
        check("postgres://user:secret@host/db", None);
    }

    #[test]
    fn a_refused_url_is_not_repeated() {
        let error = Place::parse("postgres://user:secret@host/db").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
