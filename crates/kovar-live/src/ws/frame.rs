//! Frames (RFC 6455 §5.2).

use bytes::{BufMut as _, Bytes, BytesMut};

use super::reader::Violation;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// The longest payload of a control frame.
pub(super) const LONGEST_CONTROL: usize = 125;

/// The longest head of a frame.
pub(super) const LONGEST_HEAD: usize = 14;

const FIN: u8 = 0x80;
const COMPRESSED: u8 = 0x40;
const RESERVED: u8 = 0x30;
const MASKED: u8 = 0x80;
const LENGTH_16: u8 = 126;
const LENGTH_64: u8 = 127;

/// The head of a frame that a client has sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) opcode: Opcode,
    pub(super) is_last: bool,
    pub(super) is_compressed: bool,
    pub(super) mask: [u8; 4],
    pub(super) length: u64,
}

impl Opcode {
    pub(crate) fn of(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    pub(super) fn is_control(self) -> bool {
        self as u8 >= Self::Close as u8
    }
}

/// How long the head is that begins with these bytes, if so much can be told.
pub(super) fn length_of_head(bytes: &[u8]) -> Option<usize> {
    let second = *bytes.get(1)?;
    let length = match second & !MASKED {
        LENGTH_16 => 4,
        LENGTH_64 => 10,
        _ => 2,
    };
    Some(if second & MASKED == 0 { length } else { length + 4 })
}

impl Head {
    /// Reads a head that is there as a whole. What is wrong with it is told before its payload is looked at.
    pub(super) fn read(bytes: &[u8], may_be_compressed: bool) -> Result<Self, Violation> {
        let (first, second) = (bytes[0], bytes[1]);
        let opcode = Opcode::of(first & 0x0f).ok_or(Violation::PROTOCOL)?;
        let is_compressed = first & COMPRESSED != 0;
        let is_reserved = first & RESERVED != 0 || is_compressed && (!may_be_compressed || opcode.is_control());
        let is_continued = is_compressed && opcode == Opcode::Continuation;
        if is_reserved || is_continued || second & MASKED == 0 {
            return Err(Violation::PROTOCOL);
        }
        let (length, mask) = match second & !MASKED {
            LENGTH_16 => (u64::from(u16::from_be_bytes([bytes[2], bytes[3]])), 4),
            LENGTH_64 => (bytes[2..10].iter().fold(0, |length, byte| length << 8 | u64::from(*byte)), 10),
            length => (u64::from(length), 2),
        };
        let is_last = first & FIN != 0;
        if length >> 63 != 0 || opcode.is_control() && (!is_last || length > LONGEST_CONTROL as u64) {
            return Err(Violation::PROTOCOL);
        }
        let mask = [bytes[mask], bytes[mask + 1], bytes[mask + 2], bytes[mask + 3]];
        Ok(Self { opcode, is_last, is_compressed, mask, length })
    }
}

/// A whole frame, as the server sends it.
pub(crate) fn encode(opcode: Opcode, is_compressed: bool, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + LONGEST_HEAD);
    frame.put_u8(FIN | if is_compressed { COMPRESSED } else { 0 } | opcode as u8);
    match payload.len() {
        length @ ..=LONGEST_CONTROL => frame.put_u8(length as u8),
        length @ ..=0xffff => {
            frame.put_u8(LENGTH_16);
            frame.put_u16(length as u16);
        }
        length => {
            frame.put_u8(LENGTH_64);
            frame.put_u64(length as u64);
        }
    }
    frame.put_slice(payload);
    frame.freeze()
}

/// Takes the mask off bytes that begin so far behind the beginning of their payload.
pub(super) fn unmask(bytes: &mut [u8], mask: [u8; 4], offset: u64) {
    let mut mask = mask;
    mask.rotate_left((offset % 4) as usize);
    let wide = u64::from_ne_bytes([mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3]]);
    let mut chunks = bytes.chunks_exact_mut(8);
    for chunk in &mut chunks {
        let word = u64::from_ne_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]]);
        chunk.copy_from_slice(&(word ^ wide).to_ne_bytes());
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}
