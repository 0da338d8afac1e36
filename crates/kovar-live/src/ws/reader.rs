//! Messages out of what a client sends, however it is cut.

use bytes::Bytes;

use super::close::CloseCode;
use super::deflate::inflate;
use super::frame::{Head, LONGEST_HEAD, Opcode, length_of_head, unmask};

/// What a client said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Text(Bytes),
    Binary(Bytes),
    Ping(Bytes),
    Pong,
    /// With the code, if it gave one.
    Close(Option<CloseCode>),
}

/// What a client may not do, and so the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Violation(pub(crate) CloseCode);

impl Violation {
    pub(super) const PROTOCOL: Self = Self(CloseCode::PROTOCOL);
    pub(super) const INVALID_TEXT: Self = Self(CloseCode::INVALID_TEXT);
    pub(super) const TOO_LARGE: Self = Self(CloseCode::TOO_LARGE);
}

/// Where a client is in what it sends. Of one that is silent, it holds nothing.
#[derive(Debug)]
pub(crate) struct Reader {
    /// The longest message, whole and inflated.
    most: usize,
    may_compress: bool,
    /// The part of a head that has come.
    head: [u8; LONGEST_HEAD],
    head_length: u8,
    /// The frame whose payload is to come, and how much of it has.
    frame: Option<(Head, u64)>,
    control: Vec<u8>,
    message: Option<Box<Message>>,
}

/// A message of which not all has come.
#[derive(Debug)]
struct Message {
    is_text: bool,
    is_compressed: bool,
    bytes: Vec<u8>,
    /// How much of it is UTF-8.
    valid: usize,
}

impl Reader {
    pub(crate) fn new(most: usize, may_compress: bool) -> Self {
        Self {
            most,
            may_compress,
            head: [0; LONGEST_HEAD],
            head_length: 0,
            frame: None,
            control: Vec::new(),
            message: None,
        }
    }

    /// Takes what has come, up to the first event. What is left is to be given again.
    pub(crate) fn take(&mut self, input: &mut &mut [u8]) -> Result<Option<Event>, Violation> {
        loop {
            let (head, done) = match self.frame {
                Some(frame) => frame,
                None => match self.take_head(input)? {
                    Some(head) => (head, 0),
                    None => return Ok(None),
                },
            };
            let wanted = usize::try_from(head.length - done).unwrap_or(usize::MAX);
            let count = wanted.min(input.len());
            let (payload, rest) = std::mem::take(input).split_at_mut(count);
            *input = rest;
            unmask(payload, head.mask, done);
            if head.opcode.is_control() {
                self.control.extend_from_slice(payload);
            } else if let Some(message) = &mut self.message {
                message.push(payload)?;
            }
            if count < wanted {
                self.frame = Some((head, done + count as u64));
                return Ok(None);
            }
            self.frame = None;
            if let Some(event) = self.end_frame(&head)? {
                return Ok(Some(event));
            }
        }
    }

    fn take_head(&mut self, input: &mut &mut [u8]) -> Result<Option<Head>, Violation> {
        loop {
            let have = usize::from(self.head_length);
            let wanted = length_of_head(&self.head[..have]).unwrap_or(2);
            if have == wanted {
                break;
            }
            let count = (wanted - have).min(input.len());
            if count == 0 {
                return Ok(None);
            }
            let (came, rest) = std::mem::take(input).split_at_mut(count);
            *input = rest;
            self.head[have..have + count].copy_from_slice(came);
            self.head_length += count as u8;
        }
        let head = Head::read(&self.head, self.may_compress)?;
        self.head_length = 0;
        self.begin_frame(&head)?;
        Ok(Some(head))
    }

    /// Looks at a frame before its payload is.
    fn begin_frame(&mut self, head: &Head) -> Result<(), Violation> {
        if head.opcode.is_control() {
            return Ok(());
        }
        match (&self.message, head.opcode) {
            (None, Opcode::Text | Opcode::Binary) => {
                let is_text = head.opcode == Opcode::Text;
                let message = Message { is_text, is_compressed: head.is_compressed, bytes: Vec::new(), valid: 0 };
                self.message = Some(Box::new(message));
            }
            (Some(_), Opcode::Continuation) => {}
            _ => return Err(Violation::PROTOCOL),
        }
        let before = self.message.as_ref().map_or(0, |message| message.bytes.len()) as u64;
        if head.length > self.most as u64 || before + head.length > self.most as u64 {
            return Err(Violation::TOO_LARGE);
        }
        Ok(())
    }

    fn end_frame(&mut self, head: &Head) -> Result<Option<Event>, Violation> {
        Ok(match head.opcode {
            Opcode::Ping => Some(Event::Ping(std::mem::take(&mut self.control).into())),
            Opcode::Pong => {
                self.control = Vec::new();
                Some(Event::Pong)
            }
            Opcode::Close => Some(Event::Close(closed(&std::mem::take(&mut self.control))?)),
            _ if !head.is_last => None,
            _ => self.message.take().map(|message| message.end(self.most)).transpose()?,
        })
    }
}

impl Message {
    /// What is no UTF-8 is told as soon as it comes.
    fn push(&mut self, payload: &[u8]) -> Result<(), Violation> {
        self.bytes.extend_from_slice(payload);
        if !self.is_text || self.is_compressed {
            return Ok(());
        }
        match str::from_utf8(&self.bytes[self.valid..]) {
            Ok(_) => self.valid = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.valid += error.valid_up_to(),
            Err(_) => return Err(Violation::INVALID_TEXT),
        }
        Ok(())
    }

    fn end(mut self, most: usize) -> Result<Event, Violation> {
        if self.is_compressed {
            self.bytes = inflate(&self.bytes, most)?;
            if self.is_text && str::from_utf8(&self.bytes).is_err() {
                return Err(Violation::INVALID_TEXT);
            }
        } else if self.is_text && self.valid < self.bytes.len() {
            return Err(Violation::INVALID_TEXT);
        }
        let bytes = Bytes::from(self.bytes);
        Ok(if self.is_text { Event::Text(bytes) } else { Event::Binary(bytes) })
    }
}

/// The payload of a Close: nothing, or a code and a reason.
fn closed(payload: &[u8]) -> Result<Option<CloseCode>, Violation> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { Err(Violation::PROTOCOL) };
    };
    let code = CloseCode(u16::from_be_bytes(*code));
    match () {
        () if !code.may_be_sent() => Err(Violation::PROTOCOL),
        () if str::from_utf8(reason).is_err() => Err(Violation::INVALID_TEXT),
        () => Ok(Some(code)),
    }
}
