//! Ten thousand clients in one thread, on `epoll`.
//!
//! A client keeps nothing but a part of a frame that has not come yet. What comes is read into one buffer, looked through for
//! messages, and each message's number is held against the one before it: what is lost, twice or out of order ends the
//! measurement.

use std::fmt::Display;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Registry, Token};
use socket2::SockRef;

use super::dialect::{Dialect, Position, Reaction, Role};
use super::frames::{self, BINARY, CLOSE, PING, PONG, TEXT, masked};
use super::message::Message;

/// How many events are taken at a time.
const EVENTS: usize = 1024;

const BUFFER: usize = 256 * 1024;

/// No head of an answer is longer.
const LONGEST_HEAD: usize = 4096;

/// How long the loop waits before it looks at the clock.
const LOOK: Duration = Duration::from_millis(50);

/// Clients of one server.
#[derive(Debug)]
pub(crate) struct Crowd {
    poll: Poll,
    events: Events,
    address: SocketAddr,
    clients: Vec<Client>,
    common: Common,
    /// What is read goes here.
    buffer: Vec<u8>,
}

/// What all clients share.
#[derive(Debug)]
struct Common {
    dialect: Dialect,
    started: Instant,
    /// How many are not ready yet.
    under_way: usize,
    /// What the first client was told when it was ready, and the first message of any.
    opened: String,
    message: String,
}

/// Somebody who is about to come.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    pub(crate) role: Role,
    /// Where it was, if it has been there.
    pub(super) at: Option<Arc<Position>>,
    pub(super) session: Option<Box<str>>,
    /// The number of its last message.
    pub(super) last: u64,
}

/// Something that a client has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) client: usize,
    pub(crate) what: What,
    /// When, by the clock of the crowd.
    pub(crate) at_ns: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It is ready, after so long.
    Ready {
        took_ns: u64,
    },
    Message(Message),
}

#[derive(Debug)]
struct Client {
    stream: TcpStream,
    role: Role,
    at: Option<Arc<Position>>,
    session: Option<Box<str>>,
    stage: Stage,
    /// What has come of a frame that is not all there.
    rest: Vec<u8>,
    unsent: Vec<u8>,
    /// The number of its last message.
    last: u64,
    began_ns: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    Upgrading,
    Opening,
    Ready,
}

impl Newcomer {
    pub(crate) fn new(role: Role) -> Self {
        Self { role, at: None, session: None, last: 0 }
    }
}

impl Crowd {
    /// Nobody yet.
    ///
    /// # Errors
    /// If the system has no room.
    pub(crate) fn new(address: SocketAddr, dialect: Dialect) -> Result<Self, String> {
        let poll = Poll::new().map_err(|error| format!("the load cannot wait for its sockets: {error}"))?;
        let common =
            Common { dialect, started: Instant::now(), under_way: 0, opened: String::new(), message: String::new() };
        let events = Events::with_capacity(EVENTS);
        Ok(Self { poll, events, address, clients: Vec::new(), common, buffer: vec![0; BUFFER] })
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.common.dialect
    }

    /// The crowd's clock.
    pub(crate) fn now_ns(&self) -> u64 {
        self.common.now_ns()
    }

    /// Lets clients come, so many at once, until all are ready. What they hear meanwhile is added to `heard`.
    ///
    /// # Errors
    /// If one is refused, or they are not all ready in time.
    pub(crate) fn admit(
        &mut self,
        newcomers: impl IntoIterator<Item = Newcomer>,
        at_once: usize,
        limit: Duration,
        heard: &mut Vec<Heard>,
    ) -> Result<(), String> {
        let (mut newcomers, started) = (newcomers.into_iter().peekable(), Instant::now());
        while self.common.under_way > 0 || newcomers.peek().is_some() {
            while self.common.under_way < at_once
                && let Some(newcomer) = newcomers.next()
            {
                self.connect(newcomer)?;
            }
            self.hear(LOOK, heard)?;
            if started.elapsed() > limit {
                let (came, waiting) = (self.clients.len(), self.common.under_way);
                return Err(format!("after {limit:?}, {waiting} of {came} connections are not ready"));
            }
        }
        Ok(())
    }

    /// Adds what has come to `heard`, after waiting for it for so long at most.
    ///
    /// # Errors
    /// If a connection ends, or a message is not the next.
    pub(crate) fn hear(&mut self, wait: Duration, heard: &mut Vec<Heard>) -> Result<(), String> {
        let Self { poll, events, clients, common, buffer, .. } = self;
        match poll.poll(events, Some(wait)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                return Err(format!("the load cannot wait: {error}"));
            }
            _ => {}
        }
        for event in events.iter() {
            let Token(index) = event.token();
            let mut turn = Turn { index, common: &mut *common, registry: poll.registry(), heard: &mut *heard };
            clients[index].go(event, buffer, &mut turn).map_err(|why| format!("connection {index}: {why}"))?;
        }
        Ok(())
    }

    /// Sends bytes that are frames already.
    ///
    /// # Errors
    /// If the connection has ended.
    pub(crate) fn send(&mut self, index: usize, bytes: &[u8]) -> Result<(), String> {
        let client = &mut self.clients[index];
        client.send(bytes, Token(index), self.poll.registry()).map_err(|why| format!("connection {index}: {why}"))
    }

    /// Those who would come again, with where they were.
    ///
    /// # Errors
    /// If the server never said where that is.
    pub(super) fn absent(&self) -> Result<Vec<Newcomer>, String> {
        let at = Arc::new(self.common.dialect.position(&self.common.opened, &self.common.message)?);
        let again = |client: &Client| Newcomer {
            role: client.role,
            at: Some(Arc::clone(&at)),
            session: client.session.clone(),
            last: client.last,
        };
        Ok(self.clients.iter().map(again).collect())
    }

    /// The first message of the first client who got any, with what was around it; empty if there was none.
    pub(super) fn first_message(&self) -> &str {
        &self.common.message
    }

    fn connect(&mut self, newcomer: Newcomer) -> Result<(), String> {
        let index = self.clients.len();
        let unable = |error: io::Error| format!("connection {index}: {error}");
        let mut stream = TcpStream::connect(self.address).map_err(unable)?;
        // Closed at once: ten thousand ports that wait would be missing later.
        SockRef::from(&stream).set_linger(Some(Duration::ZERO)).map_err(unable)?;
        stream.set_nodelay(true).map_err(unable)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(index), interest).map_err(unable)?;
        let Newcomer { role, at, session, last } = newcomer;
        let (began_ns, stage) = (self.common.now_ns(), Stage::Connecting);
        self.common.under_way += 1;
        self.clients.push(Client {
            stream,
            role,
            at,
            session,
            stage,
            rest: Vec::new(),
            unsent: Vec::new(),
            last,
            began_ns,
        });
        Ok(())
    }
}

impl Common {
    fn now_ns(&self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }
}

/// What a client needs when something has come for it.
struct Turn<'a> {
    index: usize,
    common: &'a mut Common,
    registry: &'a Registry,
    heard: &'a mut Vec<Heard>,
}

impl Turn<'_> {
    fn hear(&mut self, what: What, at_ns: u64) {
        self.heard.push(Heard { client: self.index, what, at_ns });
    }
}

impl Client {
    fn go(&mut self, event: &Event, buffer: &mut [u8], turn: &mut Turn<'_>) -> Result<(), String> {
        let token = Token(turn.index);
        if self.stage == Stage::Connecting {
            if !event.is_writable() {
                return Ok(());
            }
            if let Some(error) = self.stream.take_error().map_err(shown)? {
                return Err(format!("it is refused: {error}"));
            }
            turn.registry.reregister(&mut self.stream, token, Interest::READABLE).map_err(shown)?;
            let opening = turn.common.dialect.opening(self.role, self.at.as_deref());
            self.send(&opening, token, turn.registry)?;
            self.stage = Stage::Upgrading;
            if !turn.common.dialect.upgrades() {
                self.upgraded(turn)?;
            }
            return Ok(());
        }
        if event.is_writable() && !self.unsent.is_empty() {
            let unsent = std::mem::take(&mut self.unsent);
            self.send(&unsent, token, turn.registry)?;
            if self.unsent.is_empty() {
                turn.registry.reregister(&mut self.stream, token, Interest::READABLE).map_err(shown)?;
            }
        }
        if event.is_readable() { self.read(buffer, turn) } else { Ok(()) }
    }

    fn send(&mut self, mut bytes: &[u8], token: Token, registry: &Registry) -> Result<(), String> {
        while self.unsent.is_empty() && !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("nothing can be sent: {error}")),
            }
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.unsent.extend_from_slice(bytes);
        registry.reregister(&mut self.stream, token, Interest::READABLE | Interest::WRITABLE).map_err(shown)
    }

    fn read(&mut self, buffer: &mut [u8], turn: &mut Turn<'_>) -> Result<(), String> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err("the server closed it".to_owned()),
                Ok(count) => {
                    self.take(&buffer[..count], turn)?;
                    // Less than there was room for: there is nothing left (epoll(7)).
                    if count < buffer.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(shown(error)),
            }
        }
    }

    fn take(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Result<(), String> {
        if self.rest.is_empty() {
            let used = self.understand(bytes, turn)?;
            self.rest.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut held = std::mem::take(&mut self.rest);
        held.extend_from_slice(bytes);
        let used = self.understand(&held, turn)?;
        if used < held.len() {
            held.drain(..used);
            self.rest = held;
        }
        Ok(())
    }

    /// Takes what is whole, and says how much that was.
    fn understand(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> Result<usize, String> {
        let mut used = 0;
        if self.stage == Stage::Upgrading {
            match head(bytes)? {
                Some(length) => used = length,
                None => return Ok(0),
            }
            self.upgraded(turn)?;
        }
        let at_ns = turn.common.now_ns();
        while let Some(frame) = frames::first(&bytes[used..])? {
            let payload = &bytes[used..][frame.payload.clone()];
            match frame.opcode {
                TEXT | BINARY if turn.common.dialect.has_lines() => {
                    payload.split(|byte| *byte == b'\n').try_for_each(|line| self.hear(line, at_ns, turn))?;
                }
                TEXT | BINARY => self.hear(payload, at_ns, turn)?,
                PING => self.send(&masked(PONG, payload), Token(turn.index), turn.registry)?,
                CLOSE => return Err(format!("the server closed it with {}", reason(payload))),
                _ => {}
            }
            used += frame.payload.end;
        }
        Ok(used)
    }

    fn upgraded(&mut self, turn: &mut Turn<'_>) -> Result<(), String> {
        self.stage = Stage::Opening;
        let reaction = turn.common.dialect.upgraded(self.role);
        self.react(reaction, turn)
    }

    fn hear(&mut self, text: &[u8], at_ns: u64, turn: &mut Turn<'_>) -> Result<(), String> {
        let was_ready = self.stage == Stage::Ready;
        if !was_ready {
            self.heed(text, turn)?;
        }
        let (mut rest, mut has_message) = (text, false);
        while let Some((message, after)) = Message::first(rest) {
            if message.number != self.last + 1 {
                return Err(format!("message {} came after message {}", message.number, self.last));
            }
            if turn.common.message.is_empty() {
                turn.common.message = String::from_utf8_lossy(text).into_owned();
            }
            (self.last, rest, has_message) = (message.number, after, true);
            turn.hear(What::Message(message), at_ns);
        }
        if was_ready && !has_message { self.heed(text, turn) } else { Ok(()) }
    }

    /// Does what is to be done about what is no message.
    fn heed(&mut self, text: &[u8], turn: &mut Turn<'_>) -> Result<(), String> {
        let text = std::str::from_utf8(text).map_err(|_| "what came is no text".to_owned())?;
        let (at, session) = (self.at.as_deref(), self.session.as_deref());
        let reaction = turn.common.dialect.heard(self.role, text, at, session)?;
        if reaction.is_ready && turn.common.opened.is_empty() {
            text.clone_into(&mut turn.common.opened);
        }
        self.react(reaction, turn)
    }

    fn react(&mut self, reaction: Reaction, turn: &mut Turn<'_>) -> Result<(), String> {
        let Reaction { answer, is_ready, session } = reaction;
        if let Some(session) = session {
            self.session = Some(session.into());
        }
        if let Some(answer) = answer {
            self.send(&masked(TEXT, answer.as_bytes()), Token(turn.index), turn.registry)?;
        }
        if is_ready && self.stage != Stage::Ready {
            self.stage = Stage::Ready;
            turn.common.under_way -= 1;
            let at_ns = turn.common.now_ns();
            turn.hear(What::Ready { took_ns: at_ns - self.began_ns }, at_ns);
        }
        Ok(())
    }
}

/// How long the head of the answer is, once it is there.
fn head(bytes: &[u8]) -> Result<Option<usize>, String> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > LONGEST_HEAD { Err("its answer has no end".to_owned()) } else { Ok(None) };
    };
    let first = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    match first.starts_with(b"HTTP/1.1 101") {
        true => Ok(Some(end + 4)),
        false => Err(format!("it is answered with {}", String::from_utf8_lossy(first))),
    }
}

/// A close frame's code and words.
fn reason(payload: &[u8]) -> String {
    match payload {
        [high, low, words @ ..] => {
            format!("{} {}", u16::from_be_bytes([*high, *low]), String::from_utf8_lossy(words)).trim_end().to_owned()
        }
        _ => "no code".to_owned(),
    }
}

fn shown(error: impl Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests;
