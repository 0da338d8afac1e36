//! The bytes of a connection, whoever serves it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use kovar_serve::Taken;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes both ways.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<D: AsyncRead + AsyncWrite + Send + Unpin> Duplex for D {}

/// The bytes of a connection. Who has something to send may try to at once, from any task.
pub(crate) enum Line {
    /// Of Kovar's server.
    Taken(Taken),
    /// Of another, or of none: a test.
    Other(Mutex<Box<dyn Duplex>>),
    /// There are none: what is to be sent is fetched, by the body of an answer.
    Fetched,
}

impl Line {
    pub(crate) fn poll_read(&self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Taken(taken) => taken.poll_read(context, buffer),
            Self::Other(other) => Pin::new(&mut *lock(other)).poll_read(context, buffer),
            Self::Fetched => Poll::Pending,
        }
    }

    /// Sends as much as there is room for, without waiting.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Taken(taken) => taken.try_write(bytes),
            Self::Other(other) => {
                let mut context = Context::from_waker(Waker::noop());
                match Pin::new(&mut *lock(other)).poll_write(&mut context, bytes) {
                    Poll::Ready(outcome) => outcome,
                    Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
                }
            }
            Self::Fetched => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    pub(crate) fn poll_write(&self, context: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Self::Taken(taken) => taken.poll_write(context, slices),
            Self::Other(other) => Pin::new(&mut *lock(other)).poll_write_vectored(context, slices),
            Self::Fetched => Poll::Pending,
        }
    }

    pub(crate) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Taken(taken) => taken.poll_flush(context),
            Self::Other(other) => Pin::new(&mut *lock(other)).poll_flush(context),
            Self::Fetched => Poll::Ready(Ok(())),
        }
    }

    /// Says that nothing more is sent.
    pub(crate) fn shut_down(&self) {
        match self {
            Self::Taken(taken) => taken.shut_down(),
            Self::Other(other) => {
                let mut context = Context::from_waker(Waker::noop());
                let _ = Pin::new(&mut *lock(other)).poll_shutdown(&mut context);
            }
            Self::Fetched => {}
        }
    }

    /// Whether the server waits for its connections to end.
    pub(crate) fn is_draining(&self) -> bool {
        match self {
            Self::Taken(taken) => taken.is_draining(),
            Self::Other(_) | Self::Fetched => false,
        }
    }
}

fn lock(other: &Mutex<Box<dyn Duplex>>) -> MutexGuard<'_, Box<dyn Duplex>> {
    other.lock().unwrap_or_else(PoisonError::into_inner)
}
