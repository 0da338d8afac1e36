//! Closing (7).

use super::Case;
use super::basics::echo;
use crate::checks::websocket::client::Event;
use crate::checks::websocket::frame::{CLOSE, CONTINUATION, Frame, PING, TEXT};
use crate::checks::websocket::script::{Ending, Script, together};

const HELLO: &str = "Hello World!";

/// Half a pair of surrogates, between what is right.
const SURROGATE: [&[u8]; 3] = ["κ\u{1f79}σμε".as_bytes(), b"\xed\xa0\x80", b"edited"];

/// Codes that a client may say.
const VALID: [u16; 13] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];

/// Codes that nobody may say.
const INVALID: [u16; 9] = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

pub(super) fn cases() -> Vec<Case> {
    [order(), lengths(), codes()].into_iter().flatten().collect()
}

/// A goodbye, and what is sent beside it.
fn order() -> Vec<Case> {
    let goodbye = || Frame::close(1000, "");
    let closes = |frames: &[Frame]| Script::new(together(frames.to_vec()), [], Ending::clean([1000]));
    vec![
        Case::script("7.1.1".to_owned(), "text, then a close", || echo(TEXT, HELLO.as_bytes(), None)),
        Case::script("7.1.2".to_owned(), "two closes", move || closes(&[goodbye(), Frame::new(CLOSE, "")])),
        Case::script("7.1.3".to_owned(), "a close, then a ping", move || closes(&[goodbye(), Frame::new(PING, "")])),
        Case::script("7.1.4".to_owned(), "a close, then text", move || closes(&[goodbye(), Frame::new(TEXT, HELLO)])),
        Case::script("7.1.5".to_owned(), "a close between two fragments", move || {
            let (first, second) = (Frame::new(TEXT, "fragment1"), Frame::new(CONTINUATION, "fragment2"));
            closes(&[first.unfinished(), goodbye(), second])
        }),
        Case::script("7.1.6".to_owned(), "text of 256 KiB, text, a close, a ping", move || {
            let long = b"BAsd7&jh23".iter().copied().cycle().take(256 * 1024);
            let first = Frame::new(TEXT, long.collect::<Vec<_>>());
            Script::informational(together([first, Frame::new(TEXT, HELLO), goodbye(), Frame::new(PING, "")]))
        }),
    ]
}

/// What stands in a close.
fn lengths() -> Vec<Case> {
    let clean = |frame: Frame| Script::new(together([frame]), [], Ending::clean([1000]));
    let odd = |frame: Frame, codes: &[u16]| Script::new(together([frame]), [], Ending::odd(codes));
    vec![
        Case::script("7.3.1".to_owned(), "a close of nothing", move || clean(Frame::new(CLOSE, ""))),
        Case::script("7.3.2".to_owned(), "a close of one byte", move || odd(Frame::new(CLOSE, "a"), &[1002])),
        Case::script("7.3.3".to_owned(), "a close with a code", move || clean(Frame::close(1000, ""))),
        Case::script("7.3.4".to_owned(), "a close with a reason", move || clean(Frame::close(1000, HELLO))),
        Case::script("7.3.5".to_owned(), "the longest reason", move || clean(Frame::close(1000, [b'*'; 123]))),
        Case::script("7.3.6".to_owned(), "a longer reason", move || odd(Frame::close(1000, [b'*'; 124]), &[1002])),
        Case::script("7.5.1".to_owned(), "a reason that is no UTF-8", move || {
            odd(Frame::close(1000, SURROGATE.concat()), &[1002, 1007])
        }),
    ]
}

fn codes() -> Vec<Case> {
    let of = |code: u16, ending: Ending| Script::new(together([Frame::close(code, "")]), Vec::<Event>::new(), ending);
    let valid = VALID.into_iter().zip(1..).map(move |(code, index)| {
        Case::script(format!("7.7.{index}"), format!("code {code}"), move || of(code, Ending::clean([1000, code])))
    });
    let invalid = INVALID.into_iter().zip(1..).map(move |(code, index)| {
        let what = format!("code {code}, which nobody may say");
        Case::script(format!("7.9.{index}"), what, move || of(code, Ending::odd([1002])))
    });
    let undefined = [5000, 65_535].into_iter().zip(1..).map(|(code, index)| {
        let what = format!("code {code}, which means nothing");
        Case::script(format!("7.13.{index}"), what, move || Script::informational(together([Frame::close(code, "")])))
    });
    valid.chain(invalid).chain(undefined).collect()
}
