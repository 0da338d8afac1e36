//! A case that is a script: what the client writes, what the server shall say to that, and how it shall end.

use std::net::SocketAddr;
use std::time::Duration;

use super::client::{Client, Event, Farewell, Next};
use super::frame::{Frame, bytes_of};

/// How long nothing may come where something must. Generous: a debug build on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long the client listens in between.
const BETWEEN: Duration = Duration::from_secs(1);

/// How long it waits between two writes that shall come apart. The system makes it some more.
const APART: Duration = Duration::from_micros(10);

/// How well a case was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    Passed,
    /// As the RFC allows, if not as the suite likes it best.
    NonStrict,
    /// Nothing is expected, but that it comes to an end.
    Informational,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Write {
        bytes: Vec<u8>,
        is_goodbye: bool,
    },
    /// The client goes on a second later, whatever comes.
    Wait,
    /// The same, and it is an event of its own if the connection is still open then.
    Listen,
}

#[derive(Clone, Debug)]
pub(super) struct Script {
    steps: Vec<Step>,
    expected: Option<Vec<Event>>,
    /// What is less than strict, and allowed.
    allowed: Option<Vec<Event>>,
    ending: Ending,
}

/// How a connection shall end.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    is_by_client: bool,
    /// The close codes that the server may say; it may always say none. The first is also what the client says.
    codes: Vec<u16>,
    is_clean: bool,
}

impl Ending {
    /// The client says goodbye, and the server does, too.
    pub(super) fn clean(codes: impl Into<Vec<u16>>) -> Self {
        Self { is_by_client: true, codes: codes.into(), is_clean: true }
    }

    /// The client says goodbye in a way that the server may not like.
    pub(super) fn odd(codes: impl Into<Vec<u16>>) -> Self {
        Self { is_by_client: true, codes: codes.into(), is_clean: false }
    }

    /// The server ends the connection.
    pub(super) fn failed(code: u16) -> Self {
        Self { is_by_client: false, codes: vec![code], is_clean: false }
    }

    /// # Errors
    /// When it has ended otherwise.
    pub(super) fn check(&self, farewell: Farewell) -> Result<(), String> {
        let is_code = farewell.code.is_none_or(|code| self.codes.contains(&code));
        let is_clean = farewell.is_clean || !self.is_clean;
        match farewell.is_by_client == self.is_by_client && is_clean && is_code && farewell.server_hung_up {
            true => Ok(()),
            false => Err(format!("expected {}\ncame     {farewell}", self.words())),
        }
    }

    fn words(&self) -> String {
        let who = if self.is_by_client { "client" } else { "server" };
        let how = if self.is_clean { "both to say goodbye" } else { "perhaps both to say goodbye" };
        format!("the {who} to begin to close, {how}, a code of {:?} or none, and the server to hang up", self.codes)
    }
}

impl Script {
    pub(super) fn new(steps: Vec<Step>, expected: impl Into<Vec<Event>>, ending: Ending) -> Self {
        Self { steps, expected: Some(expected.into()), allowed: None, ending }
    }

    /// With other events that are allowed, too.
    pub(super) fn or(self, allowed: impl Into<Vec<Event>>) -> Self {
        Self { allowed: Some(allowed.into()), ..self }
    }

    /// Whatever comes, and however it ends.
    pub(super) fn informational(steps: Vec<Step>) -> Self {
        Self { steps, expected: None, allowed: None, ending: Ending::odd([]) }
    }

    /// # Errors
    /// When what comes, or how it ends, is not as it should be.
    pub(super) fn run(&self, address: SocketAddr) -> Result<Grade, String> {
        let mut client = Client::open(address, &[])?;
        let mut events = Vec::new();
        let played = self.play(&mut client, &mut events);
        let listened = played.and_then(|is_open| if is_open { self.listen(&mut client, &mut events) } else { Ok(()) });
        listened.map_err(|problem| format!("{problem}\n{}", self.compared(&events)))?;
        self.judge(&events, client.farewell())
    }

    /// Writes what is to be written, and says whether the connection is still open.
    fn play(&self, client: &mut Client, events: &mut Vec<Event>) -> Result<bool, String> {
        let mut is_after_write = false;
        for step in &self.steps {
            match step {
                Step::Write { bytes, is_goodbye } => {
                    if std::mem::replace(&mut is_after_write, true) {
                        std::thread::sleep(APART);
                    }
                    client.send(bytes, *is_goodbye);
                }
                Step::Wait | Step::Listen => {
                    if !hear_for_a_while(client, events)? {
                        return Ok(false);
                    }
                    if matches!(step, Step::Listen) {
                        events.push(Event::Silence);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Listens until the connection has ended, and says goodbye once all has come.
    fn listen(&self, client: &mut Client, events: &mut Vec<Event>) -> Result<(), String> {
        loop {
            if !self.may_become_right(events) {
                return Err("More came than should.".to_owned());
            }
            if self.ending.is_by_client && self.allowed.is_none() && self.expected.as_ref() == Some(events) {
                client.close(self.ending.codes[0]);
            }
            match client.next(PATIENCE)? {
                Next::Event(event) => events.push(event),
                Next::Goodbye => {}
                Next::Nothing => return Err(format!("Nothing more came for {PATIENCE:?}.")),
                Next::End => return Ok(()),
            }
        }
    }

    /// Whether what has come is how something expected or allowed begins. Else there is nothing to wait for.
    fn may_become_right(&self, events: &[Event]) -> bool {
        let outcomes = [&self.expected, &self.allowed];
        self.expected.is_none() || outcomes.into_iter().flatten().any(|outcome| outcome.starts_with(events))
    }

    fn judge(&self, events: &[Event], farewell: Farewell) -> Result<Grade, String> {
        let grade = match &self.expected {
            None => return Ok(Grade::Informational),
            Some(expected) if expected == events => Grade::Passed,
            Some(_) if self.allowed.as_deref() == Some(events) => Grade::NonStrict,
            Some(_) => return Err(format!("{}\nAt the end, {farewell}.", self.compared(events))),
        };
        self.ending.check(farewell).map(|()| grade)
    }

    fn compared(&self, events: &[Event]) -> String {
        let or = self.allowed.as_ref().map_or_else(String::new, |allowed| format!(" or {allowed:?}"));
        let expected = self.expected.as_ref().map_or_else(|| "anything".to_owned(), |events| format!("{events:?}"));
        let pairs = self.expected.iter().flatten().zip(events);
        let difference = pairs.flat_map(|(expected, came)| expected.first_difference(came)).next();
        let place = difference.map_or_else(String::new, |index| format!(", different from byte {index} on"));
        format!("expected {expected}{or}\ncame     {events:?}{place}")
    }
}

/// Hears what comes for a second. Says whether the connection is still open then.
fn hear_for_a_while(client: &mut Client, events: &mut Vec<Event>) -> Result<bool, String> {
    let started = std::time::Instant::now();
    loop {
        match client.next(BETWEEN.saturating_sub(started.elapsed()))? {
            Next::Event(event) => events.push(event),
            Next::Nothing => return Ok(true),
            Next::Goodbye => {}
            Next::End => return Ok(false),
        }
    }
}

/// Frames that are written at once.
pub(super) fn together(frames: impl IntoIterator<Item = Frame>) -> Vec<Step> {
    let frames: Vec<Frame> = frames.into_iter().collect();
    vec![Step::Write { bytes: bytes_of(&frames), is_goodbye: frames.iter().any(Frame::is_goodbye) }]
}

/// Frames that are written one by one.
pub(super) fn one_by_one(frames: impl IntoIterator<Item = Frame>) -> Vec<Step> {
    frames.into_iter().flat_map(|frame| together([frame])).collect()
}

/// Frames of which so many bytes are written at a time.
pub(super) fn in_pieces(size: usize, frames: impl IntoIterator<Item = Frame>) -> Vec<Step> {
    frames.into_iter().flat_map(|frame| pieces(size, &frame.bytes())).collect()
}

fn pieces(size: usize, bytes: &[u8]) -> Vec<Step> {
    bytes.chunks(size).map(|piece| Step::Write { bytes: piece.to_vec(), is_goodbye: false }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Ending, Event, Farewell, Grade, Script, in_pieces, one_by_one, together};
    use crate::checks::websocket::frame::{CLOSE, Frame, TEXT};

    const CLEAN: Farewell = Farewell { is_by_client: true, is_clean: true, code: Some(1000), server_hung_up: true };

    #[test]
    fn an_end_is_judged() {
        let clean = Ending::clean([1000, 3000]);
        assert_eq!(clean.check(CLEAN), Ok(()));
        assert_eq!(clean.check(Farewell { code: None, ..CLEAN }), Ok(()));
        for wrong in [
            Farewell { is_by_client: false, ..CLEAN },
            Farewell { is_clean: false, ..CLEAN },
            Farewell { code: Some(1002), ..CLEAN },
            Farewell { server_hung_up: false, ..CLEAN },
        ] {
            assert!(clean.check(wrong).is_err(), "{wrong}");
        }
        let dropped = Farewell { is_by_client: false, is_clean: false, code: None, server_hung_up: true };
        assert_eq!(Ending::failed(1002).check(dropped), Ok(()));
        assert!(Ending::failed(1002).check(Farewell { code: Some(1007), ..dropped }).is_err());
        assert!(Ending::failed(1002).check(CLEAN).is_err());
    }

    #[test]
    fn events_are_judged() {
        let text = || Event::Text(b"a".to_vec());
        let script = Script::new(Vec::new(), [text()], Ending::clean([1000]));
        assert_eq!(script.judge(&[text()], CLEAN), Ok(Grade::Passed));
        assert!(script.judge(&[], CLEAN).is_err());
        assert!(script.judge(&[text(), text()], CLEAN).is_err());
        assert!(script.judge(&[Event::Binary(b"a".to_vec())], CLEAN).is_err());
        assert!(script.may_become_right(&[]) && script.may_become_right(&[text()]));
        assert!(!script.may_become_right(&[text(), text()]) && !script.may_become_right(&[Event::Pong(Vec::new())]));
        let lenient = script.or([]);
        assert_eq!(lenient.judge(&[], CLEAN), Ok(Grade::NonStrict));
        assert!(lenient.judge(&[], Farewell { is_clean: false, ..CLEAN }).is_err());
    }

    #[test]
    fn bytes_are_written_as_they_are_cut() {
        let frames = || [Frame::new(TEXT, "Hello"), Frame::close(1000, "")];
        assert_eq!(together(frames()).len(), 1);
        assert_eq!(one_by_one(frames()).len(), 2);
        assert_eq!(in_pieces(1, frames()).len(), 11 + 8);
        assert_eq!(in_pieces(10, frames()).len(), 2 + 1);
        assert!(Frame::new(CLOSE, "").is_goodbye() && !Frame::new(CLOSE, "").reserved(7).is_goodbye());
    }
}
