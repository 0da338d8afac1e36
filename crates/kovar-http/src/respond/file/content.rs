//! The bytes of a file on their way out.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{Error, ErrorKind, SeekFrom};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use http::header::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::range::Span;

/// How many bytes are read at once. Default: 64 KiB.
const CHUNK_BYTES: u64 = 64 * 1024;

/// Where the bytes are.
pub(super) enum Source {
    Memory(Bytes),
    Disk(std::fs::File),
}

/// A piece of content.
#[derive(Debug)]
pub(super) enum Piece {
    /// What stands between ranges.
    Text(Bytes),
    /// Bytes of the file.
    Span(Span),
}

impl Piece {
    pub(super) fn length(&self) -> u64 {
        match self {
            Piece::Text(text) => text.len() as u64,
            Piece::Span(span) => span.length,
        }
    }
}

/// The media type and the pieces of several ranges (RFC 9110 §14.6).
pub(super) fn byte_ranges(spans: &[Span], total: u64, media_type: &HeaderValue) -> (HeaderValue, Vec<Piece>) {
    let boundary = boundary();
    let mut pieces = Vec::with_capacity(spans.len() * 2 + 1);
    for span in spans {
        let mut head = BytesMut::from(format!("\r\n--{boundary}\r\nContent-Type: ").as_bytes());
        head.extend_from_slice(media_type.as_bytes());
        head.extend_from_slice(b"\r\nContent-Range: ");
        head.extend_from_slice(span.content_range(total).as_bytes());
        head.extend_from_slice(b"\r\n\r\n");
        pieces.extend([Piece::Text(head.freeze()), Piece::Span(*span)]);
    }
    pieces.push(Piece::Text(format!("\r\n--{boundary}--\r\n").into()));
    let media_type = HeaderValue::try_from(format!("multipart/byteranges; boundary={boundary}"));
    (media_type.unwrap_or(HeaderValue::from_static("multipart/byteranges")), pieces)
}

/// 128 bits that nobody can have put into the file.
fn boundary() -> String {
    let [high, low] = [(); 2].map(|()| RandomState::new().hash_one(0_u8));
    format!("{high:016x}{low:016x}")
}

/// The pieces one after the other. A file that became shorter meanwhile breaks the body off.
pub(super) fn stream(source: Source, pieces: Vec<Piece>) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    let reader = Reader { source: Opened::new(source), pieces: pieces.into(), position: 0 };
    stream::try_unfold(reader, |mut reader| async move { Ok(reader.next().await?.map(|chunk| (chunk, reader))) })
}

struct Reader {
    source: Opened,
    pieces: VecDeque<Piece>,
    /// Where the file on disk is read next.
    position: u64,
}

enum Opened {
    Memory(Bytes),
    Disk(tokio::fs::File),
}

impl Opened {
    fn new(source: Source) -> Self {
        match source {
            Source::Memory(bytes) => Self::Memory(bytes),
            Source::Disk(file) => {
                let mut file = tokio::fs::File::from_std(file);
                file.set_max_buf_size(CHUNK_BYTES as usize);
                Self::Disk(file)
            }
        }
    }
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match self.pieces.pop_front() {
            None => Ok(None),
            Some(Piece::Text(text)) => Ok(Some(text)),
            Some(Piece::Span(span)) if span.length == 0 => Ok(None),
            Some(Piece::Span(span)) => self.read(span).await.map(Some),
        }
    }

    /// Reads the first bytes of a span; what remains of it is the next piece.
    async fn read(&mut self, span: Span) -> Result<Bytes, Error> {
        let chunk = match &mut self.source {
            Opened::Memory(bytes) => bytes.slice(span.start as usize..span.end() as usize),
            Opened::Disk(file) => {
                if self.position != span.start {
                    file.seek(SeekFrom::Start(span.start)).await?;
                }
                let length = span.length.min(CHUNK_BYTES);
                let mut chunk = BytesMut::with_capacity(length as usize);
                file.take(length).read_buf(&mut chunk).await?;
                chunk.freeze()
            }
        };
        if chunk.is_empty() {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the file became shorter while it was sent"));
        }
        let read = chunk.len() as u64;
        self.position = span.start + read;
        if read < span.length {
            self.pieces.push_front(Piece::Span(Span { start: span.start + read, length: span.length - read }));
        }
        Ok(chunk)
    }
}
