//! The server: where it is, and how a connection to it is opened.

use std::fmt;
use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};

use super::failure::{Failure, cannot_connect};
use crate::{Error, Options};

/// How long opening one connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long sent bytes may stay without the server's acknowledgement until the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(15);

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Whatever comes.
    Any,
    /// What only reads. The server refuses anything else, before it does any of it.
    Reader,
}

/// Where a server is, and as whom to speak to it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    statement_timeout: Option<Duration>,
}

impl Server {
    /// Reads `postgres://user:password@host:port/database?sslmode=…`.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let mut config: Config = url.parse().map_err(|_| Error::url("cannot be read"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(Error::url("names no host"));
        }
        if config.get_application_name().is_none() {
            config.application_name("kovar");
        }
        config.connect_timeout(*config.get_connect_timeout().unwrap_or(&CONNECT_TIMEOUT));
        config.tcp_user_timeout(*config.get_tcp_user_timeout().unwrap_or(&SILENCE));
        Ok(Self { config, statement_timeout: None })
    }

    pub(super) fn with(self, options: &Options) -> Self {
        Self { statement_timeout: options.statement_timeout, ..self }
    }

    /// Opens a connection, which is driven by a task of this runtime until its client is dropped.
    pub(super) async fn connect(&self, role: Role) -> Result<Client, Failure> {
        let mut config = self.config.clone();
        config.options(self.options(role));
        let (client, connection) = config.connect(NoTls).await.map_err(|cause| cannot_connect(&cause))?;
        tokio::spawn(async move {
            if let Err(cause) = connection.await {
                tracing::debug!(%cause, "a connection to the database ended");
            }
        });
        Ok(client)
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

/// Without the password.
impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("hosts", &self.config.get_hosts()).finish_non_exhaustive()
    }
}
