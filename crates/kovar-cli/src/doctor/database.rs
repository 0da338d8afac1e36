//! Whether the app reaches its database.

pub(super) mod server;
pub(super) mod sqlite;

use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Database {
    /// A file of SQLite.
    File(PathBuf),
    /// SQLite without a file.
    Memory,
    /// A server of PostgreSQL.
    Server { host: String, port: u16 },
}

impl FromStr for Database {
    /// Why it is none. The URL is not repeated: it may hold a password.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("sqlite:") {
            Some(":memory:") => Ok(Self::Memory),
            Some(path) => match path.strip_prefix("//") {
                Some(path) if !path.is_empty() && !path.contains('?') => Ok(Self::File(path.into())),
                _ => Err("the URL of SQLite is not of the form sqlite://path/to/file.db".to_owned()),
            },
            None => server_of(text),
        }
    }
}

fn server_of(text: &str) -> Result<Database, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    let url = url.ok_or("the URL names neither sqlite: nor postgresql:")?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("the URL of PostgreSQL names no host")?;
    // An address of IPv6 stands in brackets in a URL, and nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(Database::Server { host, port: url.port().unwrap_or(5432) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Database, &str>) {
        match (text.parse::<Database>(), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
            (Err(found), Err(part)) => assert!(found.contains(part), "{text}: {found}"),
            (found, expected) => panic!("{text}: {found:?} and not {expected:?}"),
        }
    }

    #[test]
    fn a_url_names_a_file_memory_or_a_server() {
        let server = |host: &str, port| Ok(Database::Server { host: host.to_owned(), port });
        check("sqlite://data/app.db", Ok(Database::File("data/app.db".into())));
        check("sqlite:///var/lib/app.db", Ok(Database::File("/var/lib/app.db".into())));
        check("sqlite::memory:", Ok(Database::Memory));
        check("postgres://me:secret@db.example.org/app", server("db.example.org", 5432));
        check("postgresql://[::1]:6432/app", server("::1", 6432));
    }

    #[test]
    fn what_is_no_url_is_told_without_its_secrets() {
        check("sqlite://", Err("sqlite://path/to/file.db"));
        check("sqlite://app.db?mode=ro", Err("sqlite://path/to/file.db"));
        check("mysql://me:secret@host/app", Err("neither sqlite: nor postgresql:"));
        check("postgres:///app", Err("names no host"));
        check("", Err("neither"));
        for text in ["mysql://me:secret@host/app", "postgres://me:secret@/app", "sqlite:secret"] {
            assert!(!text.parse::<Database>().unwrap_err().contains("secret"), "{text}");
        }
    }
}
