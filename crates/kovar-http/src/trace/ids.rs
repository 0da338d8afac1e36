//! The ids of traces and spans: numbers that are not zero, written in hexadecimal digits.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::{NonZeroU64, NonZeroU128};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The id of a trace: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(NonZeroU128);

/// The id of a span: 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId(NonZeroU64);

impl TraceId {
    /// §3.2.2.3: 32 digits, lower-case, not all zero.
    pub(super) fn parse(text: &str) -> Option<Self> {
        (text.len() == 32 && is_digits(text)).then(|| u128::from_str_radix(text, 16).ok())?.and_then(Self::new)
    }

    pub(super) fn random() -> Self {
        let number = u128::from(random()) << 64 | u128::from(random());
        Self(NonZeroU128::new(number).unwrap_or(NonZeroU128::MIN))
    }

    /// An id; `None` for zero, which stands for no trace.
    pub fn new(number: u128) -> Option<Self> {
        NonZeroU128::new(number).map(Self)
    }

    /// The id as a number.
    pub fn get(self) -> u128 {
        self.0.get()
    }
}

impl SpanId {
    /// §3.2.2.4: 16 digits, lower-case, not all zero.
    pub(super) fn parse(text: &str) -> Option<Self> {
        (text.len() == 16 && is_digits(text)).then(|| u64::from_str_radix(text, 16).ok())?.and_then(Self::new)
    }

    pub(super) fn random() -> Self {
        Self(NonZeroU64::new(random()).unwrap_or(NonZeroU64::MIN))
    }

    /// An id; `None` for zero, which stands for no span.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// The id as a number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

/// A byte in two digits.
pub(super) fn byte(text: &str) -> Option<u8> {
    (text.len() == 2 && is_digits(text)).then(|| u8::from_str_radix(text, 16).ok())?
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A count, hashed with a key of the process: nobody outside can tell one number from another.
fn random() -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    KEY.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
