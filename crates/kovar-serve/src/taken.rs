//! A connection that another protocol has taken over, as its bytes.
//!
//! Whoever holds it needs no `&mut`: who has something to send may try to at once, from any task, and leave the rest to the
//! connection's own. So what goes to thousands of connections need not wake thousands of tasks.

use std::io::{self, IoSlice};
#[cfg(feature = "tls")]
use std::pin::Pin;
#[cfg(feature = "tls")]
use std::sync::{Mutex, MutexGuard, PoisonError};
#[cfg(feature = "tls")]
use std::task::Waker;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use tokio::io::ReadBuf;
#[cfg(feature = "tls")]
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use crate::stream::{Open, Stream, Watched};

/// A connection of this server that was upgraded. While it is there, the server counts it as open, and waits for it when it
/// drains.
#[derive(Debug)]
pub struct Taken {
    line: Line,
    open: Open,
}

#[derive(Debug)]
enum Line {
    Tcp(TcpStream),
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Mutex<Box<TlsStream<TcpStream>>>),
}

impl Taken {
    /// Takes a connection over, with what was read of it already.
    ///
    /// # Errors
    ///
    /// If it is none of this server: it is given back.
    pub fn take(upgraded: Upgraded) -> Result<(Self, Bytes), Upgraded> {
        let parts = downcast::<TokioIo<Watched<Stream>>>(upgraded)?;
        let (stream, open) = parts.io.into_inner().into_parts();
        open.watch.wakes_nobody();
        let line = match stream {
            Stream::Tcp(stream) => {
                // What is sent is whole, and nobody knows when more comes.
                let _ = stream.set_nodelay(true);
                Line::Tcp(stream)
            }
            Stream::Unix(stream) => Line::Unix(stream),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => Line::Tls(Mutex::new(stream)),
        };
        // A copy, since the buffer that it is a part of is large.
        Ok((Self { line, open }, Bytes::copy_from_slice(&parts.read_buf)))
    }

    /// Whether the server takes no new connections, and waits for those that are open to end.
    pub fn is_draining(&self) -> bool {
        self.open.shared.is_draining()
    }

    /// Reads what has come; nothing at its end.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub fn poll_read(&self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        macro_rules! read {
            ($stream:expr) => {
                loop {
                    ready!($stream.poll_read_ready(context))?;
                    match $stream.try_read(buffer.initialize_unfilled()) {
                        Ok(count) => {
                            buffer.advance(count);
                            return Poll::Ready(Ok(()));
                        }
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        Err(error) => return Poll::Ready(Err(error)),
                    }
                }
            };
        }
        match &self.line {
            Line::Tcp(stream) => read!(stream),
            Line::Unix(stream) => read!(stream),
            #[cfg(feature = "tls")]
            Line::Tls(stream) => Pin::new(&mut **lock(stream)).poll_read(context, buffer),
        }
    }

    /// Sends as much as there is room for, without waiting.
    ///
    /// # Errors
    ///
    /// Those of the connection; `WouldBlock` if there is no room.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        // Not by way of the runtime, whose notes on the socket are memory that nobody else needs here: whoever waits for room
        // asks the runtime, and finds out.
        match &self.line {
            Line::Tcp(stream) => socket2::SockRef::from(stream).send(bytes),
            Line::Unix(stream) => socket2::SockRef::from(stream).send(bytes),
            #[cfg(feature = "tls")]
            // What is encrypted and does not go at once has to be looked after.
            Line::Tls(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Sends as much as there is room for, of all slices together, and waits for some.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub fn poll_write(&self, context: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        macro_rules! write {
            ($stream:expr) => {
                loop {
                    ready!($stream.poll_write_ready(context))?;
                    match $stream.try_write_vectored(slices) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        outcome => return Poll::Ready(outcome),
                    }
                }
            };
        }
        match &self.line {
            Line::Tcp(stream) => write!(stream),
            Line::Unix(stream) => write!(stream),
            #[cfg(feature = "tls")]
            Line::Tls(stream) => Pin::new(&mut **lock(stream)).poll_write_vectored(context, slices),
        }
    }

    /// Waits until everything is with the operating system: what was encrypted may still be here.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &self.line {
            Line::Tcp(_) | Line::Unix(_) => {
                let _ = context;
                Poll::Ready(Ok(()))
            }
            #[cfg(feature = "tls")]
            Line::Tls(stream) => Pin::new(&mut **lock(stream)).poll_flush(context),
        }
    }

    /// Says that nothing more is sent. What the other side still sends can be read.
    pub fn shut_down(&self) {
        let how = std::net::Shutdown::Write;
        // One that is gone need not be told.
        let _ = match &self.line {
            Line::Tcp(stream) => socket2::SockRef::from(stream).shutdown(how),
            Line::Unix(stream) => socket2::SockRef::from(stream).shutdown(how),
            #[cfg(feature = "tls")]
            Line::Tls(stream) => {
                let mut context = Context::from_waker(Waker::noop());
                let _ = Pin::new(&mut **lock(stream)).poll_shutdown(&mut context);
                Ok(())
            }
        };
    }
}

#[cfg(feature = "tls")]
fn lock(stream: &Mutex<Box<TlsStream<TcpStream>>>) -> MutexGuard<'_, Box<TlsStream<TcpStream>>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}
