//! The parts of a body, one after the other.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::feed::{Feed, FeedError, HeadWatch};
use crate::extract::{Rejection, limit};
use crate::problem::builtin;

/// The parts of a body.
pub(super) struct Parts {
    parts: multer::Multipart<'static>,
    watch: Arc<HeadWatch>,
}

/// One part: its header, and its content to be read.
pub(super) struct Part(multer::Field<'static>);

impl Parts {
    pub(super) fn new(headers: &HeaderMap, body: Body, limit: Option<usize>) -> Result<Self, Rejection> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(content_type).map_err(|_| malformed("Content-Type has no boundary"))?;
        let (feed, watch) = Feed::new(body, limit);
        Ok(Self { parts: multer::Multipart::new(feed, boundary), watch })
    }

    pub(super) async fn next(&mut self) -> Result<Option<Part>, Rejection> {
        self.watch.begin();
        let next = self.parts.next_field().await;
        self.watch.end();
        Ok(next.map_err(refused)?.map(Part))
    }
}

impl Part {
    /// The name, which RFC 7578 §4.2 demands.
    pub(super) fn name(&self) -> Result<String, Rejection> {
        self.0.name().map(str::to_owned).ok_or_else(|| malformed("a part has no name"))
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        self.0.file_name()
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.0.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
    }

    /// Whether the part says that it is JSON (RFC 6839 §3.1).
    pub(super) fn is_json(&self) -> bool {
        let media_type = self.content_type().unwrap_or_default().split(';').next().unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
    }

    /// The next bytes of the content.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Rejection> {
        self.0.chunk().await.map_err(refused)
    }

    /// Reads to the end of the content, and forgets it.
    pub(super) async fn skip(&mut self) -> Result<(), Rejection> {
        while self.chunk().await?.is_some() {}
        Ok(())
    }
}

fn malformed(detail: &'static str) -> Rejection {
    builtin::MALFORMED.details().detail(detail).into()
}

fn refused(error: multer::Error) -> Rejection {
    let multer::Error::StreamReadFailed(cause) = error else {
        // Some of multer's messages quote the body.
        let detail = match error {
            multer::Error::IncompleteStream | multer::Error::IncompleteFieldData { .. } => {
                "the body ends before its last boundary, or a boundary is malformed"
            }
            _ => "the header of a part is malformed",
        };
        return builtin::MALFORMED.details().detail(detail).log(error.to_string()).into();
    };
    match cause.downcast_ref::<FeedError>() {
        Some(FeedError::TooLarge(most)) => limit::too_large(*most).into(),
        Some(FeedError::HeadTooLong) => malformed("the header of a part is longer than 16 KiB"),
        _ => limit::unreadable(&*cause).into(),
    }
}
