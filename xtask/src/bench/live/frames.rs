//! Frames of WebSocket (RFC 6455 §5.2), of the client's side.

use std::ops::Range;

pub(crate) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// No frame here is longer: a hundred messages that were missed may come in one.
const LONGEST: usize = 1 << 20;

/// What masks what is sent. Who measures has nothing to hide from proxies.
const MASK: [u8; 4] = [0x5a, 0x17, 0xc3, 0x2e];

/// A frame that has come.
#[derive(Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) opcode: u8,
    /// Where its payload lies.
    pub(super) payload: Range<usize>,
}

/// The first frame of what has come; `None` if it is not all there.
///
/// # Errors
/// If no server should send such a one.
pub(super) fn first(bytes: &[u8]) -> Result<Option<Frame>, String> {
    let [start, length, ..] = *bytes else { return Ok(None) };
    if start & 0xf0 != 0x80 {
        return Err(format!("a frame begins with {start:#04x}: it is in parts, or compressed"));
    }
    let (length, begins) = match length {
        masked if masked & 0x80 != 0 => return Err("a server masked a frame".to_owned()),
        126 => match bytes.get(2..4) {
            Some(&[high, low]) => (usize::from(u16::from_be_bytes([high, low])), 4),
            _ => return Ok(None),
        },
        127 => match bytes.get(2..10).and_then(|length| length.try_into().ok()) {
            Some(length) => (usize::try_from(u64::from_be_bytes(length)).unwrap_or(usize::MAX), 10),
            None => return Ok(None),
        },
        short => (usize::from(short), 2),
    };
    if length > LONGEST {
        return Err(format!("a frame has {length} bytes"));
    }
    let payload = begins..begins + length;
    Ok((payload.end <= bytes.len()).then_some(Frame { opcode: start & 0x0f, payload }))
}

/// A frame as a client sends it, of less than 64 KiB.
pub(crate) fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 8);
    frame.push(0x80 | opcode);
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A frame as a server sends it, of less than 64 KiB.
pub(super) fn plain(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | TEXT];
    match payload.len() {
        short @ 0..126 => frame.push(short as u8),
        long => {
            frame.push(126);
            frame.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::{Frame, MASK, TEXT, first, masked, plain};

    #[test]
    fn a_frame_is_read_once_it_is_all_there() {
        for length in [0, 5, 125, 126, 1000] {
            let payload = vec![b'x'; length];
            let frame = plain(&payload);
            for there in 0..frame.len() {
                assert_eq!(first(&frame[..there]), Ok(None), "{there} of {}", frame.len());
            }
            let begins = frame.len() - length;
            assert_eq!(first(&frame), Ok(Some(Frame { opcode: TEXT, payload: begins..frame.len() })));
        }
        let long = [&[0x82, 127, 0, 0, 0, 0, 0, 0, 0, 3][..], b"abc", b"more"].concat();
        assert_eq!(first(&long), Ok(Some(Frame { opcode: 2, payload: 10..13 })));
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        let too_long = [0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0];
        for bytes in [&[0x01, 0x00][..], &[0xc1, 0x00], &[0x81, 0x80], &too_long] {
            assert!(first(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_client_masks() {
        let frame = masked(TEXT, b"hello");
        assert_eq!(frame[..6], [0x81, 0x85, MASK[0], MASK[1], MASK[2], MASK[3]]);
        let payload: Vec<u8> = frame[6..].iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        assert_eq!(payload, b"hello");
        assert_eq!(masked(TEXT, &[0; 200])[..4], [0x81, 0xfe, 0, 200]);
    }
}
