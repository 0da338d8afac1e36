//! A channel over server-sent events: what the server says is a stream of events, and what the client says comes by `POST`.
//!
//! It is for where WebSocket does not get through. What is said is the same, frame for frame.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};

use crate::connection::Connection;

/// The body of the answer that is the stream. The channel ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Events(pub(crate) Arc<Connection>);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_take(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.0.end();
    }
}
