//! permessage-deflate (RFC 7692).
//!
//! No message refers to one before it (`no_context_takeover`, both ways): a connection keeps no window, and what is sent to
//! many is compressed once. A thread has one compressor and one inflater for all.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::reader::Violation;

/// What the client and the server have agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deflate {
    /// How far back what the server sends may refer, as a power of two.
    pub(crate) window_bits: u8,
}

/// What every block ends with, and is left out (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// zlib has no raw stream with 8.
const LEAST_WINDOW: u8 = 9;
const MOST_WINDOW: u8 = 15;

/// By how much room is made at a time.
const STEP: usize = 4 * 1024;

thread_local! {
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
    static COMPRESSOR: RefCell<Option<(u8, Compress)>> = const { RefCell::new(None) };
}

impl Deflate {
    /// The first of a client's offers that can be met, and the answer to it.
    pub(super) fn negotiate<'o>(offers: impl Iterator<Item = &'o str>) -> Option<(Self, String)> {
        offers.filter_map(Self::meet).next()
    }

    fn meet(offer: &str) -> Option<(Self, String)> {
        let mut parts = offer.split(';').map(str::trim);
        if parts.next() != Some("permessage-deflate") {
            return None;
        }
        let mut window = None;
        let mut seen = Vec::new();
        for parameter in parts {
            let (name, value) = match parameter.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
                None => (parameter, None),
            };
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
            match (name, value) {
                ("server_no_context_takeover" | "client_no_context_takeover" | "client_max_window_bits", None) => {}
                // A smaller window than the largest is no trouble to whoever inflates.
                ("client_max_window_bits", Some(bits)) => drop(window_bits(bits)?),
                ("server_max_window_bits", Some(bits)) => window = Some(window_bits(bits)?),
                _ => return None,
            }
        }
        let mut answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover".to_owned();
        if let Some(bits) = window {
            if bits < LEAST_WINDOW {
                return None;
            }
            answer.push_str(&format!("; server_max_window_bits={bits}"));
        }
        Some((Self { window_bits: window.unwrap_or(MOST_WINDOW) }, answer))
    }

    /// Whether it is what nearly all clients ask for.
    pub(crate) fn is_usual(self) -> bool {
        self.window_bits == MOST_WINDOW
    }

    /// The payload of a message that goes out.
    pub(crate) fn compress(self, payload: &[u8]) -> Vec<u8> {
        COMPRESSOR.with_borrow_mut(|kept| {
            let compressor = match kept {
                Some((bits, compressor)) if *bits == self.window_bits => {
                    compressor.reset();
                    compressor
                }
                _ => {
                    let new = Compress::new_with_window_bits(Compression::fast(), false, self.window_bits);
                    &mut kept.insert((self.window_bits, new)).1
                }
            };
            let mut out = Vec::with_capacity(payload.len() / 2 + 64);
            loop {
                let done = usize::try_from(compressor.total_in()).unwrap_or(usize::MAX).min(payload.len());
                // Only memory can be short, and that ends the process elsewhere.
                let _ = compressor.compress_vec(&payload[done..], &mut out, FlushCompress::Sync);
                if out.len() < out.capacity() {
                    break;
                }
                out.reserve(STEP);
            }
            if out.ends_with(&TAIL) {
                out.truncate(out.len() - TAIL.len());
            }
            // RFC 7692 §7.2.3.6: a message of nothing has one byte.
            if out.is_empty() {
                out.push(0);
            }
            out
        })
    }
}

fn window_bits(text: &str) -> Option<u8> {
    if text.starts_with('0') {
        return None;
    }
    text.parse().ok().filter(|bits| (8..=MOST_WINDOW).contains(bits))
}

/// Inflates a message, of which no more is made than may be: a bomb is found out before it has gone off.
pub(super) fn inflate(payload: &[u8], most: usize) -> Result<Vec<u8>, Violation> {
    INFLATER.with_borrow_mut(|inflater| {
        inflater.reset(false);
        let mut out = Vec::with_capacity((payload.len() * 3).clamp(64, most.max(64)));
        for input in [payload, &TAIL] {
            let start = inflater.total_in();
            loop {
                let done = usize::try_from(inflater.total_in() - start).unwrap_or(usize::MAX).min(input.len());
                let status = inflater.decompress_vec(&input[done..], &mut out, FlushDecompress::Sync);
                if out.len() > most {
                    return Err(Violation::TOO_LARGE);
                }
                match status {
                    Err(_) => return Err(Violation::PROTOCOL),
                    // Nothing may follow a last block, but that is what a message of several may end with.
                    Ok(Status::StreamEnd) => return Ok(out),
                    Ok(_) if out.len() == out.capacity() => out.reserve(STEP.min(most + 1 - out.len().min(most))),
                    Ok(_) => {
                        let done = inflater.total_in() - start;
                        if done >= input.len() as u64 {
                            break;
                        }
                        return Err(Violation::PROTOCOL);
                    }
                }
            }
        }
        Ok(out)
    })
}
