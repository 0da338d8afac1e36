//! A client that hears all that the server says, and sends what it is told to.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::deflate::{Deflate, Offer};
use super::frame::{self, Frame, Received};
use super::wire::{Came, Wire};

/// The channel that echoes what it gets.
const PATH: &str = "/live/echo";

/// How long the server may take to hang up once both have said goodbye (RFC 6455 §7.1.1).
const HANG_UP: Duration = Duration::from_secs(1);

/// How many bytes of a payload are shown.
const SHOWN_BYTES: usize = 32;

#[derive(Debug)]
pub(super) struct Client {
    wire: Wire,
    deflate: Option<Deflate>,
    message: Option<Partial>,
    has_said_goodbye: bool,
    farewell: Farewell,
    hangs_up_by: Option<Instant>,
}

/// A message of which not all has come.
#[derive(Debug)]
struct Partial {
    opcode: u8,
    is_compressed: bool,
    payload: Vec<u8>,
}

/// What the server said, or that it said nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Event {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// Nothing came for as long as the client listened, and the connection stayed open.
    Silence,
}

/// What comes when one waits.
#[derive(Debug)]
pub(super) enum Next {
    Event(Event),
    /// The server says goodbye, and has been answered.
    Goodbye,
    Nothing,
    /// The connection is no more.
    End,
}

/// How a connection has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Farewell {
    /// Whether the client began it.
    pub(super) is_by_client: bool,
    /// Whether both said goodbye.
    pub(super) is_clean: bool,
    /// The server's close code.
    pub(super) code: Option<u16>,
    /// Whether it was the server that hung up.
    pub(super) server_hung_up: bool,
}

impl Client {
    /// Opens the channel, with compression if any is offered.
    ///
    /// # Errors
    /// When the handshake is not met, or the server agrees to what was not offered, or to nothing of what was.
    pub(super) fn open(address: SocketAddr, offers: &[Offer]) -> Result<Self, String> {
        let offer = offers.iter().map(|offer| offer.text()).collect::<Vec<_>>().join(", ");
        let (wire, agreed) = Wire::open(address, PATH, &offer)?;
        let deflate = match agreed {
            Some(answer) => Some(Deflate::agreed(&answer, offers)?),
            None if offers.is_empty() => None,
            None => return Err(format!("It agrees to no compression of `{offer}`.")),
        };
        let farewell = Farewell::default();
        Ok(Self { wire, deflate, message: None, has_said_goodbye: false, farewell, hangs_up_by: None })
    }

    /// Sends bytes. An error here is no failure: what counts is what comes back.
    pub(super) fn send(&mut self, bytes: &[u8], is_goodbye: bool) {
        if is_goodbye && !std::mem::replace(&mut self.has_said_goodbye, true) {
            self.farewell.is_by_client = true;
        }
        let _ = self.wire.send(bytes);
    }

    /// Sends a message in fragments of a size, compressed if that is agreed on.
    pub(super) fn send_message(&mut self, opcode: u8, message: &[u8], fragment: Option<usize>) {
        let frames = match &mut self.deflate {
            Some(deflate) => frame::fragments(opcode, frame::COMPRESSED, &deflate.compress(message), fragment),
            None => frame::fragments(opcode, 0, message, fragment),
        };
        self.send(&frame::bytes_of(&frames), false);
    }

    /// Says goodbye, if nobody has.
    pub(super) fn close(&mut self, code: u16) {
        if !self.has_said_goodbye {
            self.send(&Frame::close(code, "").bytes(), true);
        }
    }

    /// What the server says next.
    ///
    /// # Errors
    /// When no server may say it.
    pub(super) fn next(&mut self, patience: Duration) -> Result<Next, String> {
        let deadline = Instant::now() + patience;
        loop {
            match self.wire.receive(self.hangs_up_by.unwrap_or(deadline))? {
                Came::Frame(_) if self.farewell.is_clean => return Err("It said more after its goodbye.".to_owned()),
                Came::Frame(frame) => {
                    if let Some(next) = self.take(frame)? {
                        return Ok(next);
                    }
                }
                Came::Nothing if self.farewell.is_clean => return Ok(Next::End),
                Came::Nothing => return Ok(Next::Nothing),
                Came::End => {
                    self.farewell.server_hung_up = true;
                    return Ok(Next::End);
                }
            }
        }
    }

    pub(super) fn farewell(&self) -> Farewell {
        self.farewell
    }

    fn take(&mut self, frame: Received) -> Result<Option<Next>, String> {
        if frame.is_compressed && self.deflate.is_none() {
            return Err("It compressed a message, which was not agreed on.".to_owned());
        }
        match frame.opcode {
            frame::PING => Ok(Some(Next::Event(Event::Ping(frame.payload)))),
            frame::PONG => Ok(Some(Next::Event(Event::Pong(frame.payload)))),
            frame::CLOSE => self.goodbye(&frame.payload).map(Some),
            _ => Ok(self.join(frame)?.map(Next::Event)),
        }
    }

    /// RFC 6455 §5.5.1.
    fn goodbye(&mut self, payload: &[u8]) -> Result<Next, String> {
        self.farewell.code = code_of(payload)?;
        if !self.has_said_goodbye {
            self.has_said_goodbye = true;
            let answer =
                Frame::new(frame::CLOSE, self.farewell.code.map_or(Vec::new(), |code| code.to_be_bytes().into()));
            self.send(&answer.bytes(), true);
        }
        self.farewell.is_clean = true;
        self.hangs_up_by = Some(Instant::now() + HANG_UP);
        Ok(Next::Goodbye)
    }

    /// Joins the frames of a message (RFC 6455 §5.4).
    fn join(&mut self, frame: Received) -> Result<Option<Event>, String> {
        let Received { opcode, is_last, is_compressed, payload } = frame;
        let message = match (self.message.take(), opcode) {
            (None, frame::TEXT | frame::BINARY) => Partial { opcode, is_compressed, payload },
            (Some(mut message), frame::CONTINUATION) if !is_compressed => {
                message.payload.extend(payload);
                message
            }
            _ => return Err(format!("It sent a frame with opcode {opcode} out of turn.")),
        };
        if is_last {
            return self.whole(message).map(Some);
        }
        self.message = Some(message);
        Ok(None)
    }

    fn whole(&mut self, message: Partial) -> Result<Event, String> {
        let payload = match &mut self.deflate {
            Some(deflate) if message.is_compressed => deflate.inflate(&message.payload)?,
            _ => message.payload,
        };
        match message.opcode {
            frame::BINARY => Ok(Event::Binary(payload)),
            _ if str::from_utf8(&payload).is_err() => Err("It sent text that is no UTF-8.".to_owned()),
            _ => Ok(Event::Text(payload)),
        }
    }
}

impl Event {
    fn payload(&self) -> &[u8] {
        match self {
            Self::Text(payload) | Self::Binary(payload) | Self::Ping(payload) | Self::Pong(payload) => payload,
            Self::Silence => &[],
        }
    }

    /// Where another of the same length begins to differ.
    pub(super) fn first_difference(&self, other: &Self) -> Option<usize> {
        let (mine, others) = (self.payload(), other.payload());
        mine.iter().zip(others).position(|(mine, other)| mine != other).filter(|_| mine.len() == others.len())
    }
}

/// The code of a Close, which may say none (RFC 6455 §7.4).
fn code_of(payload: &[u8]) -> Result<Option<u16>, String> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { Err("It sent a Close of one byte.".to_owned()) };
    };
    let code = u16::from_be_bytes(*code);
    let may_be_sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    match may_be_sent && str::from_utf8(reason).is_ok() {
        true => Ok(Some(code)),
        false => Err(format!("It sent a Close with the code {code} and the reason {}.", reason.escape_ascii())),
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, payload) = match self {
            Self::Text(_) => ("text", self.payload()),
            Self::Binary(_) => ("binary", self.payload()),
            Self::Ping(_) => ("ping", self.payload()),
            Self::Pong(_) => ("pong", self.payload()),
            Self::Silence => return formatter.write_str("silence"),
        };
        let shown = payload[..payload.len().min(SHOWN_BYTES)].escape_ascii();
        let more = if payload.len() > SHOWN_BYTES { "…" } else { "" };
        write!(formatter, "{what} of {} bytes \"{shown}{more}\"", payload.len())
    }
}

impl fmt::Display for Farewell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.is_by_client { "client" } else { "server" };
        let how = if self.is_clean { "both said goodbye" } else { "not both said goodbye" };
        let code = self.code.map_or_else(|| "no code".to_owned(), |code| format!("a code of {code}"));
        let end = if self.server_hung_up { "hung up" } else { "did not hang up" };
        write!(formatter, "the {who} began to close, {how}, {code}, and the server {end}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, code_of};

    #[test]
    fn a_close_says_a_code_that_may_be_said() {
        assert_eq!(code_of(b""), Ok(None));
        assert_eq!(code_of(b"\x03\xe8bye"), Ok(Some(1000)));
        for wrong in [&b"\x03"[..], b"\x03\xec", b"\x03\xed", b"\x03\xee", b"\0\0", b"\x13\x88", b"\x03\xe8\xff"] {
            assert!(code_of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn events_are_shown_in_short() {
        assert_eq!(format!("{:?}", Event::Text(b"a\n".to_vec())), "text of 2 bytes \"a\\n\"");
        let long = format!("{:?}", Event::Binary(vec![b'x'; 100]));
        assert_eq!(long, format!("binary of 100 bytes \"{}…\"", "x".repeat(32)));
    }
}
