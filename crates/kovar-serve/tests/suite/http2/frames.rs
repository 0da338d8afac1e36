//! A client that sends exactly the frames it is told (RFC 9113 §4, §6), with fields as HPACK's literals that are not
//! indexed (RFC 7541 §6.2.2).

use std::net::TcpStream;

use super::super::support::{Client, TestServer};

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
/// Of a request without a body.
pub(super) const WHOLE: u8 = END_STREAM | END_HEADERS;

pub(super) const NO_ERROR: u32 = 0;
pub(super) const PROTOCOL_ERROR: u32 = 1;
pub(super) const FLOW_CONTROL_ERROR: u32 = 3;
pub(super) const REFUSED_STREAM: u32 = 7;
pub(super) const CANCEL: u32 = 8;
pub(super) const ENHANCE_YOUR_CALM: u32 = 11;

/// `SETTINGS_INITIAL_WINDOW_SIZE`.
pub(super) const INITIAL_WINDOW_SIZE: u16 = 4;

/// A frame as it came.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// Of `RST_STREAM` and `GOAWAY`.
    pub(super) fn error(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }

    pub(super) fn ends_stream(&self) -> bool {
        self.kind == RST_STREAM || matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }

    /// The status of an answer, which is its first field (RFC 9113 §8.3).
    pub(super) fn status(&self) -> u16 {
        // RFC 7541 appendix A.
        const INDEXED: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
        match self.payload[..] {
            [index @ 0x88..=0x8e, ..] => INDEXED[usize::from(index - 0x88)],
            // A literal by the name of `:status`, in Huffman's code.
            [0x48 | 0x08, length, ref rest @ ..] if length & 0x80 != 0 => digits(&rest[..usize::from(length & 0x7f)]),
            _ => panic!("no status: {:x?}", self.payload),
        }
    }
}

/// RFC 7541 appendix B: 0 to 2 have five bits, 3 to 9 have six.
fn digits(bytes: &[u8]) -> u16 {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let (mut rest, mut number) = (&bits[..], 0);
    for _ in 0..3 {
        let five = u16::from_str_radix(&rest[..5], 2).unwrap();
        let length = if five <= 2 { 5 } else { 6 };
        let code = u16::from_str_radix(&rest[..length], 2).unwrap();
        number = number * 10 + if length == 5 { code } else { code - 0x19 + 3 };
        rest = &rest[length..];
    }
    number
}

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

pub(super) fn settings(values: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> =
        values.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
    frame(SETTINGS, 0, 0, payload)
}

pub(super) fn window(stream: u32, more: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, more.to_be_bytes())
}

pub(super) fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, CANCEL.to_be_bytes())
}

pub(super) fn fields<N: AsRef<[u8]>, V: AsRef<[u8]>>(fields: impl IntoIterator<Item = (N, V)>) -> Vec<u8> {
    fields
        .into_iter()
        .flat_map(|(name, value)| [vec![0], literal(name.as_ref()), literal(value.as_ref())].concat())
        .collect()
}

/// RFC 7541 §5.1, §5.2.
fn literal(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if text.len() < 0x7f {
        bytes.push(u8::try_from(text.len()).unwrap());
    } else {
        let mut rest = text.len() - 0x7f;
        bytes.push(0x7f);
        while rest >= 0x80 {
            bytes.push(u8::try_from(rest % 0x80).unwrap() | 0x80);
            rest /= 0x80;
        }
        bytes.push(u8::try_from(rest).unwrap());
    }
    [&bytes, text].concat()
}

pub(super) fn head(method: &str, path: &str) -> Vec<u8> {
    fields([(":method", method), (":scheme", "http"), (":path", path), (":authority", "a")])
}

pub(super) fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, WHOLE, stream, head("GET", path))
}

/// A connection of HTTP/2.
pub(super) struct Http2 {
    client: Client,
    /// Whether settings of the server are acknowledged.
    acknowledges: bool,
}

impl Http2 {
    /// On which only that was said which was.
    pub(super) fn silent(client: Client) -> Self {
        Self { client, acknowledges: false }
    }

    /// With all of the preface said on both sides (RFC 9113 §3.4).
    pub(super) fn connect(server: &TestServer) -> Self {
        let mut client = Self::with(server, &[]);
        client.find("settings", |frame| frame.kind == SETTINGS);
        client
    }

    /// With settings of its own.
    pub(super) fn with(server: &TestServer, values: &[(u16, u32)]) -> Self {
        Self { client: server.send([PREFACE, &settings(values)].concat()), acknowledges: true }
    }

    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.client.send(bytes);
    }

    /// The next frame; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Frame> {
        let head = self.client.read_exactly(9)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let payload = self.client.read_exactly(length)?;
        let stream = u32::from_be_bytes(head[5..].try_into().unwrap());
        if self.acknowledges && head[3] == SETTINGS && head[4] & ACK == 0 {
            self.send(frame(SETTINGS, ACK, 0, []));
        }
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }

    /// The first frame for which something holds; those before it are thrown away.
    pub(super) fn find(&mut self, what: &str, mut holds: impl FnMut(&Frame) -> bool) -> Frame {
        loop {
            let frame = self.next().unwrap_or_else(|| panic!("the connection ended before {what}"));
            if holds(&frame) {
                return frame;
            }
        }
    }

    /// The status that a stream is answered with.
    pub(super) fn status(&mut self, stream: u32) -> u16 {
        self.find("an answer", |frame| frame.kind == HEADERS && frame.stream == stream).status()
    }

    /// The error of the last `GOAWAY` before the end, if there was one.
    pub(super) fn goodbye(&mut self) -> Option<u32> {
        let mut error = None;
        while let Some(frame) = self.next() {
            if frame.kind == GOAWAY {
                error = Some(frame.error());
            }
        }
        error
    }

    /// To send beside the reading.
    pub(super) fn sender(&self) -> TcpStream {
        self.client.stream.try_clone().unwrap()
    }
}
