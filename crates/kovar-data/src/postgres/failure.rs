//! Why a statement failed, and what can be done about it.

use std::error::Error as StdError;

use tokio_postgres::error::{DbError, SqlState};

use super::wire::UNANSWERED;
use crate::error::{Error, Kind};

/// An error, and whether another try is worth it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) remedy: Remedy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The server's answer stands.
    None,
    /// It writes, and was sent where only reading is allowed.
    Write,
    /// The server has forgotten the prepared statement, or its tables have changed since.
    Prepare,
    /// No connection could be opened, or it was lost before the statement was sent.
    Connect,
    /// The connection was lost after it was sent.
    Lost,
    /// It was not carried out, since another that was sent with it has failed.
    Apart,
}

impl Failure {
    pub(super) fn new(error: Error, remedy: Remedy) -> Self {
        Self { error, remedy }
    }

    /// Of what never came to the server.
    pub(super) fn local(error: Error) -> Self {
        Self::new(error, Remedy::None)
    }

    /// Of a statement that was sent.
    pub(super) fn of(cause: &tokio_postgres::Error) -> Self {
        if let Some(answer) = cause.as_db_error() {
            return match is_ending(answer.code()) {
                // It may have been carried out before its session was ended.
                true => Self::new(in_doubt(), Remedy::Lost),
                false => Self::new(refused(answer), remedy(answer.code())),
            };
        }
        let is_local = cause.source().is_some_and(|source| source.downcast_ref::<std::io::Error>().is_none());
        match cause.is_closed() {
            false if is_local => Self::new(not_sent(cause), Remedy::None),
            _ => Self::new(in_doubt(), Remedy::Lost),
        }
    }
}

/// The server says what it thinks in five letters (PostgreSQL, Appendix A).
fn kind(code: &SqlState) -> Kind {
    match *code {
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => Kind::Unique,
        SqlState::FOREIGN_KEY_VIOLATION => Kind::ForeignKey,
        SqlState::CHECK_VIOLATION => Kind::Check,
        SqlState::NOT_NULL_VIOLATION => Kind::NotNull,
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Kind::Conflict,
        SqlState::QUERY_CANCELED => Kind::Timeout,
        SqlState::LOCK_NOT_AVAILABLE => Kind::Busy,
        SqlState::CANNOT_CONNECT_NOW | SqlState::TOO_MANY_CONNECTIONS => Kind::Unavailable,
        // Read-only is a server that follows another.
        SqlState::DISK_FULL | SqlState::READ_ONLY_SQL_TRANSACTION => Kind::Unwritable,
        _ if is_ending(code) => Kind::Unavailable,
        _ => Kind::Other,
    }
}

fn remedy(code: &SqlState) -> Remedy {
    match *code {
        SqlState::READ_ONLY_SQL_TRANSACTION => Remedy::Write,
        // "cached plan must not change result type" has a code that it shares with others.
        SqlState::INVALID_SQL_STATEMENT_NAME | SqlState::FEATURE_NOT_SUPPORTED => Remedy::Prepare,
        SqlState::CANNOT_CONNECT_NOW | SqlState::TOO_MANY_CONNECTIONS => Remedy::Connect,
        _ if is_ending(code) => Remedy::Connect,
        _ if code.code() == UNANSWERED => Remedy::Apart,
        _ => Remedy::None,
    }
}

/// Whether the server ends, or ends the session.
fn is_ending(code: &SqlState) -> bool {
    [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::DATABASE_DROPPED].contains(code)
}

/// The class of what is wrong with a value.
const DATA_EXCEPTION: &str = "22";

/// What the server's messages have around a value, in the languages that it speaks.
const QUOTES: [char; 8] = ['"', '„', '“', '”', '«', '»', '‹', '›'];

/// The server's message, without its detail, which quotes values.
fn refused(answer: &DbError) -> Error {
    let mut message = match answer.code().code().starts_with(DATA_EXCEPTION) {
        true => without_quoted(answer.message()),
        false => answer.message().to_owned(),
    };
    let names = [("table", answer.table()), ("column", answer.column()), ("constraint", answer.constraint())];
    for (what, name) in names {
        if let Some(name) = name.filter(|name| !message.contains(*name)) {
            message.push_str(&format!(", {what} \"{name}\""));
        }
    }
    Error::new(kind(answer.code()), format!("{message} (SQLSTATE {})", answer.code().code()))
}

/// Leaves out what a message has in quotes: of a value that does not fit, that is the value. It may hold quotes itself.
fn without_quoted(message: &str) -> String {
    let mut quotes = message.char_indices().filter(|(_, character)| QUOTES.contains(character));
    match (quotes.next(), quotes.next_back()) {
        (Some((first, open)), Some((last, close))) => {
            let (before, after) = (&message[..first], &message[last + close.len_utf8()..]);
            format!("{before}{open}…{close}{after}")
        }
        _ => message.to_owned(),
    }
}

/// A parameter or a message that could not be written: nothing has happened.
fn not_sent(cause: &tokio_postgres::Error) -> Error {
    let reason = cause.source().map(ToString::to_string).unwrap_or_default();
    Error::new(Kind::Parameter, format!("{cause}: {reason}"))
}

fn in_doubt() -> Error {
    Error::new(
        Kind::InDoubt,
        "the connection to the database was lost: whether the statement was carried out is not known",
    )
}

/// Why no connection could be opened.
pub(super) fn cannot_connect(cause: &tokio_postgres::Error) -> Failure {
    match cause.as_db_error() {
        Some(answer) => {
            let error = refused(answer).about("the database cannot be used");
            let remedy = remedy(answer.code());
            Failure::new(error, remedy)
        }
        None => {
            let error = Error::new(Kind::Unavailable, format!("the database cannot be reached: {}", chain(cause)));
            Failure::new(error, Remedy::Connect)
        }
    }
}

fn chain(error: &dyn StdError) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::without_quoted;

    #[test]
    fn a_message_without_its_value() {
        for (message, expected) in [
            ("invalid input syntax for type inet: \"a\"b\"", "invalid input syntax for type inet: \"…\""),
            ("value \"7\" is out of range for type integer", "value \"…\" is out of range for type integer"),
            ("ungültige Eingabesyntax für Typ inet: »a«", "ungültige Eingabesyntax für Typ inet: »…«"),
            ("division by zero", "division by zero"),
            ("a lone \" quote", "a lone \" quote"),
        ] {
            assert_eq!(without_quoted(message), expected);
        }
    }
}
