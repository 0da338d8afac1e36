//! The bytes of one connection, with what its [`Watch`] must see of them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use crate::frames::{Frames, PREFACE};
use crate::refusing::{LastWords, Words, status_of};
use crate::watch::{Verdict, Watch};
use crate::worker::{Shared, StdStream};

/// The bytes of a connection.
#[derive(Debug)]
pub(crate) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The connection without its runtime, to be given to another.
    pub(crate) fn into_std(self) -> io::Result<StdStream> {
        match self {
            Self::Tcp(stream) => stream.into_std().map(StdStream::Tcp),
            Self::Unix(stream) => stream.into_std().map(StdStream::Unix),
            // Given away is only what was just accepted.
            #[cfg(feature = "tls")]
            Self::Tls(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// hyper closes a connection whose head does not arrive without a word.
const TIMED_OUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long what is written in one piece may be, in bytes.
const SHORT: usize = 1024;

/// How much of what is thrown away is read at a time.
const DISCARD: usize = 4096;

/// An open connection: counted and watched from when it was accepted until this is dropped, by
/// hyper or by whoever it was upgraded to.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) watch: Arc<Watch>,
    pub(crate) shared: Arc<Shared>,
}

impl Open {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        shared.stats.connection_opened();
        Self { watch: shared.registry.watch(), shared }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared.registry.forget(&self.watch);
        self.shared.stats.connection_closed();
    }
}

/// A connection that speaks HTTP, watched from its first byte.
pub(crate) struct Watched<S> {
    stream: S,
    open: Open,
    spoken: Spoken,
    words: Words,
    last_words: Option<LastWords>,
    has_ended: bool,
    is_shut: bool,
}

/// What the client speaks.
#[derive(Debug)]
enum Spoken {
    /// So many bytes were those of HTTP/2's preface.
    Unknown {
        matched: usize,
    },
    Http1,
    Http2(Box<Frames>),
}

impl<S> Watched<S> {
    pub(crate) fn new(stream: S, open: Open, words: Words) -> Self {
        let spoken = Spoken::Unknown { matched: 0 };
        Self { stream, open, spoken, words, last_words: None, has_ended: false, is_shut: false }
    }

    /// Its bytes, and what counts it, for another protocol.
    pub(crate) fn into_parts(self) -> (S, Open) {
        (self.stream, self.open)
    }

    fn now(&self) -> u32 {
        self.open.shared.registry.now()
    }

    /// Looks at what came.
    fn came(&mut self, mut bytes: &[u8]) {
        let now = self.now();
        if let Spoken::Unknown { matched } = self.spoken {
            let rest = &PREFACE[matched..];
            let (begin, end) = bytes.split_at(bytes.len().min(rest.len()));
            if begin != &rest[..begin.len()] {
                self.spoken = Spoken::Http1;
            } else if begin.len() < rest.len() {
                self.spoken = Spoken::Unknown { matched: matched + begin.len() };
            } else {
                self.open.watch.speaks_http2();
                self.spoken = Spoken::Http2(Box::new(Frames::new(self.open.shared.limits.http2_control_frames, now)));
                bytes = end;
            }
        }
        if let Spoken::Http2(frames) = &mut self.spoken {
            let is_finished = frames.came(bytes, now);
            self.open.watch.head_moved(is_finished, frames.awaits_more(), now);
            self.open.watch.has_streams(frames.open(), now);
        }
        self.open.watch.bytes_came(now);
    }

    /// Looks at what went.
    fn went(&mut self, bytes: &[u8]) {
        let now = self.now();
        if let Spoken::Http2(frames) = &mut self.spoken {
            if frames.went(bytes) {
                self.open.watch.body_went();
            }
            if frames.left_in_anger() {
                self.open.watch.has_unread.store(true, Relaxed);
            }
            self.open.watch.has_streams(frames.open(), now);
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Watched<S> {
    /// Tells a client whose head did not arrive. There is one try: it may not be listening either.
    fn time_out(&mut self, context: &mut Context<'_>) {
        if !std::mem::replace(&mut self.is_shut, true) && !matches!(self.spoken, Spoken::Unknown { matched: 3.. }) {
            let _ = Pin::new(&mut self.stream).poll_write(context, TIMED_OUT);
        }
    }

    /// Tells a client of HTTP/2 to go, and waits a moment for it to do so: a reset would overtake
    /// the word. There is one try, too.
    fn poll_leave(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.open.watch.has_left() {
            if let Spoken::Http2(frames) = &self.spoken
                && let Some(goaway) = frames.calm_down()
            {
                let _ = Pin::new(&mut self.stream).poll_write(context, &goaway);
                let _ = Pin::new(&mut self.stream).poll_flush(context);
            }
            let _ = Pin::new(&mut self.stream).poll_shutdown(context);
            self.is_shut = true;
            self.open.watch.is_leaving(self.now());
        }
        self.poll_discard(context)
    }

    /// Throws away what the client still sends, until it ends or its time is over.
    fn poll_discard(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; DISCARD];
        loop {
            if self.open.watch.verdict() == Verdict::Gone {
                return Poll::Ready(Ok(()));
            }
            let mut buffer = ReadBuf::new(&mut bytes);
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                // Whether the client ended well is no matter any more.
                _ => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Writes bytes of hyper: an answer of the service, or in the place of one of hyper's own the
    /// service's words.
    fn poll_write_piece(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.last_words.is_none() && matches!(self.spoken, Spoken::Http1) && !self.open.watch.sends_an_answer() {
            self.last_words = status_of(bytes).and_then(|status| (self.words)(status)).map(LastWords::new);
            // The client may still be sending what could not be read.
            self.open.watch.has_unread.store(true, Relaxed);
        }
        match &mut self.last_words {
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
            Some(words) => words.poll_write(&mut self.stream, context).map_ok(|()| bytes.len()),
        }
    }

    fn note<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match written {
            Poll::Pending => self.open.watch.write_waits(self.open.shared.registry.now()),
            Poll::Ready(_) => self.open.watch.write_moved(),
        }
        written
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let is_http2 = this.open.watch.is_http2();
        match this.open.watch.verdict() {
            _ if this.open.watch.has_left() => return this.poll_leave(context),
            Verdict::SlowHead if is_http2 => return this.poll_leave(context),
            Verdict::SlowHead => {
                this.time_out(context);
                return Poll::Ready(Ok(()));
            }
            Verdict::Close if !this.open.watch.is_busy() && !is_http2 => return Poll::Ready(Ok(())),
            _ => {}
        }
        let before = buffer.filled().len();
        match ready!(Pin::new(&mut this.stream).poll_read(context, buffer)) {
            // Of TLS, an end that was not announced. What may be cut off has a length of its own.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            Err(error) => return Poll::Ready(Err(error)),
            Ok(()) => {}
        }
        if buffer.filled().len() == before {
            return this.half_closed(context);
        }
        this.came(&buffer.filled()[before..]);
        if matches!(&this.spoken, Spoken::Http2(frames) if frames.is_flood()) {
            buffer.set_filled(before);
            return this.poll_leave(context);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S> Watched<S> {
    /// The end of what the client sends. hyper would drop the work at once; a whole request is
    /// still answered, if that takes no longer than a second. The tick wakes whoever waits.
    fn half_closed(&mut self, context: &Context<'_>) -> Poll<io::Result<()>> {
        let watch = &self.open.watch;
        if !watch.is_busy() || watch.is_http2() {
            return Poll::Ready(Ok(()));
        }
        if !watch.reads_body.load(Relaxed) {
            watch.is_ending(self.open.shared.registry.now());
            return Poll::Pending;
        }
        // hyper may have the whole body, and its reader not know yet: it has its turn first.
        if !std::mem::replace(&mut self.has_ended, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.open.watch.has_left() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = this.poll_write_piece(context, bytes);
        if let Poll::Ready(Ok(count)) = written {
            this.went(&bytes[..count]);
        }
        this.note(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.open.watch.has_left() {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let written = match join(slices, &mut [0; SHORT]) {
            Some(bytes) => this.poll_write_piece(context, bytes),
            None => Pin::new(&mut this.stream).poll_write_vectored(context, slices),
        };
        if let Poll::Ready(Ok(mut count)) = written
            && matches!(this.spoken, Spoken::Http2(_))
        {
            for slice in slices {
                let part = &slice[..count.min(slice.len())];
                count -= part.len();
                this.went(part);
            }
        }
        this.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        if let Poll::Ready(Ok(())) = flushed {
            this.open.watch.was_flushed();
        }
        this.note(flushed)
    }

    /// Closes this half. Where something was left unread, waits a moment for the client's: closing
    /// with bytes unread makes the kernel send a reset, which may overtake the answer (RFC 9112 §9.6).
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.is_shut {
            let shut = Pin::new(&mut this.stream).poll_shutdown(context);
            ready!(this.note(shut))?;
            this.is_shut = true;
        }
        let watch = &this.open.watch;
        if !watch.has_unread.load(Relaxed) {
            return Poll::Ready(Ok(()));
        }
        if watch.is_http2() {
            watch.is_leaving(this.now());
        } else {
            watch.is_ending(this.now());
        }
        this.poll_discard(context)
    }
}

/// The bytes of several short slices, one after the other: of a head and a short body, a copy costs less than what the
/// system does for each slice.
fn join<'b>(slices: &[io::IoSlice<'_>], buffer: &'b mut [u8; SHORT]) -> Option<&'b [u8]> {
    let length = slices.iter().try_fold(0, |length, slice| Some(length + slice.len()).filter(|sum| *sum <= SHORT))?;
    let mut rest = &mut buffer[..];
    for slice in slices {
        let (part, after) = rest.split_at_mut(slice.len());
        part.copy_from_slice(slice);
        rest = after;
    }
    Some(&buffer[..length])
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(context, buffer),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Self::Unix(stream) => Pin::new(stream).poll_flush(context),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
