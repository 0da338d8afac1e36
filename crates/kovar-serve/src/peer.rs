//! Who is at the other end of a connection, and whom they speak for.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::uri::Scheme;

use crate::forwarded::{Forwarded, Proxies};
use crate::trust::{TrustedProxy, is_trusted};

/// Who asks; each request has it as an extension.
///
/// Whose word is taken is set with [`Server::proxy_protocol`](crate::Server::proxy_protocol) for
/// connections, and with [`Server::trusted_proxies`](crate::Server::trusted_proxies) for requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    connection: Option<SocketAddr>,
    address: Option<SocketAddr>,
    /// Whether a proxy said that it does not know for whom it connects.
    is_anonymous: bool,
    is_encrypted: bool,
    forwarded: Option<Box<Forwarded>>,
}

impl Peer {
    pub(crate) fn of(address: SocketAddr) -> Self {
        Self { connection: Some(address), address: Some(address), ..Self::local() }
    }

    pub(crate) fn local() -> Self {
        Self { connection: None, address: None, is_anonymous: false, is_encrypted: false, forwarded: None }
    }

    /// For whom a proxy has connected. Who is not named is taken to be the proxy, as the PROXY
    /// protocol wants it.
    pub(crate) fn proxied(self, client: Option<SocketAddr>) -> Self {
        Self { address: client.or(self.connection), is_anonymous: client.is_none(), ..self }
    }

    #[cfg(feature = "tls")]
    pub(crate) fn encrypted(self) -> Self {
        Self { is_encrypted: true, ..self }
    }

    /// Whether it may say for whom it asks. A proxy that does not know whom it let through might
    /// pass on what a stranger says.
    pub(crate) fn is_trusted(&self, proxies: &[TrustedProxy]) -> bool {
        !self.is_anonymous && is_trusted(self.ip(), proxies)
    }

    /// The same peer with what it says about one request.
    pub(crate) fn forwarding(&self, proxies: &Proxies, headers: &HeaderMap) -> Self {
        let forwarded = proxies.read(headers, self.ip()).map(Box::new);
        Self { forwarded, ..self.clone() }
    }

    /// The address of the connection's other end, or the one for which a proxy has connected by the
    /// PROXY protocol; `None` on a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The address that the connection itself came from: a proxy's, if one speaks the PROXY
    /// protocol; `None` on a Unix socket.
    pub fn connection_address(&self) -> Option<SocketAddr> {
        self.connection
    }

    /// Its IP address, of which one of IPv4 that came by IPv6 is the former.
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.map(|address| address.ip().to_canonical())
    }

    /// Who asks: the client that trusted proxies name, or whoever is at the other end. `None` on a
    /// Unix socket, and when a trusted proxy does not know, or says it in a way that cannot be read.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.forwarded.as_ref().map_or_else(|| self.ip(), |forwarded| forwarded.client)
    }

    /// The scheme by which the client asks: the one that a trusted proxy names, or that of the
    /// connection.
    pub fn scheme(&self) -> Scheme {
        let connection = || if self.is_encrypted { Scheme::HTTPS } else { Scheme::HTTP };
        self.forwarded.as_ref().and_then(|forwarded| forwarded.scheme.clone()).unwrap_or_else(connection)
    }

    /// The host that the client asked for, with its port, if a trusted proxy names one. Otherwise it
    /// is that of the request.
    pub fn forwarded_host(&self) -> Option<&str> {
        self.forwarded.as_ref().and_then(|forwarded| forwarded.host.as_deref())
    }
}
