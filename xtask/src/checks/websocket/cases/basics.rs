//! Framing (1), pings and pongs (2), reserved bits (3), opcodes (4), fragmentation (5).

use super::Case;
use crate::checks::websocket::client::Event;
use crate::checks::websocket::frame::{BINARY, CLOSE, CONTINUATION, Frame, PING, PONG, TEXT};
use crate::checks::websocket::script::{Ending, Script, Step, in_pieces, one_by_one, together};

const HELLO: &str = "Hello, world!";
const BYTES: &[u8] = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff";

/// How frames are cut.
type Cut = fn(Vec<Frame>) -> Vec<Step>;

const CUTS: [(&str, Cut); 3] =
    [("at once", together), ("frame by frame", one_by_one), ("byte by byte", |frames| in_pieces(1, frames))];

pub(super) fn cases() -> Vec<Case> {
    [framing(), pings(), reserved_bits(), opcodes(), fragments()].into_iter().flatten().collect()
}

fn framing() -> Vec<Case> {
    let lengths = [0, 125, 126, 127, 128, 65_535, 65_536];
    let plain = lengths.map(|length| (length, None));
    let all = || plain.into_iter().chain([(65_536, Some(997))]).zip(1..);
    let text = all().map(|((length, size), index)| {
        let what = format!("text of {length} bytes{}", in_words(size));
        Case::script(format!("1.1.{index}"), what, move || echo(TEXT, &vec![b'*'; length], size))
    });
    let binary = all().map(|((length, size), index)| {
        let what = format!("binary of {length} bytes{}", in_words(size));
        Case::script(format!("1.2.{index}"), what, move || echo(BINARY, &vec![0xfe; length], size))
    });
    text.chain(binary).collect()
}

fn in_words(size: Option<usize>) -> String {
    size.map_or_else(String::new, |size| format!(" in pieces of {size}"))
}

/// One frame, written whole or in pieces, that comes back.
pub(super) fn echo(opcode: u8, payload: &[u8], size: Option<usize>) -> Script {
    let frame = [Frame::new(opcode, payload)];
    let steps = size.map_or_else(|| together(frame.clone()), |size| in_pieces(size, frame.clone()));
    Script::new(steps, [message(opcode, payload)], Ending::clean([1000]))
}

fn message(opcode: u8, payload: &[u8]) -> Event {
    if opcode == TEXT { Event::Text(payload.to_vec()) } else { Event::Binary(payload.to_vec()) }
}

fn text(payload: &str) -> Event {
    message(TEXT, payload.as_bytes())
}

fn pong(payload: impl Into<Vec<u8>>) -> Event {
    Event::Pong(payload.into())
}

fn pings() -> Vec<Case> {
    let answered = |payload: &[u8], cut: Cut| {
        Script::new(cut(vec![Frame::new(PING, payload)]), [pong(payload)], Ending::clean([1000]))
    };
    let ignored = |payload: &str| {
        let frames = [Frame::new(PONG, payload), Frame::close(1000, "")];
        Script::new(together(frames), [], Ending::clean([1000]))
    };
    let ten = |cut: Cut| {
        let payload = |index: usize| format!("payload-{index}");
        let frames = (0..10).map(|index| Frame::new(PING, payload(index))).collect();
        Script::new(cut(frames), (0..10).map(|index| pong(payload(index))).collect::<Vec<_>>(), Ending::clean([1000]))
    };
    let [(_, at_once), _, (_, by_bytes)] = CUTS;
    vec![
        Case::script("2.1".to_owned(), "a ping of nothing", move || answered(b"", at_once)),
        Case::script("2.2".to_owned(), "a ping of text", move || answered(HELLO.as_bytes(), at_once)),
        Case::script("2.3".to_owned(), "a ping of bytes", move || answered(BYTES, at_once)),
        Case::script("2.4".to_owned(), "a ping of 125 bytes", move || answered(&[0xfe; 125], at_once)),
        Case::script("2.5".to_owned(), "a ping that is too long", || refused([Frame::new(PING, [0xfe; 126])])),
        Case::script("2.6".to_owned(), "a ping of 125 bytes, byte by byte", move || answered(&[0xfe; 125], by_bytes)),
        Case::script("2.7".to_owned(), "a pong of nothing that nobody asked for", move || ignored("")),
        Case::script("2.8".to_owned(), "a pong that nobody asked for", move || ignored("unsolicited pong payload")),
        Case::script("2.9".to_owned(), "a pong that nobody asked for, and a ping", || {
            let frames = [Frame::new(PONG, "unsolicited pong payload"), Frame::new(PING, "ping payload")];
            Script::new(together(frames), [pong("ping payload")], Ending::clean([1000]))
        }),
        Case::script("2.10".to_owned(), "ten pings", move || ten(at_once)),
        Case::script("2.11".to_owned(), "ten pings, byte by byte", move || ten(by_bytes)),
    ]
}

/// Frames, one of them against the protocol, that nothing comes of.
fn refused(frames: impl Into<Vec<Frame>>) -> Script {
    Script::new(together(frames.into()), [], Ending::failed(1002))
}

/// A message that may come back, a frame against the protocol, and a ping that is not answered.
fn refused_after_hello(frame: Frame, cut: Cut) -> Script {
    let frames = vec![Frame::new(TEXT, HELLO), frame, Frame::new(PING, "")];
    Script::new(cut(frames), [text(HELLO)], Ending::failed(1002)).or([])
}

fn reserved_bits() -> Vec<Case> {
    let alone = |frame: fn() -> Frame| move || refused([frame()]);
    let second = CUTS.into_iter().zip(2..).map(|((words, cut), bits)| {
        let what = format!("text with reserved bits {bits} after text, {words}");
        Case::script(format!("3.{bits}"), what, move || {
            refused_after_hello(Frame::new(TEXT, HELLO).reserved(bits), cut)
        })
    });
    let first =
        Case::script("3.1".to_owned(), "text with reserved bits 1", alone(|| Frame::new(TEXT, HELLO).reserved(1)));
    let others = [
        Case::script("3.5".to_owned(), "binary with reserved bits 5", alone(|| Frame::new(BINARY, BYTES).reserved(5))),
        // The suite calls it a ping, and sends this.
        Case::script("3.6".to_owned(), "binary with reserved bits 6", alone(|| Frame::new(BINARY, HELLO).reserved(6))),
        Case::script("3.7".to_owned(), "a close with reserved bits 7", alone(|| Frame::new(CLOSE, "").reserved(7))),
    ];
    [first].into_iter().chain(second).chain(others).collect()
}

fn opcodes() -> Vec<Case> {
    let [(_, at_once), _, (_, by_bytes)] = CUTS;
    let of = move |group: u8, first: u8| {
        let number = move |index: u8| format!("4.{group}.{index}");
        let opcode = move |index: u8| first + index - 1;
        let what = move |index: u8, more: &str| format!("opcode {}{more}", opcode(index));
        let after = move |index: u8, payload: &'static str, cut: Cut| {
            move || refused_after_hello(Frame::new(opcode(index), payload), cut)
        };
        [
            Case::script(number(1), what(1, ""), move || refused([Frame::new(opcode(1), "")])),
            Case::script(number(2), what(2, " with a payload"), move || {
                refused([Frame::new(opcode(2), "reserved opcode payload")])
            }),
            Case::script(number(3), what(3, " after text"), after(3, "", at_once)),
            Case::script(number(4), what(4, " with a payload after text"), after(4, HELLO, at_once)),
            Case::script(number(5), what(5, " with a payload after text, byte by byte"), after(5, HELLO, by_bytes)),
        ]
    };
    of(1, 3).into_iter().chain(of(2, 11)).collect()
}

fn fragments() -> Vec<Case> {
    let mut cases = vec![
        Case::script("5.1".to_owned(), "a ping in fragments", || refused(halves(PING, CONTINUATION))),
        Case::script("5.2".to_owned(), "a pong in fragments", || refused(halves(PONG, CONTINUATION))),
    ];
    for ((words, cut), number) in CUTS.into_iter().zip(3..) {
        cases.push(Case::script(format!("5.{number}"), format!("text in two fragments, {words}"), move || {
            Script::new(cut(halves(TEXT, CONTINUATION)), [text("fragment1fragment2")], Ending::clean([1000]))
        }));
    }
    for ((words, cut), number) in CUTS.into_iter().zip(6..) {
        let what = format!("text in two fragments with a ping between, {words}");
        cases.push(Case::script(format!("5.{number}"), what, move || with_ping_between(cut)));
    }
    for ((words, cut), number) in CUTS.into_iter().zip(9..) {
        let what = format!("the end of a message that has not begun, then text, {words}");
        cases.push(Case::script(format!("5.{number}"), what, move || continued(cut, true)));
    }
    for ((words, cut), number) in CUTS.into_iter().zip(12..) {
        let what = format!("the middle of a message that has not begun, then text, {words}");
        cases.push(Case::script(format!("5.{number}"), what, move || continued(cut, false)));
    }
    cases.extend([
        Case::script("5.15".to_owned(), "text in two fragments, and a third", || {
            let rest = [Frame::new(CONTINUATION, "fragment3").unfinished(), Frame::new(TEXT, "fragment4")];
            let frames = halves(TEXT, CONTINUATION).into_iter().chain(rest);
            Script::new(together(frames), [text("fragment1fragment2")], Ending::failed(1002)).or([])
        }),
        Case::script("5.16".to_owned(), "the middle of no message before each of two messages", || twice(false)),
        Case::script("5.17".to_owned(), "the end of no message before each of two messages", || twice(true)),
        Case::script("5.18".to_owned(), "text within text", || refused(halves(TEXT, TEXT))),
        Case::script("5.19".to_owned(), "text in five fragments with two pings", || slowly(together)),
        Case::script("5.20".to_owned(), "text in five fragments with two pings, frame by frame", || slowly(one_by_one)),
    ]);
    cases
}

/// A message in two frames of these opcodes.
fn halves(first: u8, second: u8) -> Vec<Frame> {
    vec![Frame::new(first, "fragment1").unfinished(), Frame::new(second, "fragment2")]
}

fn with_ping_between(cut: Cut) -> Script {
    let mut frames = halves(TEXT, CONTINUATION);
    frames.insert(1, Frame::new(PING, "ping payload"));
    let events = [pong("ping payload"), text("fragment1fragment2")];
    Script::new(cut(frames), events, Ending::clean([1000]))
}

/// A continuation of nothing, and text.
fn continued(cut: Cut, is_last: bool) -> Script {
    let frame = Frame::new(CONTINUATION, "non-continuation payload");
    let frame = if is_last { frame } else { frame.unfinished() };
    Script::new(cut(vec![frame, Frame::new(TEXT, HELLO)]), [], Ending::failed(1002))
}

fn twice(is_last: bool) -> Script {
    let stray = Frame::new(CONTINUATION, "fragment1");
    let stray = if is_last { stray } else { stray.unfinished() };
    let message = [stray, Frame::new(TEXT, "fragment2").unfinished(), Frame::new(CONTINUATION, "fragment3")];
    refused([message.clone(), message].concat())
}

/// The pings are answered before the message has come as a whole.
fn slowly(cut: Cut) -> Script {
    let part = |number: u8| Frame::new(CONTINUATION, format!("fragment{number}"));
    let first = vec![Frame::new(TEXT, "fragment1").unfinished(), part(2).unfinished(), Frame::new(PING, "pongme 1!")];
    let second = vec![part(3).unfinished(), part(4).unfinished(), Frame::new(PING, "pongme 2!"), part(5)];
    let steps = [cut(first), vec![Step::Wait], cut(second)].concat();
    let whole = text("fragment1fragment2fragment3fragment4fragment5");
    Script::new(steps, [pong("pongme 1!"), pong("pongme 2!"), whole], Ending::clean([1000]))
}
