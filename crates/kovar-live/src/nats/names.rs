//! How streams and subjects are called.
//!
//! A token of a subject holds no dot, no space and no wildcard, so everything but letters, digits, `-` and `_` is written as
//! `=` and two hexadecimal digits for each byte. What gets too long ends in its hash.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

/// Where nodes tell all others something.
pub(super) const NODES: &str = "kovar.live.nodes";

/// How long a token gets, in bytes.
const LONGEST: usize = 120;

/// The stream that keeps a topic's messages, with those of its family.
pub(super) fn stream(topic: &str) -> String {
    format!("KOVAR_LIVE_{}", token(family_and_key(topic).0))
}

/// Where messages of a topic are published.
pub(super) fn topic(topic: &str) -> String {
    subject("topic", topic)
}

/// Where a topic's messages are told, once they are kept.
pub(super) fn told(topic: &str) -> String {
    subject("told", topic)
}

/// Where it is told who is there.
pub(super) fn present(topic: &str) -> String {
    subject("present", topic)
}

/// The subjects of a family: what is published, and where that is told.
pub(super) fn of_family(topic: &str) -> (String, String) {
    let family = token(family_and_key(topic).0);
    (format!("kovar.live.topic.{family}.*"), format!("kovar.live.told.{family}.{{{{wildcard(1)}}}}"))
}

fn subject(kind: &str, topic: &str) -> String {
    let (family, key) = family_and_key(topic);
    format!("kovar.live.{kind}.{}.{}", token(family), token(key))
}

fn family_and_key(topic: &str) -> (&str, &str) {
    topic.split_once('/').unwrap_or((topic, ""))
}

fn token(text: &str) -> String {
    let mut token = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => token.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => {
                let _ = write!(token, "={byte:02X}");
            }
        }
    }
    if token.is_empty() {
        token.push('=');
    } else if token.len() > LONGEST {
        let hash = Sha1::digest(text.as_bytes());
        token.truncate(LONGEST - 42);
        token.push_str("==");
        for byte in hash {
            let _ = write!(token, "{byte:02x}");
        }
    }
    token
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, stream, told, topic};

    #[test]
    fn any_key_is_one_token() {
        let (long, longer) = ("x".repeat(300), "x".repeat(301));
        let keys = ["7", "", ".", "a.b", "a b", "a/b", "*", ">", "ü", "a=2Eb", "$SYS", "\u{0}\n", &long, &longer];
        let mut all: Vec<String> = keys.iter().map(|key| topic(&format!("rooms/{key}"))).collect();
        for subject in &all {
            let tokens: Vec<&str> = subject.split('.').collect();
            assert!(tokens.len() == 5 && tokens.iter().all(|token| !token.is_empty()), "{subject}");
            assert!(tokens[4].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)), "{subject}");
            assert!(tokens[4].len() <= LONGEST, "{subject}");
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), keys.len());
    }

    #[test]
    fn names_are_read_by_people() {
        assert_eq!(topic("rooms/lamps"), "kovar.live.topic.rooms.lamps");
        assert_eq!(told("rooms/a.b"), "kovar.live.told.rooms.a=2Eb");
        assert_eq!(stream("my rooms/7"), "KOVAR_LIVE_my=20rooms");
    }
}
