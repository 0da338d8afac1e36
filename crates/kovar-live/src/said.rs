//! What a client says in Kovar's protocol, by whatever way it comes.

use bytes::Bytes;

use crate::connection::Connection;
use crate::inbox::Said;
use crate::problems;
use crate::protocol::FromClient;

/// Takes a frame.
pub(crate) fn said(connection: &Connection, text: &Bytes) {
    let frame: FromClient<'_> = match serde_json::from_slice(text) {
        Ok(frame) => frame,
        Err(error) => return connection.send(problems::malformed(&error, connection.encoding), None),
    };
    let data = frame.data.map(|data| text.slice_ref(data.get().as_bytes()));
    match (frame.re, data) {
        (Some(re), data) => connection.inbox.answered(re, data),
        (None, Some(data)) => connection.inbox.push(Said::Message { data, id: frame.id }),
        (None, None) if frame.pong => {}
        (None, None) => connection.send(problems::empty(frame.id, connection.encoding), None),
    }
}
