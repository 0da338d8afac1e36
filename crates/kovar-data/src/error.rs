//! What can go wrong, told by predicates.
//!
//! The enum behind them is private, because a database that is added later brings errors that nobody foresaw. The text
//! is for the log: it names the statement and the column, and never a value.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use rusqlite::ffi;

use crate::Origin;

/// Why a database could not do what was asked.
///
/// The display form is for logs: it says where the statement stands, and holds no parameter and no value of a row.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    message: String,
    origin: Option<Origin>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Busy,
    Check,
    Closed,
    Conflict,
    ForeignKey,
    InDoubt,
    Mapping,
    Migration,
    NotFound,
    NotNull,
    Parameter,
    Timeout,
    Unavailable,
    Unique,
    Unwritable,
    /// What no caller is expected to tell apart: SQL that does not parse, a disk that is broken.
    Other,
}

impl Error {
    /// [`Db::one`](crate::Db::one) found no row.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == Kind::NotFound
    }

    /// A unique constraint or primary key already has this value.
    pub fn is_unique_violation(&self) -> bool {
        self.0.kind == Kind::Unique
    }

    /// A foreign key points at no row, or a row that is pointed at was to be deleted.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.0.kind == Kind::ForeignKey
    }

    /// A `check` constraint refused the row.
    pub fn is_check_violation(&self) -> bool {
        self.0.kind == Kind::Check
    }

    /// A column that is `not null` was given NULL.
    pub fn is_not_null_violation(&self) -> bool {
        self.0.kind == Kind::NotNull
    }

    /// The statement got no turn within the [wait](crate::Options::wait). It did not run; trying again is safe.
    pub fn is_busy(&self) -> bool {
        self.0.kind == Kind::Busy
    }

    /// The transaction is over, or the database is no longer open.
    pub fn is_closed(&self) -> bool {
        self.0.kind == Kind::Closed
    }

    /// The database could not be reached within the [wait](crate::Options::wait). The statement did not run; trying
    /// again is safe.
    pub fn is_unavailable(&self) -> bool {
        self.0.kind == Kind::Unavailable
    }

    /// The connection was lost after a statement that may write, or a commit, was sent, and before its answer came: it may
    /// have been carried out, or not.
    pub fn is_in_doubt(&self) -> bool {
        self.0.kind == Kind::InDoubt
    }

    /// The transaction ran into others, and the database undid it, so that the outcome is as if they had run one after
    /// the other: run it again from its beginning (SQLSTATE 40001, 40P01).
    pub fn is_conflict(&self) -> bool {
        self.0.kind == Kind::Conflict
    }

    /// The statement took longer than it [may](crate::Options::statement_timeout), and was broken off.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::Timeout
    }

    /// The disk is full, or the database may only be read. Nothing has happened; what only reads still works.
    pub fn is_unwritable(&self) -> bool {
        self.0.kind == Kind::Unwritable
    }

    /// Another try may succeed, and is safe: nothing has happened.
    pub fn is_passing(&self) -> bool {
        matches!(self.0.kind, Kind::Busy | Kind::Unavailable | Kind::Timeout | Kind::Conflict | Kind::Unwritable)
    }

    /// A row did not fit the type that it was to become.
    pub fn is_mapping(&self) -> bool {
        self.0.kind == Kind::Mapping
    }

    /// The database cannot hold a parameter's value, such as a decimal of too many digits.
    pub fn is_parameter_refused(&self) -> bool {
        self.0.kind == Kind::Parameter
    }

    /// A migration is not what was applied, is not listed, is out of order, or failed.
    pub fn is_migration(&self) -> bool {
        self.0.kind == Kind::Migration
    }

    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), origin: None, source: None }))
    }

    /// A URL that names no database. It stays out of the message: it may hold a password.
    pub(crate) fn url(reason: &str) -> Self {
        let forms = "use sqlite://path/to/file.db, sqlite::memory: or postgres://user:password@host/database";
        Self::new(Kind::Other, format!("the database URL {reason}: {forms}"))
    }

    pub(crate) fn busy(wait: Option<Duration>) -> Self {
        let wait = wait.unwrap_or_default();
        Self::new(Kind::Busy, format!("the database was busy for {wait:?}: a transaction or a long statement holds it"))
    }

    /// The server was asked, and has said nothing.
    pub(crate) fn silent(wait: Option<Duration>) -> Self {
        let wait = wait.unwrap_or_default();
        Self::new(Kind::Unavailable, format!("the database cannot be reached: it has not answered within {wait:?}"))
    }

    pub(crate) fn closed() -> Self {
        Self::new(Kind::Closed, "the database is closed")
    }

    pub(crate) fn streams_only_read() -> Self {
        Self::new(Kind::Other, "a statement whose rows are streamed only reads")
    }

    pub(crate) fn parameter(number: usize, reason: &str) -> Self {
        Self::new(Kind::Parameter, format!("parameter {number} cannot be stored: {reason}"))
    }

    /// Says which statement it was, unless that is known.
    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.0.origin.get_or_insert(origin);
        self
    }

    /// The same for another statement that it also befell.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.0.kind, self.0.message.clone())
    }

    pub(crate) fn of_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Puts what it was about in front of the message.
    pub(crate) fn about(mut self, subject: &str) -> Self {
        self.0.message = format!("{subject}: {}", self.0.message);
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = self.0.origin {
            write!(formatter, "{origin}: ")?;
        }
        formatter.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| source.as_ref() as _)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(cause, message) => {
                Self::new(Kind::of(cause), message.unwrap_or_else(|| cause.to_string())).with_source(cause)
            }
            rusqlite::Error::SqlInputError { error: cause, msg, offset, .. } => {
                Self::new(Kind::of(cause), format!("{msg}, at byte {offset} of the statement")).with_source(cause)
            }
            rusqlite::Error::MultipleStatement => Self::new(Kind::Other, "the text holds more than one statement"),
            other => Self::new(Kind::Other, other.to_string()),
        }
    }
}

impl Kind {
    fn of(cause: ffi::Error) -> Self {
        match cause.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                Self::Unique
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
            ffi::SQLITE_CONSTRAINT_CHECK => Self::Check,
            ffi::SQLITE_CONSTRAINT_NOTNULL => Self::NotNull,
            _ => match cause.code {
                ffi::ErrorCode::DatabaseBusy => Self::Busy,
                ffi::ErrorCode::DiskFull | ffi::ErrorCode::ReadOnly => Self::Unwritable,
                _ => Self::Other,
            },
        }
    }
}
