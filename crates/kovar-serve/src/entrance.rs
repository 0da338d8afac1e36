//! What stands before HTTP on a connection: the PROXY protocol, then TLS.
//!
//! Both happen in the connection's own task, under its own watch, so that nobody who is slow at it
//! keeps a worker from accepting.

use std::io;
#[cfg(feature = "tls")]
use std::sync::Arc;

use crate::peer::Peer;
use crate::proxy;
use crate::stream::Stream;
#[cfg(feature = "tls")]
use crate::tls::{self, Tls};
use crate::trust::{TrustedProxy, is_trusted};

/// What connections must get through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entrance {
    /// Who begins with a header of the PROXY protocol.
    pub(crate) proxies: Vec<TrustedProxy>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

impl Entrance {
    /// Whether a connection speaks HTTP from its first byte.
    pub(crate) fn is_open_to(&self, stream: &Stream, peer: &Peer) -> bool {
        !self.wants_header_of(peer) && !self.encrypts(stream)
    }

    /// Gets a connection through.
    pub(crate) async fn pass(&self, mut stream: Stream, mut peer: Peer) -> io::Result<(Stream, Peer)> {
        if self.wants_header_of(&peer) {
            let client = proxy::read(&mut stream).await.inspect_err(|cause| warn_of_header(cause, &peer))?;
            peer = peer.proxied(client);
        }
        self.encrypt(stream, peer).await
    }

    fn wants_header_of(&self, peer: &Peer) -> bool {
        !self.proxies.is_empty() && is_trusted(peer.ip(), &self.proxies)
    }
}

#[cfg(feature = "tls")]
impl Entrance {
    /// A Unix socket does not leave the machine.
    fn encrypts(&self, stream: &Stream) -> bool {
        self.tls.is_some() && matches!(stream, Stream::Tcp(_))
    }

    async fn encrypt(&self, stream: Stream, peer: Peer) -> io::Result<(Stream, Peer)> {
        match (&self.tls, stream) {
            (Some(tls), Stream::Tcp(stream)) => {
                let session = tls::accept(stream, Arc::clone(tls.config())).await?;
                Ok((Stream::Tls(Box::new(session)), peer.encrypted()))
            }
            (_, stream) => Ok((stream, peer)),
        }
    }
}

#[cfg(not(feature = "tls"))]
impl Entrance {
    fn encrypts(&self, _: &Stream) -> bool {
        false
    }

    async fn encrypt(&self, stream: Stream, peer: Peer) -> io::Result<(Stream, Peer)> {
        Ok((stream, peer))
    }
}

/// Only a proxy that is trusted gets so far, so this says that it is set up otherwise.
fn warn_of_header(cause: &io::Error, peer: &Peer) {
    if cause.kind() == io::ErrorKind::InvalidData {
        tracing::warn!(%cause, proxy = ?peer.ip(), "a trusted proxy does not speak the PROXY protocol");
    }
}
