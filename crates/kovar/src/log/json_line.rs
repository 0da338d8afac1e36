//! An event as one line of JSON.
//!
//! There is one for each request, so it is written here and not by `tracing-subscriber`'s own format,
//! which is ten times the instructions: it goes through serde for each field, and formats the time
//! anew for each line. What is written is the same, member for member.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use kovar_http::request_log::{AnsweredRequest, RequestLog};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::writer::Lines;

/// What most lines fit in, in bytes.
const ROOM: usize = 512;

/// Writes `timestamp`, `level`, the event's fields, `target`, and of an event in spans `span` and `spans`.
pub(super) struct JsonLine;

impl<S> FormatEvent<S, JsonFields> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::with_capacity(ROOM);
        line.push_str("{\"timestamp\":\"");
        push_now(&mut line);
        line.push_str("\",\"level\":\"");
        line.push_str(event.metadata().level().as_str());
        line.push('"');
        event.record(&mut Members(&mut line));
        Members(&mut line).text("target", event.metadata().target());
        if let Some(scope) = context.event_scope() {
            push_spans(&mut line, scope.from_root());
        }
        line.push_str("}\n");
        out.write_str(&line)
    }
}

/// Writes the lines of requests, as the event of `kovar::request` would be written.
pub(super) struct RequestLines(pub(super) Lines);

impl RequestLog for RequestLines {
    fn answered(&self, request: &AnsweredRequest<'_>) {
        let mut line = String::with_capacity(ROOM);
        push_answered(&mut line, request);
        self.0.push(line.as_bytes());
    }
}

fn push_answered(line: &mut String, request: &AnsweredRequest<'_>) {
    line.push_str("{\"timestamp\":\"");
    push_now(line);
    line.push_str("\",\"level\":\"INFO\",\"message\":\"answered\"");
    line.push_str(request.of_operation(|| {
        let mut text = String::new();
        let mut members = Members(&mut text);
        members.text("method", request.method);
        members.text("route", request.route);
        members.text("operation", request.operation);
        text
    }));
    line.push_str(",\"status\":");
    line.push_str(itoa::Buffer::new().format(request.status));
    line.push_str(",\"microseconds\":");
    line.push_str(itoa::Buffer::new().format(request.duration.as_micros()));
    line.push_str(",\"request_id\":\"");
    line.push_str(request.request_id);
    line.push('"');
    if let Some(trace) = request.trace {
        let _ = write!(line, ",\"trace_id\":\"{}\",\"span_id\":\"{}\"", trace.trace_id(), trace.span_id());
    }
    line.push_str(",\"target\":\"kovar::request\"}\n");
}

/// The time in UTC, to the microsecond. All but the last digits are the same for a second.
fn push_now(line: &mut String) {
    thread_local! {
        static SECOND: Cell<(u64, [u8; 19])> = const { Cell::new((0, *b"1970-01-01T00:00:00")) };
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (mut second, mut text) = SECOND.get();
    if second != now.as_secs() {
        (second, text) = (now.as_secs(), text_of(now.as_secs()));
        SECOND.set((second, text));
    }
    line.push_str(std::str::from_utf8(&text).unwrap_or_default());
    push_microseconds(line, now.subsec_micros());
}

fn text_of(second: u64) -> [u8; 19] {
    let timestamp = i64::try_from(second).ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
    let text = timestamp.unwrap_or_default().to_string();
    text.as_bytes().first_chunk().copied().unwrap_or(*b"0000-00-00T00:00:00")
}

/// The end of a time: `.000045Z`.
fn push_microseconds(line: &mut String, mut microseconds: u32) {
    let mut text = *b".000000Z";
    for digit in text[1..7].iter_mut().rev() {
        *digit = b'0' + (microseconds % 10) as u8;
        microseconds /= 10;
    }
    line.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

fn push_spans<'a, S>(line: &mut String, spans: impl Iterator<Item = SpanRef<'a, S>>)
where
    S: for<'lookup> LookupSpan<'lookup> + 'a,
{
    let mut last = String::new();
    let mut all = String::new();
    for span in spans {
        last.clear();
        push_span(&mut last, &span);
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(&last);
    }
    if !all.is_empty() {
        let _ = write!(line, ",\"span\":{last},\"spans\":[{all}]");
    }
}

/// A span's fields, which are JSON already, and its name.
fn push_span<S>(text: &mut String, span: &SpanRef<'_, S>)
where
    S: for<'lookup> LookupSpan<'lookup>,
{
    let extensions = span.extensions();
    let fields = extensions.get::<FormattedFields<JsonFields>>().map_or("", |fields| fields.as_str());
    let members = fields.strip_suffix('}').filter(|members| members.len() > 1);
    text.push_str(members.unwrap_or("{"));
    if members.is_some() {
        text.push(',');
    }
    text.push_str("\"name\":");
    push_text(text, span.name());
    text.push('}');
}

/// Writes fields as members that follow others.
struct Members<'l>(&'l mut String);

impl Members<'_> {
    fn name(&mut self, name: &str) {
        // `r#type` is how Rust writes a name that it has itself.
        let is_raw = name.starts_with('r') && name.starts_with("r#");
        self.0.push_str(",\"");
        push_escaped(self.0, if is_raw { &name[2..] } else { name });
        self.0.push_str("\":");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        push_text(self.0, value);
    }

    fn display(&mut self, name: &str, value: impl fmt::Display) {
        self.name(name);
        let _ = write!(self.0, "{value}");
    }
}

impl Visit for Members<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.name(field.name());
        self.0.push_str(itoa::Buffer::new().format(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.name(field.name());
        self.0.push_str(itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.display(field.name(), value);
    }

    /// JSON has no word for what is no number.
    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.display(field.name(), format_args!("{value:?}")),
            false => self.display(field.name(), "null"),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field.name());
        self.0.push('"');
        let _ = write!(Escaping(self.0), "{value:?}");
        self.0.push('"');
    }
}

/// A string of JSON.
fn push_text(line: &mut String, text: &str) {
    line.push('"');
    push_escaped(line, text);
    line.push('"');
}

/// What stands between the quotes of a string of JSON (RFC 8259 §7).
fn push_escaped(line: &mut String, text: &str) {
    if !has_escaped(text.as_bytes()) {
        return line.push_str(text);
    }
    for part in text.split_inclusive(|char: char| u8::try_from(char).is_ok_and(is_escaped)) {
        match part.bytes().last().filter(|last| is_escaped(*last)) {
            None => line.push_str(part),
            Some(last) => {
                line.push_str(&part[..part.len() - 1]);
                push_escape(line, last);
            }
        }
    }
}

fn push_escape(line: &mut String, byte: u8) {
    match byte {
        b'"' => line.push_str("\\\""),
        b'\\' => line.push_str("\\\\"),
        b'\n' => line.push_str("\\n"),
        b'\r' => line.push_str("\\r"),
        b'\t' => line.push_str("\\t"),
        control => {
            let _ = write!(line, "\\u{control:04x}");
        }
    }
}

fn is_escaped(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = byte < 0x20 || byte == b'"' as usize || byte == b'\\' as usize;
            byte += 1;
        }
        table
    };
    TABLE[usize::from(byte)]
}

/// Whether any byte is to be escaped; most texts have none. Eight are looked at together.
fn has_escaped(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    // The high bit of a byte is set if the byte is below `bound`; "Bit Twiddling Hacks", S. E. Anderson.
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGH;
    let has = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let is_in_word = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        below(word, b' ') | has(word, b'"') | has(word, b'\\') != 0
    };
    match bytes.last_chunk() {
        // The last eight may have been looked at before.
        Some(last) => bytes.as_chunks::<8>().0.iter().any(is_in_word) || is_in_word(last),
        None => bytes.iter().any(|byte| is_escaped(*byte)),
    }
}

/// What is formatted into a string of JSON.
struct Escaping<'l>(&'l mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
