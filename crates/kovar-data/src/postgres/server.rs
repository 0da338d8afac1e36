//! The server: where it is, and how a connection to it is opened.

use std::fmt;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, Connection, NoTls, Socket};

use super::connector::{Connector, take_over};
use super::encryption::{Encryption, encryption};
use super::failure::{Failure, Remedy, cannot_connect};
use super::wire::{Pace, Wire};
use crate::Options;
use crate::error::{Error, Kind};

/// How long opening one connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long sent bytes may stay without the server's acknowledgement until the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(15);

/// PostgreSQL's port, where the URL says none.
const PORT: u16 = 5432;

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Whatever comes.
    Any,
    /// What only reads. The server refuses anything else, before it does any of it.
    Reader,
}

/// What `sslmode` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    Disable,
    /// Encrypted if the server can, whoever it is.
    Prefer,
    /// Encrypted, whoever the server is.
    Require,
    /// By a server that someone trusted vouches for.
    VerifyCa,
    /// By that server, and no other of theirs.
    VerifyFull,
}

/// What does the work of a connection.
pub(super) type Driven = Connection<Socket, Wire>;

/// Where a server is, and as whom to speak to it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    encryption: Encryption,
    security: Security,
    /// Whether connections ask the server themselves whether it encrypts.
    asks: bool,
    statement_timeout: Option<Duration>,
    /// Whether a `PgBouncer` is in between, which gives each transaction another session.
    is_pooled: bool,
}

/// What the URL says beside what `tokio-postgres` reads.
#[derive(Debug)]
struct Extra {
    security: Security,
    roots: Option<PathBuf>,
    is_pooled: bool,
}

impl Server {
    /// Reads `postgres://user:password@host:port/database?sslmode=…`.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let (url, extra) = Extra::take(url)?;
        let mut config: Config = url.parse().map_err(|_| Error::url("cannot be read"))?;
        config.ssl_mode(match extra.security {
            Security::Disable => SslMode::Disable,
            Security::Prefer if !Encryption::IS_THERE => SslMode::Disable,
            Security::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        });
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(Error::url("names no host"));
        }
        if config.get_application_name().is_none() {
            config.application_name("kovar");
        }
        config.connect_timeout(*config.get_connect_timeout().unwrap_or(&CONNECT_TIMEOUT));
        config.tcp_user_timeout(*config.get_tcp_user_timeout().unwrap_or(&SILENCE));
        let asks = take_over(&mut config);
        let encryption = encryption(extra.security, extra.roots.as_deref())?;
        let Extra { security, is_pooled, .. } = extra;
        Ok(Self { config, encryption, security, asks, statement_timeout: None, is_pooled })
    }

    pub(super) fn with(self, options: &Options) -> Self {
        Self { statement_timeout: options.statement_timeout, ..self }
    }

    /// Opens a connection, which is driven by a task of this runtime until its client is dropped.
    pub(super) async fn connect(&self, role: Role, pace: Arc<Pace>) -> Result<Client, Failure> {
        // A connection that is made so cannot be told to break something off, which those that only read never are.
        if let Some(path) = self.path().filter(|_| role == Role::Reader) {
            return self.connect_by(&path, role, pace).await;
        }
        let (client, connection) = self.open(role, pace).await?;
        drive(connection);
        Ok(client)
    }

    /// Opens a connection, which has to be driven.
    pub(super) async fn open(&self, role: Role, pace: Arc<Pace>) -> Result<(Client, Driven), Failure> {
        let config = self.config(role);
        let connected = self.in_time(config.connect(self.connector(role, pace))).await?;
        connected.map_err(|cause| cannot_connect(&cause))
    }

    /// Opens a connection to a socket in the file system.
    async fn connect_by(&self, path: &Path, role: Role, pace: Arc<Pace>) -> Result<Client, Failure> {
        let unreachable = |cause: io::Error| {
            let message = format!("the database cannot be reached: {}: {cause}", path.display());
            Failure::new(Error::new(Kind::Unavailable, message), Remedy::Connect)
        };
        let config = self.config(role);
        let connected = self.in_time(async {
            let socket = UnixStream::connect(path).await.map_err(unreachable)?;
            let wire = self.connector(role, pace).wire(socket);
            config.connect_raw(wire, NoTls).await.map_err(|cause| cannot_connect(&cause))
        });
        let (client, connection) = connected.await??;
        drive(connection);
        Ok(client)
    }

    /// The socket in the file system, if it is the only way to the server and nothing is asked of it. Between it and
    /// `tokio-postgres`, nobody can be put as [what encrypts](super::connector).
    fn path(&self) -> Option<PathBuf> {
        let [Host::Unix(folder)] = self.config.get_hosts() else { return None };
        let is_plain = matches!(self.security, Security::Disable | Security::Prefer)
            && self.config.get_target_session_attrs() == TargetSessionAttrs::Any;
        let port = self.config.get_ports().first().unwrap_or(&PORT);
        is_plain.then(|| folder.join(format!(".s.PGSQL.{port}")))
    }

    fn config(&self, role: Role) -> Config {
        let mut config = self.config.clone();
        if !self.is_pooled {
            config.options(self.options(role));
        }
        config
    }

    /// The timeout of the configuration is that of TCP alone.
    async fn in_time<T>(&self, connected: impl Future<Output = T>) -> Result<T, Failure> {
        let limit = self.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        let silent = |_| Failure::new(Error::silent(Some(limit)), Remedy::Connect);
        timeout(limit, connected).await.map_err(silent)
    }

    pub(super) fn connector(&self, role: Role, pace: Arc<Pace>) -> Connector {
        let Self { security, asks, .. } = *self;
        Connector { encryption: self.encryption.clone(), security, asks, role, pace }
    }

    /// Whether sessions are not one's own, so that nothing can be set or prepared in them.
    pub(super) fn is_pooled(&self) -> bool {
        self.is_pooled
    }

    /// Settings of the session, as the server's command line has them.
    fn options(&self, role: Role) -> String {
        let mut options = self.config.get_options().unwrap_or_default().to_owned();
        if let Some(timeout) = self.statement_timeout {
            options.push_str(&format!(" -c statement_timeout={}", timeout.as_millis()));
        }
        if role == Role::Reader {
            options.push_str(" -c default_transaction_read_only=on");
        }
        options
    }
}

fn drive<S, T>(connection: Connection<S, T>)
where
    Connection<S, T>: Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(cause) = connection.await {
            tracing::debug!(%cause, "a connection to the database ended");
        }
    });
}

impl Extra {
    /// Takes its own parameters out of a URL.
    fn take(url: &str) -> Result<(String, Self), Error> {
        let mut extra = Self { security: Security::Prefer, roots: None, is_pooled: false };
        let Some((place, query)) = url.split_once('?') else { return Ok((url.to_owned(), extra)) };
        let mut others = Vec::new();
        for pair in query.split('&') {
            let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else { continue };
            match (&*name, &*value) {
                ("sslmode", "disable") => extra.security = Security::Disable,
                ("sslmode", "allow" | "prefer") => extra.security = Security::Prefer,
                ("sslmode", "require") => extra.security = Security::Require,
                ("sslmode", "verify-ca") => extra.security = Security::VerifyCa,
                ("sslmode", "verify-full") => extra.security = Security::VerifyFull,
                ("sslmode", _) => return Err(Error::url("has an sslmode that is none")),
                ("sslrootcert", path) => extra.roots = Some(path.into()),
                ("pgbouncer", "true") => extra.is_pooled = true,
                ("pgbouncer", "false") => extra.is_pooled = false,
                ("pgbouncer", _) => return Err(Error::url("has a pgbouncer that is neither true nor false")),
                _ => others.push(pair),
            }
        }
        Ok((format!("{place}?{}", others.join("&")), extra))
    }
}

/// Without the password.
impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("hosts", &self.config.get_hosts()).finish_non_exhaustive()
    }
}
