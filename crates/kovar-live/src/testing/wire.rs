//! WebSocket's frames, as a client writes and reads them.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

use crate::ws::{Opcode, encode};

const MASKED: u8 = 0x80;

/// A whole frame of a client, masked (RFC 6455 §5.3).
pub(super) fn masked(opcode: Opcode, payload: &[u8]) -> Bytes {
    let plain = encode(opcode, false, payload);
    let (head, payload) = plain.split_at(plain.len() - payload.len());
    let mask: [u8; 4] = rand::random();
    let mut frame = BytesMut::with_capacity(plain.len() + mask.len());
    frame.put_slice(head);
    frame[1] |= MASKED;
    frame.put_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame.freeze()
}

/// Takes the frame with which the bytes begin, if it is there as a whole. Kovar's server neither masks nor cuts them.
pub(super) fn take(bytes: &mut BytesMut) -> Option<(Opcode, Bytes)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (length, head): (u64, _) = match second {
        126 => (u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into(), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?), 10),
        length => (length.into(), 2),
    };
    let length = usize::try_from(length).ok()?;
    if bytes.len() < head + length {
        return None;
    }
    bytes.advance(head);
    let payload = bytes.split_to(length).freeze();
    Some((Opcode::of(first & 0x0f)?, payload))
}
