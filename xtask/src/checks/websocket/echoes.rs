//! A case that is many messages, each sent when the one before it has come back.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::LazyLock;

use super::client::{Client, Event, Next};
use super::data::Data;
use super::deflate::Offer;
use super::frame::{BINARY, TEXT};
use super::script::{Ending, Grade, PATIENCE};

/// How many messages there are.
const COUNT: usize = 1000;

#[derive(Clone, Debug)]
pub(super) struct Echoes {
    /// Of compression, if there is to be any.
    pub(super) offers: Vec<Offer>,
    pub(super) source: Source,
    /// Of each message: in characters if it is text, else in bytes.
    pub(super) length: usize,
    pub(super) fragment: Option<usize>,
}

/// What the messages are made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Repeated(char),
    RepeatedByte(u8),
    /// One piece after the other, and again from the start.
    Pieces(&'static LazyLock<Data>),
}

impl Source {
    fn is_text(self) -> bool {
        match self {
            Self::Repeated(_) => true,
            Self::RepeatedByte(_) => false,
            Self::Pieces(data) => data.is_text(),
        }
    }

    fn message(self, index: usize, length: usize) -> Cow<'static, [u8]> {
        match self {
            Self::Repeated(character) => Cow::Owned(character.to_string().repeat(length).into_bytes()),
            Self::RepeatedByte(byte) => Cow::Owned(vec![byte; length]),
            Self::Pieces(data) => data.piece(index * length, length),
        }
    }
}

impl Echoes {
    /// # Errors
    /// When a message does not come back as it was, or the end is not clean.
    pub(super) fn run(&self, address: SocketAddr) -> Result<Grade, String> {
        let mut client = Client::open(address, &self.offers)?;
        let opcode = if self.source.is_text() { TEXT } else { BINARY };
        for index in 0..COUNT {
            let message = self.source.message(index, self.length);
            client.send_message(opcode, &message, self.fragment);
            let next = client.next(PATIENCE)?;
            if !is_echo(&next, opcode, &message) {
                return Err(format!("message {index}\n{}", compared(opcode, &message, &next)));
            }
        }
        client.close(1000);
        loop {
            match client.next(PATIENCE)? {
                Next::Goodbye => {}
                Next::End => break,
                other => return Err(format!("expected the end, came {other:?}")),
            }
        }
        Ending::clean([1000]).check(client.farewell()).map(|()| Grade::Passed)
    }
}

fn is_echo(next: &Next, opcode: u8, message: &[u8]) -> bool {
    match next {
        Next::Event(Event::Text(payload)) => opcode == TEXT && payload == message,
        Next::Event(Event::Binary(payload)) => opcode == BINARY && payload == message,
        _ => false,
    }
}

fn compared(opcode: u8, message: &[u8], next: &Next) -> String {
    let sent = if opcode == TEXT { Event::Text(message.to_vec()) } else { Event::Binary(message.to_vec()) };
    let difference = if let Next::Event(event) = next { sent.first_difference(event) } else { None };
    let place = difference.map_or_else(String::new, |index| format!(", different from byte {index} on"));
    format!("expected {sent:?}\ncame     {next:?}{place}")
}

#[cfg(test)]
mod tests {
    use super::{BINARY, Event, Next, Source, TEXT, is_echo};

    #[test]
    fn an_echo_is_the_same_in_kind_and_content() {
        let text = Next::Event(Event::Text(b"a".to_vec()));
        assert!(is_echo(&text, TEXT, b"a"));
        assert!(!is_echo(&text, BINARY, b"a"));
        assert!(!is_echo(&text, TEXT, b"b"));
        assert!(!is_echo(&Next::Nothing, TEXT, b""));
    }

    #[test]
    fn what_is_repeated_has_its_length() {
        assert_eq!(&*Source::Repeated('*').message(7, 3), b"***");
        assert_eq!(&*Source::RepeatedByte(0xfe).message(7, 2), [0xfe, 0xfe]);
    }
}
