//! How each server is spoken to: how a connection is opened, what says that it is ready, and how a message is published.

use super::frames::{TEXT, masked, plain};
use super::message::Message;
use crate::bench::peer::Peer;

/// What is spoken over the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Messages as they are: what those write who have only a library.
    Plain,
    /// `docs/src/live-protocol.md`.
    Kovar,
    /// Version 5 of Socket.IO's protocol, over version 4 of Engine.IO's.
    SocketIo,
    /// The JSON of Centrifuge's protocol.
    Centrifugo,
    /// No WebSocket at all: see `bench/live-app/src/bin/bench-live-bare.rs`.
    Bare,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It gets what is published to a topic.
    Listener {
        topic: usize,
        is_kept: bool,
    },
    Publisher,
    Echo,
}

/// Where a client was when it was last there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub(super) epoch: String,
    pub(super) offset: String,
}

/// What is to be done about what a server says that is no message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reaction {
    pub(super) answer: Option<String>,
    pub(super) is_ready: bool,
    /// The name under which the server knows who comes again.
    pub(super) session: Option<String>,
}

impl Dialect {
    pub(super) fn of(peer: &Peer) -> Self {
        match peer.name {
            "kovar" => Self::Kovar,
            "socketio" => Self::SocketIo,
            "centrifugo" => Self::Centrifugo,
            "bare" => Self::Bare,
            _ => Self::Plain,
        }
    }

    /// What a client says first.
    pub(crate) fn opening(self, role: Role, at: Option<&Position>) -> Vec<u8> {
        let (path, protocol) = match (self, role) {
            (Self::Bare, Role::Publisher) => return b"P".to_vec(),
            (Self::Bare, _) => return b"S".to_vec(),
            (Self::SocketIo, _) => ("/socket.io/?EIO=4&transport=websocket".to_owned(), ""),
            (Self::Centrifugo, _) => ("/connection/websocket".to_owned(), ""),
            (Self::Kovar, Role::Listener { topic, is_kept }) => {
                let at = at.map(|at| format!("?at={}", base64_url(&kovar_position(topic, is_kept, at))));
                let path = format!("/live/{}/t{topic}{}", family(is_kept), at.unwrap_or_default());
                (path, "sec-websocket-protocol: kovar.json\r\n")
            }
            (Self::Kovar, Role::Publisher) => ("/live/publish".to_owned(), "sec-websocket-protocol: kovar.json\r\n"),
            (Self::Plain, Role::Publisher) => ("/live/publish".to_owned(), ""),
            (Self::Plain, Role::Listener { topic, .. }) => (format!("/live/topics/t{topic}"), ""),
            (Self::Kovar | Self::Plain, Role::Echo) => ("/live/echo".to_owned(), ""),
        };
        format!(
            "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"
        )
        .into_bytes()
    }

    /// Whether the server answers the opening with a 101.
    pub(super) fn upgrades(self) -> bool {
        self != Self::Bare
    }

    /// What a client does once the connection speaks WebSocket.
    pub(super) fn upgraded(self, role: Role) -> Reaction {
        let is_ready = match self {
            Self::Bare => true,
            Self::Plain => !matches!(role, Role::Listener { .. }),
            Self::Kovar => !matches!(role, Role::Listener { .. }),
            Self::SocketIo | Self::Centrifugo => false,
        };
        let answer = (self == Self::Centrifugo).then(|| r#"{"id":1,"connect":{}}"#.to_owned());
        Reaction { answer, is_ready, session: None }
    }

    /// Whether several things may be said in one frame, a line each.
    pub(super) fn has_lines(self) -> bool {
        self == Self::Centrifugo
    }

    /// What is to be done about a text; `session` and `at` are those with which the client has come again. A text with
    /// messages comes here, too, until the connection is ready.
    ///
    /// # Errors
    /// If the server refuses something.
    pub(super) fn heard(
        self,
        role: Role,
        text: &str,
        at: Option<&Position>,
        session: Option<&str>,
    ) -> Result<Reaction, String> {
        match self {
            Self::Bare => Ok(Reaction::default()),
            Self::Plain => Ok(Reaction { is_ready: text.contains(r#""subscribed""#), ..Reaction::default() }),
            Self::Kovar => kovar(text, at.is_some()),
            Self::SocketIo => socket_io(role, text, at, session),
            Self::Centrifugo => centrifugo(role, text, at),
        }
    }

    /// What publishes a message to a topic.
    pub(super) fn publish(self, topic: usize, is_kept: bool, message: Message) -> Vec<u8> {
        let json = message.json();
        let text = match self {
            Self::Bare => {
                let frame = plain(delivered(topic, message).as_bytes());
                return [&(frame.len() as u32).to_be_bytes(), frame.as_slice()].concat();
            }
            Self::Plain => format!(r#"{{"topic":"t{topic}","message":{json}}}"#),
            Self::Kovar => format!(r#"{{"data":{{"topic":"t{topic}","message":{json},"is_kept":{is_kept}}}}}"#),
            Self::SocketIo => format!(r#"42["publish",{{"topic":"t{topic}","message":{json}}}]"#),
            Self::Centrifugo => {
                let family = family(is_kept);
                format!(r#"{{"id":9,"publish":{{"channel":"{family}:t{topic}","data":{json}}}}}"#)
            }
        };
        masked(TEXT, text.as_bytes())
    }

    /// What is said back.
    pub(super) fn echo(self, message: Message) -> Vec<u8> {
        let json = message.json();
        match self {
            Self::SocketIo => masked(TEXT, format!(r#"42["echo",{json}]"#).as_bytes()),
            _ => masked(TEXT, json.as_bytes()),
        }
    }

    /// Where a client is that was answered so when it subscribed, and then got one message.
    ///
    /// # Errors
    /// If neither says it.
    pub(super) fn position(self, opened: &str, message: &str) -> Result<Position, String> {
        let found = match self {
            Self::Kovar | Self::Centrifugo => {
                let epoch = between(opened, r#""epoch":""#, "\"");
                let offset = between(message, r#""offset":"#, "}").map(digits);
                epoch.zip(offset)
            }
            // The last argument of an event.
            Self::SocketIo => message.rsplit('"').nth(1).map(|offset| ("", offset)),
            Self::Plain | Self::Bare => None,
        };
        let (epoch, offset) =
            found.ok_or_else(|| format!("neither {opened} nor {message} says where the client is"))?;
        Ok(Position { epoch: epoch.to_owned(), offset: offset.to_owned() })
    }
}

fn kovar(text: &str, has_come_again: bool) -> Result<Reaction, String> {
    if text.starts_with(r#"{"ping""#) {
        return Ok(Reaction { answer: Some(r#"{"pong":true}"#.to_owned()), ..Reaction::default() });
    }
    if text.contains(r#""problem""#) {
        return Err(format!("it says {text}"));
    }
    let is_ready = text.contains(r#""epoch""#);
    if is_ready && has_come_again && !text.contains(r#""recovered":true"#) {
        return Err(format!("a client that came again was told {text}"));
    }
    Ok(Reaction { is_ready, ..Reaction::default() })
}

fn socket_io(role: Role, text: &str, at: Option<&Position>, session: Option<&str>) -> Result<Reaction, String> {
    let answer = |answer: String| Ok(Reaction { answer: Some(answer), ..Reaction::default() });
    match text {
        "2" => answer("3".to_owned()),
        text if text.starts_with("0{") => answer(match at.zip(session) {
            Some((at, session)) => format!(r#"40{{"pid":"{session}","offset":"{}"}}"#, at.offset),
            None => "40".to_owned(),
        }),
        text if text.starts_with("40{") => {
            let found = between(text, r#""pid":""#, "\"").map(str::to_owned);
            if at.is_some() && found.as_deref() != session {
                return Err(format!("a client that came again as {session:?} was told {text}"));
            }
            let subscribes = match role {
                Role::Listener { topic, .. } if at.is_none() => Some(format!(r#"420["subscribe","t{topic}"]"#)),
                _ => None,
            };
            Ok(Reaction { is_ready: subscribes.is_none(), answer: subscribes, session: found })
        }
        text if text.starts_with("44") || text.starts_with("41") => Err(format!("it says {text}")),
        text => Ok(Reaction { is_ready: text.starts_with("430["), ..Reaction::default() }),
    }
}

fn centrifugo(role: Role, text: &str, at: Option<&Position>) -> Result<Reaction, String> {
    if text == "{}" {
        return Ok(Reaction { answer: Some("{}".to_owned()), ..Reaction::default() });
    }
    if text.contains(r#""error":"#) || text.contains(r#""disconnect":"#) {
        return Err(format!("it says {text}"));
    }
    if text.starts_with(r#"{"id":1,"#) {
        let Role::Listener { topic, is_kept } = role else {
            return Ok(Reaction { is_ready: true, ..Reaction::default() });
        };
        let recover = at.map(|at| format!(r#","recover":true,"epoch":"{}","offset":{}"#, at.epoch, at.offset));
        let (family, recover) = (family(is_kept), recover.unwrap_or_default());
        let answer = Some(format!(r#"{{"id":2,"subscribe":{{"channel":"{family}:t{topic}"{recover}}}}}"#));
        return Ok(Reaction { answer, ..Reaction::default() });
    }
    let is_ready = text.starts_with(r#"{"id":2,"#);
    if is_ready && at.is_some() && !text.contains(r#""recovered":true"#) {
        return Err(format!("a client that came again was told {text}"));
    }
    Ok(Reaction { is_ready, ..Reaction::default() })
}

/// What a listener of Kovar's gets: the bare loop sends the same.
pub(super) fn delivered(topic: usize, message: Message) -> String {
    format!(r#"{{"topic":"topics/t{topic}","offset":{},"data":{}}}"#, message.number, message.json())
}

fn family(is_kept: bool) -> &'static str {
    if is_kept { "recovered" } else { "topics" }
}

fn kovar_position(topic: usize, is_kept: bool, at: &Position) -> String {
    format!(r#"{{"{}/t{topic}":["{}",{}]}}"#, family(is_kept), at.epoch, at.offset)
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

fn digits(text: &str) -> &str {
    text.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default()
}

/// Base64 for URLs, without padding (RFC 4648 §5).
fn base64_url(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            encoded.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
