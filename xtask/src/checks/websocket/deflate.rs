//! permessage-deflate (RFC 7692), of the client's side.
//!
//! What comes is inflated by `miniz_oxide`, into a buffer that is exactly the window: so it is seen when the server
//! refers to further back than was agreed. The server's own library always has 32 KiB, and would not see it.

use std::fmt;

use flate2::{Compress, Compression, FlushCompress};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// What every message ends with, and is left out (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

const MOST_WINDOW: u8 = 15;

/// zlib has no raw stream with 8.
const LEAST_WINDOW: u8 = 9;

/// What a client wants of the server. It takes any wish of the server in turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) server_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<u8>,
}

impl Offer {
    /// As it stands in the handshake.
    pub(super) fn text(self) -> String {
        let mut text = "permessage-deflate; client_no_context_takeover; client_max_window_bits".to_owned();
        if self.server_no_context_takeover {
            text.push_str("; server_no_context_takeover");
        }
        if let Some(bits) = self.server_max_window_bits {
            text.push_str(&format!("; server_max_window_bits={bits}"));
        }
        text
    }

    /// Whether the server does all that it is asked for (RFC 7692 §7.1).
    fn is_met_by(self, answer: &Answer) -> bool {
        let has_window = self
            .server_max_window_bits
            .is_none_or(|most| answer.server_max_window_bits.is_some_and(|bits| bits <= most));
        has_window && (!self.server_no_context_takeover || answer.server_no_context_takeover)
    }
}

/// What the server says that both do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: Option<u8>,
}

impl Answer {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        if parts.next() != Some("permessage-deflate") {
            return None;
        }
        let mut answer = Self::default();
        let mut seen = Vec::new();
        for part in parts {
            let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
            match (name, value) {
                _ if seen.contains(&name) => return None,
                ("server_no_context_takeover", None) => answer.server_no_context_takeover = true,
                ("client_no_context_takeover", None) => answer.client_no_context_takeover = true,
                ("server_max_window_bits", Some(bits)) => answer.server_max_window_bits = Some(window_bits(bits)?),
                ("client_max_window_bits", Some(bits)) => answer.client_max_window_bits = Some(window_bits(bits)?),
                _ => return None,
            }
            seen.push(name);
        }
        Some(answer)
    }
}

fn window_bits(text: &str) -> Option<u8> {
    text.parse().ok().filter(|bits| (LEAST_WINDOW..=MOST_WINDOW).contains(bits))
}

/// Compresses and inflates as was agreed.
#[derive(Debug)]
pub(super) struct Deflate {
    answer: Answer,
    compressor: Compress,
    inflater: Inflater,
}

impl Deflate {
    /// Takes the server's answer to some offers.
    ///
    /// # Errors
    /// When it answers none of them.
    pub(super) fn agreed(text: &str, offers: &[Offer]) -> Result<Self, String> {
        let answer = Answer::read(text).filter(|answer| offers.iter().any(|offer| offer.is_met_by(answer)));
        let answer = answer.ok_or_else(|| format!("`{text}` is no answer to what was offered."))?;
        let bits = answer.client_max_window_bits.unwrap_or(MOST_WINDOW);
        let compressor = Compress::new_with_window_bits(Compression::fast(), false, bits);
        Ok(Self { answer, compressor, inflater: Inflater::new(answer.server_max_window_bits) })
    }

    /// The payload of a message.
    pub(super) fn compress(&mut self, message: &[u8]) -> Vec<u8> {
        if self.answer.client_no_context_takeover {
            self.compressor.reset();
        }
        let before = self.compressor.total_in();
        let mut out = Vec::with_capacity(message.len() + message.len() / 8 + 64);
        loop {
            let done = usize::try_from(self.compressor.total_in() - before).unwrap_or(usize::MAX);
            let status = self.compressor.compress_vec(&message[done..], &mut out, FlushCompress::Sync);
            if status.is_err() || out.len() < out.capacity() {
                break;
            }
            out.reserve(1024);
        }
        if out.ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
        out
    }

    /// The message of a payload.
    ///
    /// # Errors
    /// When it cannot be inflated with the window that was agreed on.
    pub(super) fn inflate(&mut self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if self.answer.server_no_context_takeover {
            self.inflater = Inflater::new(self.answer.server_max_window_bits);
        }
        self.inflater.inflate(&[payload, &TAIL].concat())
    }
}

struct Inflater {
    state: Box<DecompressorOxide>,
    window: Box<[u8]>,
    /// Where in the window the next byte stands.
    next: usize,
}

impl Inflater {
    fn new(window_bits: Option<u8>) -> Self {
        let window = vec![0; 1 << window_bits.unwrap_or(MOST_WINDOW)].into();
        Self { state: Box::default(), window, next: 0 }
    }

    fn inflate(&mut self, mut input: &[u8]) -> Result<Vec<u8>, String> {
        let mut message = Vec::new();
        loop {
            let (window, flags) = (&mut self.window, TINFL_FLAG_HAS_MORE_INPUT);
            let (status, read, written) = decompress(&mut self.state, input, window, self.next, flags);
            message.extend_from_slice(&window[self.next..self.next + written]);
            self.next = (self.next + written) % window.len();
            input = &input[read..];
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput if input.is_empty() => return Ok(message),
                _ => return Err(format!("It sent what cannot be inflated with a window of {} bytes.", window.len())),
            }
        }
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inflater").field("window", &self.window.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Deflate, Offer};
    use crate::checks::websocket::data::Noise;

    const PLAIN: Offer = Offer { server_no_context_takeover: false, server_max_window_bits: None };
    const STRICT: Offer = Offer { server_no_context_takeover: true, server_max_window_bits: Some(9) };

    #[test]
    fn an_offer_is_written() {
        let plain = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
        assert_eq!(PLAIN.text(), plain);
        assert_eq!(STRICT.text(), format!("{plain}; server_no_context_takeover; server_max_window_bits=9"));
    }

    #[test]
    fn the_answer_must_do_what_was_asked() {
        let answers = |text: &str, offers: &[Offer]| Deflate::agreed(text, offers).is_ok();
        assert!(answers("permessage-deflate", &[PLAIN]));
        assert!(answers("permessage-deflate", &[STRICT, PLAIN]));
        assert!(answers("permessage-deflate; server_no_context_takeover; server_max_window_bits=9", &[STRICT]));
        for text in [
            "permessage-deflate",
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover; server_max_window_bits=9",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; unheard_of",
            "x-webkit-deflate-frame",
        ] {
            assert!(!answers(text, &[STRICT]), "{text}");
        }
    }

    #[test]
    fn messages_come_through() {
        for answer in [
            "permessage-deflate",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
        ] {
            let mut deflate = Deflate::agreed(answer, &[PLAIN]).expect("it is an answer");
            for message in ["", "a", &"κόσμε ".repeat(20_000), "a"] {
                let payload = deflate.compress(message.as_bytes());
                assert_eq!(deflate.inflate(&payload).as_deref(), Ok(message.as_bytes()), "{answer}");
            }
        }
    }

    #[test]
    fn a_window_that_is_too_large_is_seen() {
        let mut noise = Noise(1);
        let half: Vec<u8> = (0..5000).map(|_| noise.next() as u8).collect();
        let twice = half.repeat(2);
        let mut large = Deflate::agreed("permessage-deflate", &[PLAIN]).expect("it is an answer");
        let mut small = Deflate::agreed("permessage-deflate; server_max_window_bits=9", &[PLAIN]).expect("it is one");
        let payload = large.compress(&twice);
        assert!(payload.len() < half.len() * 3 / 2, "the second half refers to the first");
        assert_eq!(large.inflate(&payload), Ok(twice));
        assert!(small.inflate(&payload).is_err());
    }
}
