//! What stands before HTTP on a connection: the PROXY protocol.
//!
//! It is read in the connection's own task, under its own watch, so that nobody who is slow at it
//! keeps a worker from accepting.

use std::io;

use crate::peer::Peer;
use crate::proxy;
use crate::stream::Stream;
use crate::trust::{TrustedProxy, is_trusted};

/// What connections must get through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entrance {
    /// Who begins with a header of the PROXY protocol.
    pub(crate) proxies: Vec<TrustedProxy>,
}

impl Entrance {
    /// Whether a connection speaks HTTP from its first byte.
    pub(crate) fn is_open_to(&self, peer: &Peer) -> bool {
        !self.wants_header_of(peer)
    }

    /// Gets a connection through.
    pub(crate) async fn pass(&self, mut stream: Stream, mut peer: Peer) -> io::Result<(Stream, Peer)> {
        if self.wants_header_of(&peer) {
            let client = proxy::read(&mut stream).await.inspect_err(|cause| warn_of_header(cause, &peer))?;
            peer = peer.proxied(client);
        }
        Ok((stream, peer))
    }

    fn wants_header_of(&self, peer: &Peer) -> bool {
        !self.proxies.is_empty() && is_trusted(peer.ip(), &self.proxies)
    }
}

/// Only a proxy that is trusted gets so far, so this says that it is set up otherwise.
fn warn_of_header(cause: &io::Error, peer: &Peer) {
    if cause.kind() == io::ErrorKind::InvalidData {
        tracing::warn!(%cause, proxy = ?peer.ip(), "a trusted proxy does not speak the PROXY protocol");
    }
}
