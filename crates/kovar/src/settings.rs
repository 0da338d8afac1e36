//! What a person sets when starting a program.
//!
//! A flag wins over the environment, the environment over a file `.env` in the working directory,
//! and that over the default.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use kovar_serve::{Address, ForwardedFields, Runtime, TrustedProxy};

/// What a person sets when starting a program.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// The address for requests, or several with commas; unix:PATH is a Unix socket
    #[arg(
        long,
        env = "KOVAR_LISTEN",
        default_value = "127.0.0.1:8000",
        global = true,
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    pub listen: Vec<Address>,

    /// The address for the console, health checks and metrics; never the public one
    #[arg(
        long,
        env = "KOVAR_ADMIN",
        default_value = "127.0.0.1:8001",
        global = true,
        value_name = "ADDRESS",
        value_parser = admin_address
    )]
    pub admin: SocketAddr,

    /// Speak TLS with the certificate in this PEM file, its chain after it; loaded again when it changes
    #[arg(long, env = "KOVAR_TLS_CERT", global = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// The key of the certificate, a PEM file
    #[arg(long, env = "KOVAR_TLS_KEY", global = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// The proxies that are believed when they say for whom they ask: networks and addresses with
    /// commas; `unix` is whoever connects to a Unix socket [default: none]
    #[arg(long, env = "KOVAR_TRUSTED_PROXIES", global = true, value_name = "NETWORK", value_delimiter = ',')]
    pub trusted_proxies: Vec<TrustedProxy>,

    /// Where the proxies say it: `x-forwarded` is X-Forwarded-For, -Proto and -Host
    #[arg(
        long,
        env = "KOVAR_FORWARDED_FIELDS",
        default_value = "x-forwarded",
        global = true,
        value_name = "x-forwarded|forwarded"
    )]
    pub forwarded_fields: ForwardedFields,

    /// The trusted proxies begin each connection with the PROXY protocol
    #[arg(long, env = "KOVAR_PROXY_PROTOCOL", global = true, value_parser = FalseyValueParser::new())]
    pub proxy_protocol: bool,

    /// Names under which the console may be opened, beside IP addresses and localhost
    #[arg(long, env = "KOVAR_ADMIN_HOSTS", global = true, value_name = "NAME", value_delimiter = ',')]
    pub admin_hosts: Vec<String>,

    /// How many threads answer requests [default: one for each core]
    #[arg(long, env = "KOVAR_WORKERS", global = true, value_name = "NUMBER")]
    pub workers: Option<NonZeroUsize>,

    /// What runs the workers: a thread for each, or one pool that shares all work
    #[arg(long, env = "KOVAR_RUNTIME", default_value = "per-core", global = true, value_name = "KIND")]
    pub runtime: Runtime,

    /// The database; by default a SQLite file in `data`, named like the program
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        hide_env_values = true,
        value_name = "URL",
        help = "The database [default: sqlite://data/<program>.db]"
    )]
    pub database: Option<DatabaseUrl>,
}

impl Settings {
    /// How many threads answer requests: those that are set, or one for each core.
    pub fn worker_count(&self) -> NonZeroUsize {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.workers.unwrap_or_else(cores)
    }

    /// The URL of the database: the one that is set, or a file named like the program.
    pub fn database_url(&self, program: &str) -> DatabaseUrl {
        self.database.clone().unwrap_or_else(|| format!("sqlite://data/{program}.db").into())
    }
}

fn admin_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is no address with a port, as 127.0.0.1:8001"))
}

/// The URL of a database. `Display` and `Debug` hide its password.
///
/// # Example
///
/// ```
/// use kovar::settings::DatabaseUrl;
///
/// let url = DatabaseUrl::from("postgres://ada:s3cret@localhost/shop");
/// assert_eq!(url.to_string(), "postgres://ada:***@localhost/shop");
/// assert_eq!(url.as_str(), "postgres://ada:s3cret@localhost/shop");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL as it is, with its password.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file, where the database is one.
    #[cfg(feature = "data")]
    pub(crate) fn file(&self) -> Option<&std::path::Path> {
        self.0.strip_prefix("sqlite://").map(std::path::Path::new)
    }
}

impl<T: Into<String>> From<T> for DatabaseUrl {
    fn from(url: T) -> Self {
        Self(url.into())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The last `@`, since a password that somebody forgot to encode may hold one.
        let hidden = self.0.rsplit_once('@').and_then(|(before, place)| {
            let start = before.find("://").map_or(0, |at| at + "://".len());
            let user = before[start..].split_once(':')?.0;
            Some(format!("{}{user}:***@{place}", &before[..start]))
        });
        let hidden = hidden.unwrap_or_else(|| self.0.clone());
        let mut parts = hidden.split('&');
        f.write_str(&parts.next().map(without_password).unwrap_or_default())?;
        parts.try_for_each(|part| write!(f, "&{}", without_password(part)))
    }
}

/// A part of the query, or all that is before its first `&`.
fn without_password(part: &str) -> String {
    let start = part.find('?').map_or(0, |at| at + 1);
    match part[start..].split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().ends_with("password") => {
            format!("{}{name}=***", &part[..start])
        }
        _ => part.to_owned(),
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        for (url, shown) in [
            ("sqlite://data/shop.db", "sqlite://data/shop.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("postgres://h/x", "postgres://h/x"),
            ("postgres://ada@h:5432/x", "postgres://ada@h:5432/x"),
            ("postgres://ada:s3cret@h:5432/x", "postgres://ada:***@h:5432/x"),
            ("postgres://ada:s3/c@r:et@h/x?a=b", "postgres://ada:***@h/x?a=b"),
            ("postgres:ada:s3cret@h/x", "postgres:***@h/x"),
            ("postgres://h/x?password=s3cret&a=b", "postgres://h/x?password=***&a=b"),
            ("postgres://h/x?a=b&sslPassword=s3cret", "postgres://h/x?a=b&sslPassword=***"),
        ] {
            let url = DatabaseUrl::from(url);
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), format!("\"{shown}\"")));
        }
    }
}
