//! Who is at the other end of a connection.

use std::net::{IpAddr, SocketAddr};

/// The other end of a connection; each request has it as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    address: Option<SocketAddr>,
}

impl Peer {
    pub(crate) fn of(address: SocketAddr) -> Self {
        Self { address: Some(address) }
    }

    pub(crate) fn local() -> Self {
        Self { address: None }
    }

    /// Its address; `None` on a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Its IP address, of which one of IPv4 that came by IPv6 is the former.
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.map(|address| address.ip().to_canonical())
    }
}
