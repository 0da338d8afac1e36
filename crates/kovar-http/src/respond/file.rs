//! Files: from disk or memory, with caching, conditions and ranges.
//!
//! tower-http's `ServeFile` was tried. It knows no `If-Range`, so a download that is resumed after
//! the file changed is glued together from two files; it calls a tag made from a time strong, and
//! takes no bytes and no open file. `http-range-header` refuses a suffix longer than the file, which
//! RFC 9110 §14.1.2 accepts. What remains of both is small, and is here.

mod condition;
mod content;
mod disposition;
mod entity_tag;
mod error;
mod range;
mod root;

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, StatusCode};

use self::condition::{Judgement, Validators};
use self::content::{Piece, Source};
use self::entity_tag::EntityTag;
pub use self::error::FileError;
use self::range::{Selection, Span};
pub use self::root::FileRoot;
use super::Respond;
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};
use crate::problem::builtin;

/// A file: status 200, or 206 for a range, 304 where the client has it, 412 and 416.
///
/// From disk it is streamed in pieces of 64 KiB, never loaded. It has a media type by its name's
/// extension, `X-Content-Type-Options: nosniff`, `Last-Modified`, and an `ETag`: strong from bytes,
/// weak from disk, where it is made of time and length. Conditions follow RFC 9110 §13 and ranges
/// §14; of more than [`RANGE_LIMIT`] ranges none is taken and the whole file sent.
///
/// Browsers show HTML and SVG and run the scripts in them: send what strangers uploaded as an
/// [`attachment`](Self::attachment).
///
/// # Example
///
/// ```
/// use kovar_http::respond::{File, FileError};
///
/// async fn report() -> Result<File, FileError> {
///     Ok(File::open("reports/2026.pdf").await?.attachment("Report 2026.pdf"))
/// }
/// ```
pub struct File {
    source: Source,
    length: u64,
    media_type: HeaderValue,
    disposition: Option<HeaderValue>,
    validators: Validators,
}

/// How many ranges one request may select. Default: 16. Of more, the whole file is sent.
pub const RANGE_LIMIT: usize = range::LIMIT;

impl File {
    /// Opens a regular file.
    ///
    /// The path is the app's own. One that comes from a request belongs to [`FileRoot::open`].
    ///
    /// # Errors
    ///
    /// [`FileError::NotFound`] when there is no such regular file, or it may not be read.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref().to_owned();
        root::in_background(move || Self::open_blocking(&path)).await
    }

    /// Bytes in memory. Their media type is `application/octet-stream` unless
    /// [`media_type`](Self::media_type) or [`attachment`](Self::attachment) says more.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            length: bytes.len() as u64,
            media_type: HeaderValue::from_static(OCTET_STREAM),
            disposition: None,
            validators: Validators { tag: Some(EntityTag::of_bytes(&bytes)), modified: None },
            source: Source::Memory(bytes),
        }
    }

    /// Sets the media type.
    ///
    /// # Panics
    ///
    /// When no header field can have it.
    #[must_use]
    pub fn media_type(mut self, media_type: &'static str) -> Self {
        self.media_type = HeaderValue::from_static(media_type);
        self
    }

    /// Lets browsers save it under a name instead of showing it (RFC 6266). Bytes without a media
    /// type get that of the name's extension.
    #[must_use]
    pub fn attachment(mut self, name: &str) -> Self {
        if self.media_type == OCTET_STREAM {
            self.media_type = media_type_of(Path::new(name));
        }
        self.disposition = Some(disposition::attachment(name));
        self
    }

    /// When it was last changed. From disk that is known.
    #[must_use]
    pub fn modified(mut self, modified: SystemTime) -> Self {
        self.validators.modified = Some(modified);
        self
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn open_blocking(path: &Path) -> Result<Self, FileError> {
        // Asked before opening: to open a pipe waits until somebody writes.
        if !std::fs::metadata(path)?.is_file() {
            return Err(FileError::NotFound);
        }
        let file = std::fs::File::open(path)?;
        let metadata = file.metadata()?;
        let modified = metadata.modified().ok();
        Ok(Self {
            length: metadata.len(),
            media_type: media_type_of(path),
            disposition: None,
            validators: Validators { tag: modified.map(|time| EntityTag::of_disk(time, metadata.len())), modified },
            source: Source::Disk(file),
        })
    }

    fn not_modified(&self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        self.validators.write(response.headers_mut());
        response
    }

    fn whole(self) -> Response {
        let all = Span { start: 0, length: self.length };
        self.content(StatusCode::OK, None, vec![Piece::Span(all)])
    }

    /// RFC 9110 §15.3.7: one range is the content, several are parts of it.
    fn part(self, spans: &[Span]) -> Response {
        if let [span] = spans {
            let range = span.content_range(self.length);
            let mut response = self.content(StatusCode::PARTIAL_CONTENT, None, vec![Piece::Span(*span)]);
            response.headers_mut().insert(CONTENT_RANGE, range);
            return response;
        }
        let (media_type, pieces) = content::byte_ranges(spans, self.length, &self.media_type);
        self.content(StatusCode::PARTIAL_CONTENT, Some(media_type), pieces)
    }

    fn content(self, status: StatusCode, media_type: Option<HeaderValue>, pieces: Vec<Piece>) -> Response {
        let length: u64 = pieces.iter().map(Piece::length).sum();
        let mut response = Response::new(Body::from_stream(content::stream(self.source, pieces)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, media_type.unwrap_or(self.media_type));
        headers.insert(CONTENT_LENGTH, length.into());
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(disposition) = self.disposition {
            headers.insert(CONTENT_DISPOSITION, disposition);
        }
        self.validators.write(headers);
        response
    }
}

impl Respond for File {
    fn describe(describer: &mut Describer<'_>) {
        let whole = ResponseDescription::empty("The file").content("*/*", None);
        let whole = whole.header("ETag", "Which version it is").header("Last-Modified", "When it was last changed");
        let part = ResponseDescription::empty("The ranges of the file that were asked for").content("*/*", None);
        let part = part.header("Content-Range", "Which bytes of how many");
        describer.response(StatusCode::OK, whole);
        describer.response(StatusCode::PARTIAL_CONTENT, part);
        describer.response(StatusCode::NOT_MODIFIED, ResponseDescription::empty("The client has this version"));
        describer.problem(&builtin::PRECONDITION_FAILED);
        describer.problem(&builtin::RANGE_NOT_SATISFIABLE);
    }

    fn respond(self, context: &RequestContext) -> Response {
        let (method, headers) = (context.method(), context.headers());
        match self.validators.judge(method, headers) {
            Judgement::NotModified => return self.not_modified(),
            Judgement::Failed => return context.problem(builtin::PRECONDITION_FAILED.details()),
            Judgement::Holds => {}
        }
        // RFC 9110 §14.2: ranges are of GET alone, and come after the conditions.
        if *method != Method::GET || !self.validators.permit_range(headers, SystemTime::now()) {
            return self.whole();
        }
        match range::select(headers, self.length) {
            Selection::Whole => self.whole(),
            Selection::Parts(spans) => self.part(&spans),
            Selection::None => {
                let unsatisfied = format!("bytes */{}", self.length);
                context.problem(builtin::RANGE_NOT_SATISFIABLE.details().header(CONTENT_RANGE, unsatisfied))
            }
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("length", &self.length)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}

const OCTET_STREAM: &str = "application/octet-stream";

/// By the extension; texts are taken to be UTF-8.
fn media_type_of(path: &Path) -> HeaderValue {
    let media_type = mime_guess::from_path(path).first_raw().unwrap_or(OCTET_STREAM);
    if media_type.starts_with("text/") {
        return HeaderValue::try_from(format!("{media_type}; charset=utf-8"))
            .unwrap_or(HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    HeaderValue::from_static(media_type)
}

#[cfg(test)]
mod tests;
