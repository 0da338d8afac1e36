//! The connection of a test, which is memory, and the task of its client.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, split};
use tokio::sync::mpsc;

use super::wire::{masked, take};
use crate::message_pack;
use crate::ws::{CloseCode, Opcode};

/// What a lost connection is closed with, as browsers say it.
const LOST: u16 = 1006;

/// What stands in the place of a connection, among the extensions of a request: whoever comes first takes it.
#[derive(Clone)]
pub(crate) struct InProcess(Arc<Mutex<Option<DuplexStream>>>);

impl InProcess {
    pub(super) fn new(server: DuplexStream) -> Self {
        Self(Arc::new(Mutex::new(Some(server))))
    }

    pub(crate) fn take(&self) -> Option<DuplexStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InProcess").finish_non_exhaustive()
    }
}

/// What a client says.
pub(super) enum Said {
    Frame(Value),
    Close,
}

/// What has come to a client.
pub(super) enum Came {
    Frame(Value),
    /// The connection is closed with a code, and nothing more comes.
    Closed(u16),
}

/// Carries what both sides say, until either closes. A client that is dropped is gone without a word.
pub(super) async fn carry(
    line: DuplexStream,
    is_packed: bool,
    mut said: mpsc::UnboundedReceiver<Said>,
    came: mpsc::UnboundedSender<Came>,
) {
    let (mut reader, mut writer) = split(line);
    let (mut read, mut unsent) = (BytesMut::new(), BytesMut::new());
    let mut has_closed = false;
    loop {
        while let Some((opcode, payload)) = take(&mut read) {
            match opcode {
                Opcode::Close => {
                    let code = payload.first_chunk().map_or(CloseCode::NORMAL.0, |code| u16::from_be_bytes(*code));
                    if !has_closed {
                        let _ = writer.write_all(&masked(Opcode::Close, &code.to_be_bytes())).await;
                    }
                    let _ = came.send(Came::Closed(code));
                    return;
                }
                Opcode::Ping => unsent.extend_from_slice(&masked(Opcode::Pong, &payload)),
                Opcode::Pong | Opcode::Continuation => {}
                Opcode::Text | Opcode::Binary => match heard(opcode, &payload) {
                    frame if frame["ping"] == true => {
                        unsent.extend_from_slice(&written(&json!({ "pong": true }), is_packed));
                    }
                    frame => drop(came.send(Came::Frame(frame))),
                },
            }
        }
        tokio::select! {
            count = reader.read_buf(&mut read) => if !matches!(count, Ok(1..)) {
                let _ = came.send(Came::Closed(LOST));
                return;
            },
            next = said.recv() => match next {
                Some(Said::Frame(frame)) => unsent.extend_from_slice(&written(&frame, is_packed)),
                Some(Said::Close) => {
                    has_closed = true;
                    unsent.extend_from_slice(&masked(Opcode::Close, &CloseCode::NORMAL.0.to_be_bytes()));
                }
                None => return,
            },
            // What the server does not take is no reason to stop reading.
            written = writer.write_buf(&mut unsent), if !unsent.is_empty() => if written.is_err() {
                unsent.clear();
            },
        }
    }
}

/// What the server says can be read: it wrote it a moment ago.
fn heard(opcode: Opcode, payload: &[u8]) -> Value {
    let json = match opcode {
        Opcode::Binary => message_pack::to_json(payload).unwrap_or_default(),
        _ => Bytes::copy_from_slice(payload),
    };
    serde_json::from_slice(&json).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(payload).into_owned()))
}

fn written(frame: &Value, is_packed: bool) -> Bytes {
    let json = frame.to_string();
    match is_packed {
        true => masked(Opcode::Binary, &message_pack::from_json(json.as_bytes())),
        false => masked(Opcode::Text, json.as_bytes()),
    }
}
