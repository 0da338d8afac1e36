//! Events of an event stream, read as the HTML standard says (§9.2.6).

use serde::de::DeserializeOwned;

/// One event of an event stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestEvent {
    /// The `event` field; a browser takes `None` for `message`.
    pub event: Option<String>,
    /// The `data` fields, joined by line feeds.
    pub data: String,
    /// The `id` field of this event.
    pub id: Option<String>,
    /// The `retry` field, in milliseconds.
    pub retry_ms: Option<u64>,
}

impl TestEvent {
    /// The data, read as JSON.
    ///
    /// # Panics
    ///
    /// When it is no JSON of this type.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.data).unwrap_or_else(|cause| {
            panic!("the event's data is no `{}` ({cause}): {}", std::any::type_name::<T>(), self.data)
        })
    }

    /// The event of a block of lines; `None` where a browser would dispatch nothing.
    pub(super) fn parse(block: &str) -> Option<Self> {
        let mut event = Self::default();
        let mut data: Option<String> = None;
        for line in block.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").split(['\n', '\r']) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "event" => event.event = Some(value.to_owned()),
                "data" => data = Some(data.map_or(value.to_owned(), |data| data + "\n" + value)),
                "id" if !value.contains('\0') => event.id = Some(value.to_owned()),
                "retry" => event.retry_ms = value.parse().ok().or(event.retry_ms),
                _ => {}
            }
        }
        data.map(|data| Self { data, ..event })
    }
}

/// How long the block of lines is that the bytes begin with, with the empty line that ends it.
pub(super) fn block_length(bytes: &[u8]) -> Option<usize> {
    let mut line_start = 0;
    while let Some(length) = bytes[line_start..].iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        let end = line_start + length;
        let is_crlf = bytes[end..].starts_with(b"\r\n");
        let next = end + if is_crlf { 2 } else { 1 };
        if length == 0 {
            return Some(next);
        }
        line_start = next;
    }
    None
}
