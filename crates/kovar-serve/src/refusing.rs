//! What a client reads whose request hyper could not read.
//!
//! hyper answers such a request itself, with a status and nothing else, and has no hook for it. But it
//! tells by what it writes: while no request is in flight and everything before is sent, its bytes can
//! only be its own answer. Then the service's words go in their place.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::SystemTime;

use bytes::Buf;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use http::{Response, StatusCode};
use http_body::Body;
use tokio::io::AsyncWrite;

use crate::service::{Refusal, Refuse};

/// The whole answer of a status, if the service has it at once.
pub(crate) type Words = Arc<dyn Fn(StatusCode) -> Option<Vec<u8>> + Send + Sync>;

/// The words of a service.
pub(crate) fn words<B>(refuse: Refuse<B>) -> Words
where
    B: Body + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Arc::new(move |status| written(refuse(Refusal::Unreadable(status), None)))
}

/// The status of an answer that hyper wrote itself.
pub(crate) fn status_of(bytes: &[u8]) -> Option<StatusCode> {
    let digits = bytes.strip_prefix(b"HTTP/1.1 ").or_else(|| bytes.strip_prefix(b"HTTP/1.0 "))?.get(..3)?;
    StatusCode::from_bytes(digits).ok().filter(|status| status.is_client_error() || status.is_server_error())
}

/// An answer in the place of hyper's.
#[derive(Debug)]
pub(crate) struct LastWords {
    text: Vec<u8>,
    written: usize,
}

impl LastWords {
    pub(crate) fn new(text: Vec<u8>) -> Self {
        Self { text, written: 0 }
    }

    /// Writes all of it.
    pub(crate) fn poll_write<S>(&mut self, stream: &mut S, context: &mut Context<'_>) -> Poll<io::Result<()>>
    where
        S: AsyncWrite + Unpin,
    {
        while self.written < self.text.len() {
            match ready!(Pin::new(&mut *stream).poll_write(context, &self.text[self.written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.written += count,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// An answer as it is sent; after it the connection is closed.
fn written<B>(response: Response<B>) -> Option<Vec<u8>>
where
    B: Body,
{
    let (parts, body) = response.into_parts();
    let content = content(body)?;
    let (status, reason) = (parts.status.as_u16(), parts.status.canonical_reason().unwrap_or_default());
    let date = httpdate::fmt_http_date(SystemTime::now());
    let mut text = format!("HTTP/1.1 {status} {reason}\r\nconnection: close\r\ndate: {date}\r\n").into_bytes();
    for (name, value) in &parts.headers {
        if ![CONNECTION, CONTENT_LENGTH, DATE].contains(name) {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    text.extend(format!("content-length: {}\r\n\r\n", content.len()).into_bytes());
    text.extend(content);
    Some(text)
}

/// A body that is there; `None` of one that must be waited for.
fn content<B: Body>(body: B) -> Option<Vec<u8>> {
    let (mut body, mut context, mut content) = (pin!(body), Context::from_waker(Waker::noop()), Vec::new());
    loop {
        match body.as_mut().poll_frame(&mut context) {
            Poll::Ready(None) => return Some(content),
            Poll::Ready(Some(Ok(frame))) => {
                if let Ok(mut data) = frame.into_data() {
                    content.extend_from_slice(&data.copy_to_bytes(data.remaining()));
                }
            }
            Poll::Ready(Some(Err(_))) | Poll::Pending => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_have_a_status() {
        assert_eq!(
            status_of(b"HTTP/1.1 431 Request Header Fields Too Large\r\n"),
            Some(StatusCode::from_u16(431).unwrap())
        );
        for other in [&b"HTTP/1.1 200 OK\r\n"[..], b"HTTP/1.1 100 Continue\r\n", b"HTTP/1.1 4", b"GET / HTTP/1.1", b""]
        {
            assert_eq!(status_of(other), None);
        }
    }

    #[test]
    fn an_answer_says_its_length_and_that_it_is_the_last() {
        let response = Response::builder().status(400).header("x-id", "7").header("content-length", "9");
        let text = written(response.body("why".to_owned()).unwrap()).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ndate: "), "{text}");
        assert!(text.ends_with("\r\nx-id: 7\r\ncontent-length: 3\r\n\r\nwhy"), "{text}");
    }
}
