//! UTF-8 (6).
//!
//! What is valid and what is not comes from Markus Kuhn's collection of difficult sequences, by way of the suite.

use super::Case;
use super::basics::echo;
use crate::checks::websocket::client::Event;
use crate::checks::websocket::frame::{CONTINUATION, Frame, TEXT, fragments};
use crate::checks::websocket::script::{Ending, Script, Step, together};

/// Eleven bytes: the second letter is U+1F79, of three.
const GREEK: &str = "κ\u{1f79}σμε";
const MIXED: &str = "Hello-µ@ßöäüàá-UTF-8!!";

/// A code point past the last, between what is right.
const OUT_OF_RANGE: [&[u8]; 3] = [GREEK.as_bytes(), b"\xf4\x90\x80\x80", b"edited"];

pub(super) fn cases() -> Vec<Case> {
    [empty(), valid(), invalid(), at_once(), sequences()].into_iter().flatten().collect()
}

fn empty() -> Vec<Case> {
    let three = |middle: &str| {
        let frames = [
            Frame::new(TEXT, "").unfinished(),
            Frame::new(CONTINUATION, middle).unfinished(),
            Frame::new(CONTINUATION, ""),
        ];
        Script::new(together(frames), [Event::Text(middle.into())], Ending::clean([1000]))
    };
    vec![
        Case::script("6.1.1".to_owned(), "text of nothing", || echo(TEXT, b"", None)),
        Case::script("6.1.2".to_owned(), "three fragments of nothing", move || three("")),
        Case::script("6.1.3".to_owned(), "a fragment between two of nothing", move || three("middle frame payload")),
    ]
}

fn valid() -> Vec<Case> {
    let cut = |text: &[u8], size: Option<usize>| {
        let frames = fragments(TEXT, 0, text, size);
        Script::new(together(frames), [Event::Text(text.to_vec())], Ending::clean([1000]))
    };
    let between = MIXED.find('ü').unwrap_or_default();
    vec![
        Case::script("6.2.1".to_owned(), "valid text", move || cut(MIXED.as_bytes(), None)),
        Case::script("6.2.2".to_owned(), "valid text, cut between characters", move || {
            let (first, second) = MIXED.split_at(between);
            let frames = [Frame::new(TEXT, first).unfinished(), Frame::new(CONTINUATION, second)];
            Script::new(together(frames), [Event::Text(MIXED.into())], Ending::clean([1000]))
        }),
        Case::script("6.2.3".to_owned(), "valid text, cut within characters", move || cut(MIXED.as_bytes(), Some(1))),
        Case::script("6.2.4".to_owned(), "valid Greek, cut within characters", move || cut(GREEK.as_bytes(), Some(1))),
    ]
}

fn invalid() -> Vec<Case> {
    let surrogate = || [GREEK.as_bytes(), b"\xed\xa0\x80", b"edited"].concat();
    vec![
        Case::script("6.3.1".to_owned(), "invalid text", move || refused(&surrogate(), None)),
        Case::script("6.3.2".to_owned(), "invalid text, cut within characters", move || refused(&surrogate(), Some(1))),
    ]
}

fn refused(payload: &[u8], size: Option<usize>) -> Script {
    Script::new(together(fragments(TEXT, 0, payload, size)), [], Ending::failed(1007))
}

/// What is invalid is refused as soon as it has come, not when the message has.
fn at_once() -> Vec<Case> {
    let whole = OUT_OF_RANGE.concat();
    let parts = OUT_OF_RANGE.map(<[u8]>::to_vec);
    // Byte 12 is the first that no valid text could have there.
    let least = [whole[..12].to_vec(), whole[12..13].to_vec(), whole[13..].to_vec()];
    let cases = [
        ("6.4.1", "an invalid second fragment", in_fragments as fn(&[Vec<u8>; 3]) -> [Vec<Step>; 3], parts.clone()),
        ("6.4.2", "a second fragment of the first invalid byte", in_fragments, least.clone()),
        ("6.4.3", "an invalid second piece of a frame", in_one_frame, parts),
        ("6.4.4", "a second piece of the first invalid byte", in_one_frame, least),
    ];
    cases.map(|(number, what, cut, parts)| Case::script(number.to_owned(), what, move || waiting(cut(&parts)))).into()
}

/// The client listens after each part but the last, and nothing comes of the first.
fn waiting(parts: [Vec<Step>; 3]) -> Script {
    let [first, second, third] = parts;
    let steps = [first, vec![Step::Listen], second, vec![Step::Listen], third].concat();
    Script::new(steps, [Event::Silence], Ending::failed(1007)).or([Event::Silence, Event::Silence])
}

fn in_fragments(parts: &[Vec<u8>; 3]) -> [Vec<Step>; 3] {
    let [first, second, third] = parts.clone();
    [
        together([Frame::new(TEXT, first).unfinished()]),
        together([Frame::new(CONTINUATION, second).unfinished()]),
        together([Frame::new(CONTINUATION, third)]),
    ]
}

fn in_one_frame(parts: &[Vec<u8>; 3]) -> [Vec<Step>; 3] {
    let mut bytes = Frame::new(TEXT, parts.concat()).bytes();
    let third = bytes.split_off(bytes.len() - parts[2].len());
    let second = bytes.split_off(bytes.len() - parts[1].len());
    [bytes, second, third].map(|bytes| vec![Step::Write { bytes, is_goodbye: false }])
}

/// Short texts: 6.5 to 6.23.
fn sequences() -> Vec<Case> {
    let mut cases = Vec::new();
    for ((what, group), major) in groups().into_iter().zip(5..) {
        for ((is_valid, bytes), minor) in group.into_iter().zip(1..) {
            let what = format!("{what}: {}", bytes.escape_ascii());
            cases.push(Case::script(format!("6.{major}.{minor}"), what, move || match is_valid {
                true => echo(TEXT, &bytes, None),
                false => refused(&bytes, None),
            }));
        }
    }
    cases
}

type Group = Vec<(bool, Vec<u8>)>;

fn groups() -> Vec<(&'static str, Group)> {
    vec![
        ("valid", all(true, &["hello$world", "hello¢world", "hello€world", "hello𤭢world", GREEK])),
        ("a prefix", prefixes()),
        ("the first of a length", all(true, &["\0", "\u{80}", "\u{800}", "\u{10000}"])),
        ("the first of a length that is none", all(false, &FIRST_OF_NONE)),
        ("the last of a length", all(true, &["\x7f", "\u{7ff}", "\u{ffff}", "\u{10ffff}"])),
        ("the last of a length that is none", all(false, &LAST_OF_NONE)),
        ("at a boundary", boundaries()),
        ("continuation", continuations()),
        ("a lonely start", lonely_starts()),
        ("the last byte missing", all(false, &INCOMPLETE)),
        ("incomplete, all together", vec![(false, INCOMPLETE.concat())]),
        ("an impossible byte", all(false, &[&b"\xfe"[..], b"\xff", b"\xfe\xfe\xff\xff"])),
        ("a slash, too long", all(false, &TOO_LONG_SLASH)),
        ("the most that is too long", all(false, &TOO_LONG_MOST)),
        ("a zero, too long", all(false, &TOO_LONG_ZERO)),
        ("a surrogate", all(false, &SURROGATES)),
        ("a pair of surrogates", surrogate_pairs()),
        ("no character, and valid", non_characters()),
        ("special", (0xfff9..=0xffff).map(|code| (true, encoded(code))).collect()),
    ]
}

fn all<T: AsRef<[u8]>>(is_valid: bool, sequences: &[T]) -> Group {
    sequences.iter().map(|sequence| (is_valid, sequence.as_ref().to_vec())).collect()
}

const FIRST_OF_NONE: [&[u8]; 2] = [b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"];

const LAST_OF_NONE: [&[u8]; 3] = [b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf"];

const INCOMPLETE: [&[u8]; 10] = [
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xf8\x80\x80\x80",
    b"\xfc\x80\x80\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfb\xbf\xbf\xbf",
    b"\xfd\xbf\xbf\xbf\xbf",
];

const TOO_LONG_SLASH: [&[u8]; 5] =
    [b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf"];

const TOO_LONG_MOST: [&[u8]; 5] =
    [b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xf8\x87\xbf\xbf\xbf", b"\xfc\x83\xbf\xbf\xbf\xbf"];

const TOO_LONG_ZERO: [&[u8]; 5] =
    [b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80"];

const SURROGATES: [&[u8]; 7] = [
    b"\xed\xa0\x80",
    b"\xed\xad\xbf",
    b"\xed\xae\x80",
    b"\xed\xaf\xbf",
    b"\xed\xb0\x80",
    b"\xed\xbe\x80",
    b"\xed\xbf\xbf",
];

fn prefixes() -> Group {
    (1..=GREEK.len()).map(|end| (GREEK.is_char_boundary(end), GREEK.as_bytes()[..end].to_vec())).collect()
}

fn boundaries() -> Group {
    let mut group = all(true, &["\u{d7ff}", "\u{e000}", "\u{fffd}", "\u{10ffff}"]);
    group.push((false, b"\xf4\x90\x80\x80".to_vec()));
    group
}

fn continuations() -> Group {
    let mut group = all(false, &[b"\x80", b"\xbf"]);
    group.extend((2..=6).map(|length| (false, b"\x80\xbf\x80\xbf\x80\xbf"[..length].to_vec())));
    // The suite leaves the last one out.
    group.push((false, (0x80..0xbf).collect()));
    group
}

fn lonely_starts() -> Group {
    let spaced = |first: u8, end: u8| (false, (first..end).flat_map(|start| [start, b' ']).collect());
    vec![spaced(0xc0, 0xdf), spaced(0xe0, 0xef), spaced(0xf0, 0xf7), spaced(0xf8, 0xfb), spaced(0xfc, 0xfd)]
}

fn surrogate_pairs() -> Group {
    let high: [&[u8]; 4] = [b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf"];
    let low: [&[u8]; 2] = [b"\xed\xb0\x80", b"\xed\xbf\xbf"];
    high.iter().flat_map(|high| low.map(|low| (false, [high, low].concat()))).collect()
}

/// The last two code points of each plane.
fn non_characters() -> Group {
    (0..=0x10).flat_map(|plane| [0xfffe, 0xffff].map(|code| (true, encoded(plane << 16 | code)))).collect()
}

fn encoded(code: u32) -> Vec<u8> {
    char::from_u32(code).map(|character| character.to_string().into_bytes()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn what_is_called_valid_is() {
        for (what, group) in groups() {
            for (is_valid, bytes) in group {
                assert_eq!(str::from_utf8(&bytes).is_ok(), is_valid, "{what}: {}", bytes.escape_ascii());
            }
        }
    }
}
