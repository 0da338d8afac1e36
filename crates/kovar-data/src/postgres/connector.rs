//! How a connection's bytes get to the server: encrypted or not, and through a [`Wire`].
//!
//! `tokio-postgres` lets nobody between itself and the socket but what encrypts. So it is told that every connection is
//! encrypted from its first byte, and whether it is gets settled here, with the server.

use std::io;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Socket};

use super::encryption::Encryption;
use super::server::{Role, Security};
use super::wire::{Line, Pace, Wire};

/// Asks the server whether it encrypts (PostgreSQL's manual, "Message Formats").
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Makes the ways of connections.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) encryption: Encryption,
    pub(super) security: Security,
    /// Whether the server is yet to be asked.
    pub(super) asks: bool,
    pub(super) role: Role,
    pub(super) pace: Arc<Pace>,
}

/// Makes the way of one connection to a server of this name.
pub(super) struct Named(Connector, String);

/// Sees to it that the connector asks, and gives whether it does. A host without a name nobody is let to encrypt for, so
/// there `tokio-postgres` asks.
pub(super) fn take_over(config: &mut Config) -> bool {
    let hosts = config.get_hosts();
    let asks = !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Tcp(_)));
    if asks {
        config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
    }
    asks
}

impl Connector {
    pub(super) fn wire(&self, line: impl Line + 'static) -> Wire {
        Wire::new(Box::new(line), self.role, Arc::clone(&self.pace))
    }

    async fn reach(self, host: &str, mut socket: Socket) -> io::Result<Wire> {
        if self.asks && !self.encrypts(&mut socket).await? {
            return Ok(self.wire(socket));
        }
        Ok(self.wire(self.encryption.encrypt(host, socket).await?))
    }

    /// Whether the connection is to be encrypted.
    async fn encrypts(&self, socket: &mut Socket) -> io::Result<bool> {
        if self.security == Security::Disable || !Encryption::IS_THERE {
            return Ok(false);
        }
        socket.write_all(&SSL_REQUEST).await?;
        match (socket.read_u8().await?, self.security) {
            (b'S', _) => Ok(true),
            (_, Security::Prefer) => Ok(false),
            _ => Err(io::Error::other("server does not support TLS")),
        }
    }
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Wire;
    type TlsConnect = Named;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Named> {
        Ok(Named(self.clone(), host.to_owned()))
    }
}

impl TlsConnect<Socket> for Named {
    type Stream = Wire;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Wire>>;

    fn connect(self, socket: Socket) -> Self::Future {
        let Self(connector, host) = self;
        Box::pin(async move { connector.reach(&host, socket).await })
    }
}
