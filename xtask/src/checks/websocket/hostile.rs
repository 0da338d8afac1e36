//! What a hostile client sends on a channel of the chat: each has the end that it should, again and again, and the program's
//! memory stays where it was.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::deflate::{Deflate, Offer};
use super::frame::{BINARY, CLOSE, COMPRESSED, CONTINUATION, Frame, PING, PONG, TEXT, bytes_of};
use super::wire::{Came, Wire};
use crate::exchange::exchange;
use crate::running::Running;
use crate::tally::Tally;

/// A channel that speaks JSON, and takes messages of 64 KiB.
const PATH: &str = "/live/rooms/attacked?name=Mallory";
const LONGEST: usize = 64 * 1024;

/// How long any end may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often each is done.
const TIMES: usize = 20;

/// How much resident memory all of it may add at any moment.
const MEMORY_LIMIT_KIB: u64 = 16 * 1024;

/// What a client does, and the code with which it is closed.
struct Attack {
    name: &'static str,
    act: fn(&mut Mallory),
    code: u16,
}

const ATTACKS: &[Attack] = &[
    Attack { name: "a frame that says it is too long", act: |it| it.head(TEXT, LONGEST as u64 + 1), code: 1009 },
    Attack { name: "a frame that says it is endless", act: |it| it.head(TEXT, i64::MAX as u64), code: 1009 },
    Attack { name: "a frame of a negative length", act: |it| it.head(TEXT, u64::MAX), code: 1002 },
    Attack {
        name: "a message that is too long",
        act: |it| it.send(&Frame::new(TEXT, [b' '; LONGEST + 1])),
        code: 1009,
    },
    Attack { name: "fragments without end", act: endless_fragments, code: 1009 },
    Attack { name: "fragments of nothing, and then a message", act: empty_fragments, code: 1002 },
    Attack { name: "text that is no UTF-8", act: |it| it.send(&Frame::new(TEXT, b"\xff")), code: 1007 },
    Attack {
        name: "text that is no UTF-8, of which more is to come",
        act: |it| it.send(&Frame::new(TEXT, b"\xed\xa0\x80").unfinished()),
        code: 1007,
    },
    Attack { name: "a bomb", act: |it| it.bomb(16 << 20), code: 1009 },
    Attack { name: "a small bomb", act: |it| it.bomb(LONGEST + 1), code: 1009 },
    Attack { name: "compression that is none", act: |it| it.compressed(&[0xff; 64]), code: 1002 },
    Attack { name: "pings whose answers are not read", act: pings, code: 4001 },
    Attack { name: "a frame without a mask", act: |it| it.bytes(&[0x81, 2, b'{', b'}']), code: 1002 },
    Attack { name: "a long ping", act: |it| it.send(&Frame::new(PING, [0; 126])), code: 1002 },
    Attack { name: "a long pong", act: |it| it.send(&Frame::new(PONG, [0; 126])), code: 1002 },
    Attack { name: "a long close", act: |it| it.send(&Frame::close(1000, [b'x'; 124])), code: 1002 },
    Attack { name: "a ping in parts", act: |it| it.send(&Frame::new(PING, "").unfinished()), code: 1002 },
    Attack { name: "a close with a code that nobody may send", act: |it| it.send(&Frame::close(1006, "")), code: 1002 },
    Attack { name: "a close whose reason is no UTF-8", act: |it| it.send(&Frame::close(1000, b"\xff")), code: 1007 },
    Attack { name: "a reserved bit", act: |it| it.send(&Frame::new(TEXT, "{}").reserved(1)), code: 1002 },
    Attack { name: "an opcode that is none", act: |it| it.send(&Frame::new(7, "")), code: 1002 },
    Attack { name: "a continuation of nothing", act: |it| it.send(&Frame::new(CONTINUATION, "{}")), code: 1002 },
    Attack { name: "bytes where JSON is spoken", act: |it| it.send(&Frame::new(BINARY, "{}")), code: 1003 },
    Attack { name: "more messages in a second than may be", act: flood, code: 1008 },
];

/// Origins that are not the chat's, of which some look as if they were. `{host}` is the chat's own.
const ORIGINS: [&str; 8] = [
    "https://elsewhere.example",
    "http://{host}.elsewhere.example",
    "http://elsewhere.example/{host}",
    "http://elsewhere.example@{host}.example",
    "http://127.0.0.1",
    "null",
    "{host}",
    "file://",
];

/// Each once unwatched, since the first use of an allocator or a thread is not growth; then again and again.
pub(super) fn attack(app: &Running) -> Result<Tally, String> {
    for attack in ATTACKS {
        let _ = attack.run(app.address());
    }
    app.forget_peak_memory();
    let before = app.memory_kib()?.now;
    let mut tally = Tally::default();
    for attack in ATTACKS {
        let outcome = (0..TIMES).try_for_each(|_| attack.run(app.address()));
        tally.case(&format!("hostile: {} is closed with {}", attack.name, attack.code), outcome);
    }
    for origin in ORIGINS {
        tally.case(&format!("hostile: a page of {origin} is refused"), refused(app.address(), origin));
    }
    tally.case("hostile: memory stays", memory_stayed(before, app.memory_kib()?.peak));
    Ok(tally)
}

impl Attack {
    fn run(&self, address: SocketAddr) -> Result<(), String> {
        let mut mallory = Mallory::open(address)?;
        (self.act)(&mut mallory);
        match mallory.close_code()? {
            code if code == self.code => Ok(()),
            code => Err(format!("It was closed with {code}.")),
        }
    }
}

/// A client that means no good.
struct Mallory {
    wire: Wire,
    deflate: Deflate,
}

impl Mallory {
    fn open(address: SocketAddr) -> Result<Self, String> {
        let offers = [Offer::default()];
        let (wire, agreed) = Wire::open(address, PATH, &offers[0].text())?;
        let agreed = agreed.ok_or("It does not agree to compress.")?;
        Ok(Self { wire, deflate: Deflate::agreed(&agreed, &offers)? })
    }

    /// An error here is no failure: what counts is what comes back.
    fn bytes(&mut self, bytes: &[u8]) {
        let _ = self.wire.send(bytes);
    }

    fn send(&mut self, frame: &Frame) {
        self.bytes(&frame.bytes());
    }

    /// The head of a frame of which nothing follows.
    fn head(&mut self, opcode: u8, length: u64) {
        let head = [&[0x80 | opcode, 0xff], length.to_be_bytes().as_slice(), &[1, 2, 3, 4]].concat();
        self.bytes(&head);
    }

    fn compressed(&mut self, payload: &[u8]) {
        self.send(&Frame::new(TEXT, payload).reserved(COMPRESSED));
    }

    /// As much as 64 KiB can be of what becomes so long.
    fn bomb(&mut self, length: usize) {
        let mut payload = self.deflate.compress(&vec![b' '; length]);
        payload.truncate(LONGEST);
        self.compressed(&payload);
    }

    /// The code of the Close, whatever comes before it.
    fn close_code(&mut self) -> Result<u16, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.wire.receive(deadline)? {
                Came::Frame(frame) if frame.opcode == CLOSE => {
                    let code = frame.payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                    return code.ok_or_else(|| "It was closed without a code.".to_owned());
                }
                Came::Frame(_) => {}
                Came::Nothing => return Err(format!("It was not closed within {PATIENCE:?}.")),
                Came::End => return Err("It was cut off without a close.".to_owned()),
            }
        }
    }
}

fn endless_fragments(mallory: &mut Mallory) {
    mallory.send(&Frame::new(TEXT, " ").unfinished());
    let some = bytes_of(&vec![Frame::new(CONTINUATION, " ").unfinished(); 1000]);
    for _ in 0..=LONGEST / 1000 {
        mallory.bytes(&some);
    }
}

fn empty_fragments(mallory: &mut Mallory) {
    mallory.send(&Frame::new(TEXT, "").unfinished());
    let some = bytes_of(&vec![Frame::new(CONTINUATION, "").unfinished(); 10_000]);
    mallory.bytes(&some);
    mallory.send(&Frame::new(TEXT, "{}"));
}

/// More than what a connection's socket and queue hold.
fn pings(mallory: &mut Mallory) {
    let some = bytes_of(&vec![Frame::new(PING, [b'?'; 125]); 1000]);
    for _ in 0..150 {
        mallory.bytes(&some);
    }
}

fn flood(mallory: &mut Mallory) {
    let some = bytes_of(&vec![Frame::new(TEXT, r#"{"pong":true}"#); 3000]);
    mallory.bytes(&some);
}

/// Whether a handshake from a page of this origin is a problem, and no channel.
fn refused(address: SocketAddr, origin: &str) -> Result<(), String> {
    let origin = origin.replace("{host}", &address.to_string());
    let request = format!(
        "GET {PATH} HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    match exchange(address, request.as_bytes(), PATIENCE) {
        Ok(answer) if answer.status == 403 && answer.media_type() == "application/problem+json" => Ok(()),
        Ok(answer) => Err(answer.to_string()),
        Err(failure) => Err(failure.to_string()),
    }
}

fn memory_stayed(before_kib: u64, peak_kib: u64) -> Result<(), String> {
    match peak_kib <= before_kib + MEMORY_LIMIT_KIB {
        true => Ok(()),
        false => Err(format!("{before_kib} KiB became {peak_kib} KiB; {MEMORY_LIMIT_KIB} KiB more are allowed.")),
    }
}
