//! What is said on a channel: JSON objects, one a frame, or the same as MessagePack. `docs/src/live-protocol.md` is their list.

use std::sync::OnceLock;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::message_pack;
use crate::ws::{Deflate, Opcode, encode};

/// The subprotocol of JSON, by which a client says that it knows [`FromServer`] and [`FromClient`].
pub(crate) const JSON: &str = "kovar.json";

/// The subprotocol of MessagePack: the same frames.
pub(crate) const MESSAGE_PACK: &str = "kovar.msgpack";

/// How frames are written for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    WebSocket,
    Deflated(Deflate),
    /// As MessagePack, in binary messages of WebSocket, compressed if so.
    Packed(Option<Deflate>),
    /// As an event of a stream.
    Event,
    /// As JSON, to be one of a list.
    Item,
}

impl Encoding {
    pub(crate) fn deflate(self) -> Option<Deflate> {
        match self {
            Self::WebSocket | Self::Event | Self::Item => None,
            Self::Deflated(deflate) => Some(deflate),
            Self::Packed(deflate) => deflate,
        }
    }

    pub(crate) fn is_packed(self) -> bool {
        matches!(self, Self::Packed(_))
    }
}

/// What is not compressed: it would only grow.
const LEAST_DEFLATED: usize = 128;

/// A frame of the server.
#[derive(Debug, Default, Serialize)]
pub(crate) struct FromServer<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<&'f str>,
    /// Where what the client says is to be sent to, if not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) post: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) topic: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recovered: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) present: Option<&'f [Member<'f>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) joined: Option<Member<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left: Option<Member<'f>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) re: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<&'f RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<&'f RawValue>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ping: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bye: Option<Bye>,
}

/// Somebody who is present at a topic.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Member<'m> {
    pub(crate) id: &'m str,
    pub(crate) since: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<&'m RawValue>,
}

/// Why the connection is about to be closed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Bye {
    pub(crate) code: u16,
    /// When the client should come again at the earliest; never, if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reconnect_after_ms: Option<u64>,
}

/// A frame of a client.
#[derive(Debug, Deserialize)]
pub(crate) struct FromClient<'f> {
    #[serde(borrow)]
    pub(crate) data: Option<&'f RawValue>,
    pub(crate) id: Option<u64>,
    pub(crate) re: Option<u64>,
    #[serde(default)]
    pub(crate) pong: bool,
}

/// A frame that goes to many, written once for each encoding that somebody has.
#[derive(Debug)]
pub(crate) struct Shared {
    json: Bytes,
    web_socket: OnceLock<Bytes>,
    deflated: OnceLock<Bytes>,
    packed: OnceLock<Bytes>,
    packed_deflated: OnceLock<Bytes>,
    event: OnceLock<Bytes>,
}

impl Shared {
    pub(crate) fn new(frame: &FromServer<'_>) -> Self {
        Self::of(text(frame))
    }

    fn of(json: Bytes) -> Self {
        Self {
            json,
            web_socket: OnceLock::new(),
            deflated: OnceLock::new(),
            packed: OnceLock::new(),
            packed_deflated: OnceLock::new(),
            event: OnceLock::new(),
        }
    }

    /// As a connection wants it.
    pub(crate) fn bytes(&self, encoding: Encoding) -> Bytes {
        let json = || encode(Opcode::Text, false, &self.json);
        let packed = || encode(Opcode::Binary, false, &message_pack::from_json(&self.json));
        let is_long = self.json.len() >= LEAST_DEFLATED;
        match encoding {
            Encoding::Deflated(deflate) if is_long => {
                once(&self.deflated, deflate.is_usual(), || encode(Opcode::Text, true, &deflate.compress(&self.json)))
            }
            Encoding::WebSocket | Encoding::Deflated(_) => once(&self.web_socket, true, json),
            Encoding::Packed(Some(deflate)) if is_long => once(&self.packed_deflated, deflate.is_usual(), || {
                encode(Opcode::Binary, true, &deflate.compress(&message_pack::from_json(&self.json)))
            }),
            Encoding::Packed(_) => once(&self.packed, true, packed),
            Encoding::Event => once(&self.event, true, || event(&self.json)),
            Encoding::Item => self.json.clone(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.json.len()
    }
}

/// What is written once for all, if it is what nearly all want.
fn once(kept: &OnceLock<Bytes>, is_usual: bool, write: impl FnOnce() -> Bytes) -> Bytes {
    if is_usual { kept.get_or_init(write).clone() } else { write() }
}

/// JSON has no line ends of its own.
fn event(json: &[u8]) -> Bytes {
    [b"data: ", json, b"\n\n"].concat().into()
}

/// A frame for one connection.
pub(crate) fn frame(frame: &FromServer<'_>, encoding: Encoding) -> Bytes {
    Shared::new(frame).bytes(encoding)
}

/// What is in a frame is text already, or numbers: writing it cannot fail.
fn text(frame: &FromServer<'_>) -> Bytes {
    serde_json::to_vec(frame).unwrap_or_default().into()
}
