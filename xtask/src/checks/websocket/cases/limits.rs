//! Long messages, small pieces and many messages (9), and a message in fragments (10).
//!
//! The suite looks at kind and length of what comes back; here each byte is compared.

use super::Case;
use super::basics::echo;
use crate::checks::websocket::client::Event;
use crate::checks::websocket::echoes::{Echoes, Source};
use crate::checks::websocket::frame::{BINARY, TEXT, fragments};
use crate::checks::websocket::script::{Ending, Script, together};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

const TEXT_PATTERN: &[u8] = b"BAsd7&jh23";
const BINARY_PATTERN: &[u8] = b"\x00\xfe\x23\xfa\xf0";

pub(super) fn cases() -> Vec<Case> {
    [long(), in_fragments(), in_pieces(), many()].into_iter().flatten().chain([cut()]).collect()
}

fn repeated(pattern: &[u8], length: usize) -> Vec<u8> {
    pattern.iter().copied().cycle().take(length).collect()
}

fn long() -> Vec<Case> {
    let lengths = || [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB].into_iter().zip(1..);
    let text = lengths().map(|(length, index)| {
        let what = format!("text of {length} bytes");
        Case::script(format!("9.1.{index}"), what, move || echo(TEXT, &repeated(TEXT_PATTERN, length), None))
    });
    let binary = lengths().map(|(length, index)| {
        let what = format!("binary of {length} bytes");
        Case::script(format!("9.2.{index}"), what, move || echo(BINARY, &repeated(BINARY_PATTERN, length), None))
    });
    text.chain(binary).collect()
}

fn in_fragments() -> Vec<Case> {
    let sizes = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB];
    let text = sizes.into_iter().zip(1..).map(|(size, index)| {
        let what = format!("text of 4 MiB in fragments of {size}");
        Case::script(format!("9.3.{index}"), what, move || {
            let payload = vec![b'*'; 4 * MIB];
            let steps = together(fragments(TEXT, 0, &payload, Some(size)));
            Script::new(steps, [Event::Text(payload)], Ending::clean([1000]))
        })
    });
    let binary = sizes.into_iter().zip(1..).map(|(size, index)| {
        let what = format!("binary of 4 MiB in fragments of {size}");
        let byte = if index == 1 { 0xfe } else { b'*' };
        Case::script(format!("9.4.{index}"), what, move || {
            let payload = vec![byte; 4 * MIB];
            let steps = together(fragments(BINARY, 0, &payload, Some(size)));
            Script::new(steps, [Event::Binary(payload)], Ending::clean([1000]))
        })
    });
    text.chain(binary).collect()
}

fn in_pieces() -> Vec<Case> {
    let sizes = || [64, 128, 256, 512, KIB, 2 * KIB].into_iter().zip(1..);
    let text = sizes().map(|(size, index)| {
        let what = format!("text of 1 MiB in pieces of {size}");
        Case::script(format!("9.5.{index}"), what, move || echo(TEXT, &repeated(TEXT_PATTERN, MIB), Some(size)))
    });
    let binary = sizes().map(|(size, index)| {
        let what = format!("binary of 1 MiB in pieces of {size}");
        Case::script(format!("9.6.{index}"), what, move || echo(BINARY, &repeated(BINARY_PATTERN, MIB), Some(size)))
    });
    text.chain(binary).collect()
}

fn many() -> Vec<Case> {
    let of = |group: u8, source: Source| {
        [0, 16, 64, 256, 1024, 4096].into_iter().zip(1..).map(move |(length, index)| {
            let echoes = Echoes { offers: Vec::new(), source, length, fragment: None };
            Case::echoes(format!("9.{group}.{index}"), format!("1000 times {length} bytes"), echoes)
        })
    };
    of(7, Source::Repeated('*')).chain(of(8, Source::RepeatedByte(0xfe))).collect()
}

fn cut() -> Case {
    Case::script("10.1.1".to_owned(), "text of 65536 bytes in fragments of 1300", || {
        let payload = vec![b'*'; 65_536];
        let steps = together(fragments(TEXT, 0, &payload, Some(1300)));
        Script::new(steps, [Event::Text(payload)], Ending::clean([1000]))
    })
}
