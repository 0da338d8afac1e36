//! Between `tokio-postgres` and the server: statements that travel together are answered together.
//!
//! `tokio-postgres` ends each statement with a Sync. The server answers one by ending a transaction, beginning another
//! for what comes next, and handing what it has so far to the kernel: for a statement that reads one row, that is most of
//! its work, and each answer wakes the app. Of statements that are sent in one packet, only the last needs a Sync. So
//! those before it are left out on the way there ([`sending`]), and what stands for their answers is put in on the way
//! back ([`receiving`]); on either side nobody knows.
//!
//! The price is that they share a transaction, and that the server does not carry out what follows on one that fails. In
//! a session that only reads, nothing of them is lost by that: they get [`UNANSWERED`], and are sent again. In a
//! transaction that was begun before, they had failed anyway.
//!
//! How many travel together depends on how long they take ([`Pace`]): an answer waits for those after it.

mod frame;
mod pace;
mod receiving;
mod sending;

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};
use tokio_util::io::poll_read_buf;

use self::receiving::Receiving;
use self::sending::Sending;
use super::server::Role;

pub(super) use self::pace::{Pace, SLOW};
pub(super) use self::receiving::UNANSWERED;

/// How much is asked of the socket at a time, and when there is so little room for it that more is made.
const CHUNK: usize = 32 * 1024;
const LEAST_ROOM: usize = 4 * 1024;

/// A way to the server, encrypted or not.
pub(super) trait Line: AsyncRead + AsyncWrite + Send + Unpin {}

impl<L: AsyncRead + AsyncWrite + Send + Unpin> Line for L {}

/// A connection's bytes, on both ways.
pub(super) struct Wire {
    line: Box<dyn Line>,
    sending: Sending,
    receiving: Receiving,
    received: BytesMut,
    groups: VecDeque<Group>,
    pace: Arc<Pace>,
}

/// Statements with one Sync.
#[derive(Debug)]
struct Group {
    statements: usize,
    sent_at: Instant,
}

impl Wire {
    pub(super) fn new(line: Box<dyn Line>, role: Role, pace: Arc<Pace>) -> Self {
        Self {
            line,
            sending: Sending::new(role),
            receiving: Receiving::new(role),
            received: BytesMut::new(),
            groups: VecDeque::new(),
            pace,
        }
    }

    /// Sends what was taken over.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.sending.bytes.is_empty() {
            match ready!(Pin::new(&mut self.line).poll_write(context, &self.sending.bytes))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.sending.bytes.advance(sent),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        while wire.receiving.ready.is_empty() {
            // While the app has something of what was received, its room cannot be used again.
            wire.receiving.ready = BytesMut::new();
            if wire.received.capacity() - wire.received.len() < LEAST_ROOM {
                wire.received.reserve(CHUNK);
            }
            if ready!(poll_read_buf(Pin::new(&mut wire.line), context, &mut wire.received))? == 0 {
                wire.receiving.end();
                break;
            }
            wire.receiving.take(&mut wire.received, &mut wire.groups, &wire.pace)?;
        }
        let ready = &mut wire.receiving.ready;
        let count = ready.len().min(into.remaining());
        into.put_slice(&ready[..count]);
        ready.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    /// Takes everything once what was taken before is sent.
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.poll_send(context))?;
        wire.sending.take(bytes, &mut wire.groups, wire.pace.most());
        // What is not sent now is when the line has room.
        if let Poll::Ready(sent) = wire.poll_send(context) {
            sent?;
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(wire.poll_send(context))?;
        Pin::new(&mut wire.line).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(wire.poll_send(context))?;
        Pin::new(&mut wire.line).poll_shutdown(context)
    }
}

impl TlsStream for Wire {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

#[cfg(test)]
mod tests;
