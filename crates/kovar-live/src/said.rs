//! What a client says in Kovar's protocol, by whatever way it comes.

use bytes::Bytes;

use crate::connection::Connection;
use crate::inbox::Said;
use crate::message_pack;
use crate::problems;
use crate::protocol::FromClient;

/// The client says more in a second than it may.
pub(crate) struct TooMany;

/// Takes a frame.
pub(crate) fn said(connection: &Connection, text: &Bytes) -> Result<(), TooMany> {
    counted(connection)?;
    take(connection, text);
    Ok(())
}

/// Takes a frame of MessagePack.
pub(crate) fn said_packed(connection: &Connection, packed: &[u8]) -> Result<(), TooMany> {
    counted(connection)?;
    match message_pack::to_json(packed) {
        Ok(text) => take(connection, &text),
        Err(error) => connection.send(problems::malformed(&error, connection.encoding), None),
    }
    Ok(())
}

fn counted(connection: &Connection) -> Result<(), TooMany> {
    if connection.takes_another() { Ok(()) } else { Err(TooMany) }
}

fn take(connection: &Connection, text: &Bytes) {
    // serde would take a list for an object.
    if !text.trim_ascii_start().starts_with(b"{") {
        return connection.send(problems::malformed(&"it is no object", connection.encoding), None);
    }
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
