//! What can be seen of HTTP/2 from outside: its frames, as they pass.
//!
//! `h2` has no clock, answers whatever is sent, and does not say what waits in it. So frames are
//! looked at where they cross the socket: for a head that is not finished, for streams whose answer
//! was not sent to its end, and for frames that ask for nothing. Of a frame only its head is read
//! (RFC 9113 §4.1), and the beginning of a `GOAWAY`; a second reading of fields would be one too many.

/// What a client begins with (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How many control frames a client may send more with each tick: a hundred a second.
const EARNED_PER_TICK: u32 = 10;

/// How long the head of a frame is, and how much is kept of a frame: of a `GOAWAY` the last stream
/// and the error code (RFC 9113 §6.8).
const HEAD: usize = 9;
const KEPT: usize = HEAD + 8;

/// RFC 9113 §6.
mod kind {
    pub(super) const DATA: u8 = 0;
    pub(super) const HEADERS: u8 = 1;
    pub(super) const RST_STREAM: u8 = 3;
    pub(super) const GOAWAY: u8 = 7;
    pub(super) const WINDOW_UPDATE: u8 = 8;
    pub(super) const CONTINUATION: u8 = 9;
}

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The frames of one connection, in both directions.
#[derive(Debug)]
pub(crate) struct Frames {
    received: Cut,
    sent: Cut,
    /// Whether the first frame came whole: it belongs to the preface.
    has_begun: bool,
    /// Whether a head is arriving, and the stream that it begins; trailers begin none.
    is_in_head: bool,
    beginning: Option<u32>,
    /// The newest stream that the client began, and the last that is not ignored.
    newest: u32,
    last: u32,
    /// The streams whose answer was not sent to its end.
    open: Vec<u32>,
    patience: Option<Patience>,
    left_in_anger: bool,
}

/// How many control frames may still come.
#[derive(Debug)]
struct Patience {
    most: u32,
    left: u32,
    since: u32,
}

impl Frames {
    pub(crate) fn new(control_frames: Option<u32>, now: u32) -> Self {
        Self {
            received: Cut::default(),
            sent: Cut::default(),
            has_begun: false,
            is_in_head: false,
            beginning: None,
            newest: 0,
            last: u32::MAX,
            open: Vec::new(),
            patience: control_frames.map(|most| Patience { most, left: most, since: now }),
            left_in_anger: false,
        }
    }

    /// Notes what the client sent. Whether something was finished that was waited for.
    pub(crate) fn came(&mut self, mut bytes: &[u8], now: u32) -> bool {
        if let Some(patience) = &mut self.patience {
            patience.recover(now);
        }
        let mut is_finished = false;
        while let Some(frame) = self.received.next(&mut bytes) {
            self.has_begun = true;
            self.take(&frame);
            is_finished |= !self.is_in_head;
        }
        is_finished
    }

    fn take(&mut self, frame: &Frame) {
        if frame.kind == kind::HEADERS {
            self.is_in_head = true;
            if frame.stream > self.newest {
                self.newest = frame.stream;
                self.beginning = Some(frame.stream);
            }
        }
        if frame.kind == kind::RST_STREAM {
            self.ended(frame.stream);
        }
        if frame.is_control() {
            self.spend();
        }
        if frame.ends_head() {
            self.is_in_head = false;
            let last = self.last;
            self.open.extend(self.beginning.take().filter(|stream| *stream <= last));
        }
    }

    fn ended(&mut self, stream: u32) {
        if let Some(index) = self.open.iter().position(|open| *open == stream) {
            self.open.swap_remove(index);
        }
    }

    fn spend(&mut self) {
        if let Some(patience) = &mut self.patience {
            patience.left = patience.left.saturating_sub(1);
        }
    }

    /// Notes what the server sent. Whether a part of a body was in it.
    pub(crate) fn went(&mut self, mut bytes: &[u8]) -> bool {
        let mut has_body = false;
        while let Some(frame) = self.sent.next(&mut bytes) {
            match frame.kind {
                kind::DATA | kind::HEADERS => {
                    has_body |= frame.kind == kind::DATA && frame.length > 0;
                    if let Some(patience) = &mut self.patience {
                        patience.left = patience.most.min(patience.left.saturating_add(1));
                    }
                    if frame.has(END_STREAM) {
                        self.ended(frame.stream);
                    }
                }
                kind::RST_STREAM => self.ended(frame.stream),
                kind::GOAWAY => self.leaves(&frame),
                _ => {}
            }
        }
        has_body || self.sent.is_within(kind::DATA)
    }

    /// What the client begins after the last stream is ignored (RFC 9113 §6.8).
    fn leaves(&mut self, frame: &Frame) {
        let (last, error) = frame.last_stream_and_error;
        self.last = last;
        self.open.retain(|stream| *stream <= last);
        self.left_in_anger |= error != 0;
    }

    /// How many streams have an answer that was not sent to its end.
    pub(crate) fn open(&self) -> u32 {
        u32::try_from(self.open.len()).unwrap_or(u32::MAX)
    }

    /// Whether the client has begun something that it must end before anything else can be read:
    /// the preface, a head, a frame that is not of a body.
    pub(crate) fn awaits_more(&self) -> bool {
        !self.has_begun || self.is_in_head || self.received.is_begun() && !self.received.is_within(kind::DATA)
    }

    /// Whether more control frames came than may.
    pub(crate) fn is_flood(&self) -> bool {
        self.patience.as_ref().is_some_and(|patience| patience.left == 0)
    }

    /// Whether the client was told of an error: it may still be sending.
    pub(crate) fn left_in_anger(&self) -> bool {
        self.left_in_anger
    }

    /// A `GOAWAY` for a client that does too much (RFC 9113 §6.8, §7); `None` in the middle of a
    /// frame.
    pub(crate) fn calm_down(&self) -> Option<[u8; KEPT]> {
        const ENHANCE_YOUR_CALM: u8 = 0xb;
        if self.sent.is_begun() {
            return None;
        }
        let mut frame = [0, 0, 8, kind::GOAWAY, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ENHANCE_YOUR_CALM];
        frame[HEAD..HEAD + 4].copy_from_slice(&self.newest.to_be_bytes());
        Some(frame)
    }
}

impl Patience {
    fn recover(&mut self, now: u32) {
        let earned = now.saturating_sub(self.since).saturating_mul(EARNED_PER_TICK);
        self.since = now;
        // What is spent stays spent.
        if self.left > 0 {
            self.left = self.most.min(self.left.saturating_add(earned));
        }
    }
}

/// A whole frame that has passed.
#[derive(Debug)]
struct Frame {
    length: usize,
    kind: u8,
    flags: u8,
    stream: u32,
    /// Of a `GOAWAY`.
    last_stream_and_error: (u32, u32),
}

impl Frame {
    fn of(kept: &[u8; KEPT]) -> Self {
        let number = |at: usize| u32::from_be_bytes([kept[at], kept[at + 1], kept[at + 2], kept[at + 3]]);
        Self {
            length: length(kept),
            kind: kept[3],
            flags: kept[4],
            stream: number(5) & 0x7fff_ffff,
            last_stream_and_error: (number(HEAD) & 0x7fff_ffff, number(HEAD + 4)),
        }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it asks for nothing and brings nothing. `WINDOW_UPDATE` does neither, too, but honest
    /// clients send it for every few bytes that they read.
    fn is_control(&self) -> bool {
        match self.kind {
            kind::DATA => self.length == 0 && !self.has(END_STREAM),
            kind::HEADERS | kind::CONTINUATION | kind::WINDOW_UPDATE => false,
            _ => true,
        }
    }

    fn ends_head(&self) -> bool {
        matches!(self.kind, kind::HEADERS | kind::CONTINUATION) && self.has(END_HEADERS)
    }
}

/// One direction, cut into frames.
#[derive(Debug, Default)]
struct Cut {
    /// How much has passed of the frame that passes, and its beginning.
    passed: usize,
    kept: [u8; KEPT],
}

impl Cut {
    /// Goes on to the end of the frame that passes; `None` if it has not passed whole.
    fn next(&mut self, bytes: &mut &[u8]) -> Option<Frame> {
        self.keep(bytes, HEAD);
        if self.passed < HEAD {
            return None;
        }
        let end = HEAD + length(&self.kept);
        self.keep(bytes, end.min(KEPT));
        let skipped = bytes.len().min(end - self.passed);
        *bytes = &bytes[skipped..];
        self.passed += skipped;
        if self.passed < end {
            return None;
        }
        self.passed = 0;
        Some(Frame::of(&self.kept))
    }

    fn keep(&mut self, bytes: &mut &[u8], up_to: usize) {
        let Some(room) = self.kept.get_mut(self.passed..up_to) else { return };
        let (now, later) = bytes.split_at(bytes.len().min(room.len()));
        room[..now.len()].copy_from_slice(now);
        self.passed += now.len();
        *bytes = later;
    }

    fn is_begun(&self) -> bool {
        self.passed > 0
    }

    fn is_within(&self, kind: u8) -> bool {
        self.passed >= HEAD && self.kept[3] == kind
    }
}

/// The first three bytes (RFC 9113 §4.1).
fn length(kept: &[u8; KEPT]) -> usize {
    u32::from_be_bytes([0, kept[0], kept[1], kept[2]]) as usize
}

#[cfg(test)]
mod tests;
