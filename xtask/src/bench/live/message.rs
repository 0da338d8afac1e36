//! The message that everybody sends and gets: about a hundred bytes of JSON.

/// A message. Numbers count up by one in each topic, so that what is lost, or comes twice, is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) number: u64,
    /// By the clock of the load.
    pub(crate) sent_ns: u64,
}

const NUMBER: &[u8] = b"\"number\":";
const SENT: &[u8] = b"\"sent_ns\":";

impl Message {
    /// What is in each message beside its numbers.
    pub(super) const WORDS: [&str; 2] = ["\"Ada Lovelace\"", "\"It weaves algebraic patterns\""];

    pub(super) fn json(self) -> String {
        let Self { number, sent_ns } = self;
        let [author, text] = Self::WORDS;
        format!(r#"{{"number":{number},"sent_ns":{sent_ns},"author":{author},"text":{text}}}"#)
    }

    /// The first message of a text, whatever is around it, and what comes after it.
    pub(super) fn first(text: &[u8]) -> Option<(Self, &[u8])> {
        let (number, rest) = digits(after(text, NUMBER)?)?;
        let (sent_ns, rest) = digits(after(rest, SENT)?)?;
        Some((Self { number, sent_ns }, rest))
    }
}

fn after<'t>(text: &'t [u8], word: &[u8]) -> Option<&'t [u8]> {
    let mut rest = text;
    // Most bytes are no quotation marks.
    while let Some(place) = rest.iter().position(|byte| *byte == word[0]) {
        rest = &rest[place..];
        match rest.strip_prefix(word) {
            Some(after) => return Some(after),
            None => rest = &rest[1..],
        }
    }
    None
}

/// A number, before which other writers of JSON put a space.
fn digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    Some((std::str::from_utf8(&text[..end]).ok()?.parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn a_message_is_found_in_what_is_around_it() {
        let message = Message { number: 7, sent_ns: 12_345_678_901 };
        let json = message.json();
        assert!((90..=120).contains(&json.len()), "{} bytes", json.len());
        for text in [
            json.clone(),
            format!(r#"{{"topic":"topics/t0","offset":7,"data":{json}}}"#),
            format!(r#"42["message",{json}]"#),
            json.replace(':', ": "),
        ] {
            let (found, rest) = Message::first(text.as_bytes()).expect(&text);
            assert_eq!((found, Message::first(rest)), (message, None), "{text}");
        }
    }

    #[test]
    fn several_messages_are_found_one_after_the_other() {
        let [one, two] = [1, 2].map(|number| Message { number, sent_ns: 5 });
        let text = format!("[{},{}]", one.json(), two.json());
        let (first, rest) = Message::first(text.as_bytes()).expect("there is one");
        assert_eq!((first, Message::first(rest).map(|(message, _)| message)), (one, Some(two)));
    }

    #[test]
    fn what_is_no_message_is_none() {
        for text in ["", r#"{"number":"x"}"#, r#"{"number":1}"#, r#"{"sent_ns":1,"number":2}"#] {
            assert_eq!(Message::first(text.as_bytes()), None, "{text}");
        }
    }
}
