//! Frames (RFC 6455 §5.2), as a client writes them, wrong ones among them, and as it reads those of a server.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// The reserved bit that says that a message is compressed (RFC 7692 §6), of the three.
pub(super) const COMPRESSED: u8 = 4;

const LAST: u8 = 0x80;
const MASKED: u8 = 0x80;
const LONGEST_CONTROL: usize = 125;
const LONGEST_HEAD: usize = 14;

/// A frame to be sent. Nothing keeps it from being wrong.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    opcode: u8,
    is_last: bool,
    reserved: u8,
    payload: Vec<u8>,
}

impl Frame {
    pub(super) fn new(opcode: u8, payload: impl Into<Vec<u8>>) -> Self {
        Self { opcode, is_last: true, reserved: 0, payload: payload.into() }
    }

    pub(super) fn close(code: u16, reason: impl AsRef<[u8]>) -> Self {
        Self::new(CLOSE, [&code.to_be_bytes(), reason.as_ref()].concat())
    }

    /// With more to come of the same message.
    pub(super) fn unfinished(self) -> Self {
        Self { is_last: false, ..self }
    }

    /// With these of the three reserved bits.
    pub(super) fn reserved(self, bits: u8) -> Self {
        Self { reserved: bits, ..self }
    }

    /// Whether it begins the closing of the connection. One with reserved bits is none that a server may take.
    pub(super) fn is_goodbye(&self) -> bool {
        self.opcode == CLOSE && self.reserved == 0
    }

    /// As it is sent, with a mask of its own.
    pub(super) fn bytes(&self) -> Vec<u8> {
        bytes_of(std::slice::from_ref(self))
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(if self.is_last { LAST } else { 0 } | self.reserved << 4 | self.opcode);
        match self.payload.len() {
            length @ ..126 => bytes.push(MASKED | length as u8),
            length @ ..=0xffff => {
                bytes.push(MASKED | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            length => {
                bytes.push(MASKED | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        let mask = new_mask();
        bytes.extend(mask);
        let head = bytes.len();
        bytes.extend(&self.payload);
        apply(mask, &mut bytes[head..]);
    }
}

/// Frames one after the other, as they are sent.
pub(super) fn bytes_of(frames: &[Frame]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(frames.iter().map(|frame| frame.payload.len() + LONGEST_HEAD).sum());
    for frame in frames {
        frame.write(&mut bytes);
    }
    bytes
}

/// A message in frames of so many bytes. Where the last of them is full, an empty one ends the message.
pub(super) fn fragments(opcode: u8, reserved: u8, payload: &[u8], size: Option<usize>) -> Vec<Frame> {
    let Some(size) = size.filter(|size| payload.len() > *size) else {
        return vec![Frame::new(opcode, payload).reserved(reserved)];
    };
    let (first, rest) = payload.split_at(size);
    let chunks = rest.chunks_exact(size);
    let last = Frame::new(CONTINUATION, chunks.remainder());
    let mut frames = vec![Frame::new(opcode, first).reserved(reserved).unfinished()];
    frames.extend(chunks.map(|chunk| Frame::new(CONTINUATION, chunk).unfinished()));
    frames.push(last);
    frames
}

/// A mask like no other of late.
fn new_mask() -> [u8; 4] {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Relaxed).wrapping_mul(0x9e37_79b1).to_be_bytes()
}

/// Sixteen bytes at a time: a debug build would take seconds for the long messages.
fn apply(mask: [u8; 4], bytes: &mut [u8]) {
    let wide = u128::from_ne_bytes([mask; 4].concat().try_into().unwrap_or_default());
    let (chunks, rest) = bytes.as_chunks_mut::<16>();
    for chunk in chunks {
        *chunk = (u128::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// A frame of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) opcode: u8,
    pub(super) is_last: bool,
    pub(super) is_compressed: bool,
    pub(super) payload: Vec<u8>,
}

/// The frame that the bytes begin with, and how long it is; `None` while a part is missing.
///
/// # Errors
/// When no server may send it, with the reason.
pub(super) fn read(bytes: &[u8]) -> Result<Option<(Received, usize)>, String> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    let (opcode, is_last, reserved) = (first & 0x0f, first & LAST != 0, first >> 4 & 7);
    let is_control = opcode >= CLOSE;
    if !matches!(opcode, CONTINUATION..=BINARY | CLOSE..=PONG) || reserved & !COMPRESSED != 0 || second & MASKED != 0 {
        return Err(format!("It sent a frame that begins with {first:#04x} {second:#04x}."));
    }
    let Some((head, length)) = length(bytes, second) else { return Ok(None) };
    let is_shortest = match head {
        2 => true,
        4 => length > 125,
        _ => length > 0xffff,
    };
    if !is_shortest || is_control && (!is_last || reserved != 0 || length > LONGEST_CONTROL) {
        return Err(format!("It sent a frame with opcode {opcode} and {length} bytes, said in {head}."));
    }
    let payload = bytes.get(head..).and_then(|rest| rest.get(..length));
    Ok(payload.map(|payload| {
        let is_compressed = reserved == COMPRESSED;
        (Received { opcode, is_last, is_compressed, payload: payload.to_owned() }, head + length)
    }))
}

/// How long the head is, and the payload.
fn length(bytes: &[u8], second: u8) -> Option<(usize, usize)> {
    Some(match second {
        126 => (4, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into()),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, length.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::{BINARY, COMPRESSED, CONTINUATION, Frame, PING, Received, TEXT, fragments, read};

    #[test]
    fn a_frame_is_masked() {
        for length in [0, 5, 16, 37, 125, 126, 65_535, 65_536] {
            let payload: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            let bytes = Frame::new(BINARY, payload.clone()).bytes();
            let head = bytes.len() - length;
            let mask = &bytes[head - 4..head];
            let plain: Vec<u8> =
                bytes[head..].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            assert_eq!((bytes[0], bytes[1] & 0x80, plain), (0x82, 0x80, payload), "{length}");
        }
        assert_eq!(Frame::new(PING, "").unfinished().reserved(6).bytes()[0], 0x69);
    }

    #[test]
    fn a_message_is_cut() {
        let heads = |length: usize, size: usize| -> Vec<(u8, bool, u8, usize)> {
            let frames = fragments(TEXT, COMPRESSED, &vec![b'*'; length], Some(size));
            frames.iter().map(|frame| (frame.opcode, frame.is_last, frame.reserved, frame.payload.len())).collect()
        };
        assert_eq!(heads(4, 4), [(TEXT, true, 4, 4)]);
        assert_eq!(heads(5, 4), [(TEXT, false, 4, 4), (CONTINUATION, true, 0, 1)]);
        assert_eq!(heads(8, 4), [(TEXT, false, 4, 4), (CONTINUATION, false, 0, 4), (CONTINUATION, true, 0, 0)]);
        assert_eq!(heads(65_536, 1300).len(), 51);
    }

    #[test]
    fn frames_of_the_server_are_read() {
        let received = |opcode, is_compressed, payload: &[u8]| Received {
            opcode,
            is_last: true,
            is_compressed,
            payload: payload.to_vec(),
        };
        assert_eq!(read(b"\x81\x05Hello!"), Ok(Some((received(TEXT, false, b"Hello"), 7))));
        assert_eq!(read(b"\xc1\x01a"), Ok(Some((received(TEXT, true, b"a"), 3))));
        let long = [&b"\x82\x7e\x01\x00"[..], &[7; 256]].concat();
        assert_eq!(read(&long), Ok(Some((received(BINARY, false, &[7; 256]), 260))));
        for length in 0..long.len() {
            assert_eq!(read(&long[..length]), Ok(None), "{length}");
        }
    }

    #[test]
    fn what_no_server_may_send_is_told() {
        for (what, bytes) in [
            ("a mask", &b"\x81\x80\0\0\0\0"[..]),
            ("a reserved bit", b"\x91\x00"),
            ("an opcode that is none", b"\x83\x00"),
            ("a compressed ping", b"\xc9\x00"),
            ("a ping in parts", b"\x09\x00"),
            ("a long ping", b"\x89\x7e\x00\x7e"),
            ("a length that is longer than need be", b"\x81\x7e\x00\x05Hello"),
        ] {
            assert!(read(bytes).is_err(), "{what}");
        }
    }
}
