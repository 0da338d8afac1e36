//! The body in pieces, one for each time that multer looks.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use futures_util::Stream;
use http_body::Body as _;

/// How many bytes multer gets at once. Default: 16 KiB.
const PIECE_BYTES: usize = 16 * 1024;

/// How many bytes the header of a part may have, and what comes before the first. Default: 16 KiB.
pub(super) const HEAD_LIMIT_BYTES: usize = 16 * 1024;

/// Counts what is read while a head is looked for.
#[derive(Debug)]
pub(super) struct HeadWatch(AtomicUsize);

/// No head is looked for.
const IN_CONTENT: usize = usize::MAX;

impl HeadWatch {
    pub(super) fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.0.store(IN_CONTENT, Ordering::Relaxed);
    }

    /// Whether a piece may still belong to the head.
    fn permits(&self, piece: usize) -> bool {
        let read = self.0.load(Ordering::Relaxed);
        if read == IN_CONTENT {
            return true;
        }
        self.0.store(read + piece, Ordering::Relaxed);
        read <= HEAD_LIMIT_BYTES
    }
}

/// Why there are no more pieces.
#[derive(Debug)]
pub(super) enum FeedError {
    /// More bytes than the limit.
    TooLarge(usize),
    /// A head that does not end.
    HeadTooLong,
    /// The body broke off.
    Body(axum::Error),
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(limit) => write!(f, "the body has more than {limit} bytes"),
            Self::HeadTooLong => write!(f, "the header of a part has more than {HEAD_LIMIT_BYTES} bytes"),
            Self::Body(cause) => write!(f, "the body broke off: {cause}"),
        }
    }
}

impl Error for FeedError {}

/// The body in pieces.
pub(super) struct Feed {
    body: Body,
    rest: Bytes,
    /// Whether multer has a piece to look at before the next one.
    is_resting: bool,
    read: usize,
    limit: Option<usize>,
    watch: Arc<HeadWatch>,
}

impl Feed {
    /// The pieces of a body, up to the limit.
    pub(super) fn new(body: Body, limit: Option<usize>) -> (Self, Arc<HeadWatch>) {
        let watch = Arc::new(HeadWatch(AtomicUsize::new(IN_CONTENT)));
        let feed = Self { body, rest: Bytes::new(), is_resting: false, read: 0, limit, watch: Arc::clone(&watch) };
        (feed, watch)
    }

    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<(), FeedError>>> {
        while self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(FeedError::Body(error)))),
                Some(Ok(frame)) => frame,
            };
            self.rest = frame.into_data().unwrap_or_default();
            self.read += self.rest.len();
            if let Some(limit) = self.limit.filter(|limit| self.read > *limit) {
                return Poll::Ready(Some(Err(FeedError::TooLarge(limit))));
            }
        }
        Poll::Ready(Some(Ok(())))
    }
}

impl Stream for Feed {
    type Item = Result<Bytes, FeedError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // multer asks until nothing is ready, and only then looks at what it has.
        if std::mem::take(&mut self.is_resting) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match ready!(self.poll_rest(context)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            Some(Ok(())) => {}
        }
        let length = self.rest.len().min(PIECE_BYTES);
        if !self.watch.permits(length) {
            return Poll::Ready(Some(Err(FeedError::HeadTooLong)));
        }
        self.is_resting = true;
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}
