//! What a client says in Kovar's protocol, by whatever way it comes.

use bytes::Bytes;

use crate::connection::Connection;
use crate::inbox::Said;
use crate::problems;
use crate::protocol::FromClient;

/// The client says more in a second than it may.
pub(crate) struct TooMany;

/// Takes a frame.
pub(crate) fn said(connection: &Connection, text: &Bytes) -> Result<(), TooMany> {
    if !connection.takes_another() {
        return Err(TooMany);
    }
    let frame: FromClient<'_> = match serde_json::from_slice(text) {
        Ok(frame) => frame,
        Err(error) => {
            connection.send(problems::malformed(&error, connection.encoding), None);
            return Ok(());
        }
    };
    let data = frame.data.map(|data| text.slice_ref(data.get().as_bytes()));
    match (frame.re, data) {
        (Some(re), data) => connection.inbox.answered(re, data),
        (None, Some(data)) => connection.inbox.push(Said::Message { data, id: frame.id }),
        (None, None) if frame.pong => {}
        (None, None) => connection.send(problems::empty(frame.id, connection.encoding), None),
    }
    Ok(())
}
