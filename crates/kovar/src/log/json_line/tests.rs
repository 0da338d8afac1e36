use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::*;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn lines_of(log: impl Fn()) -> String {
    let kept = Kept::default();
    let builder = tracing_subscriber::fmt().with_writer(kept.clone());
    let subscriber = builder.fmt_fields(JsonFields::new()).event_format(JsonLine).finish();
    tracing::subscriber::with_default(subscriber, log);
    kept.text()
}

/// What `tracing-subscriber` writes itself.
fn expected_lines_of(log: impl Fn()) -> String {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt().with_writer(kept.clone()).json().flatten_event(true).finish();
    tracing::subscriber::with_default(subscriber, log);
    kept.text()
}

/// Lines as values, without their time.
fn values(lines: &str) -> Vec<Value> {
    let value = |line| {
        let mut value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value.as_object_mut().unwrap().remove("timestamp").is_some(), "{line}");
        value
    };
    lines.lines().map(value).collect()
}

#[track_caller]
fn check(log: impl Fn() + Copy) {
    let (lines, expected) = (lines_of(log), expected_lines_of(log));
    assert_eq!(values(&lines), values(&expected));
}

#[test]
fn lines_say_what_those_of_tracing_subscriber_say() {
    check(|| tracing::info!(target: "some::where", number = 7_u64, below = -7, is_so = true, "answered"));
    check(|| tracing::warn!(whole = 1.0, large = 1e300, none = f64::NAN, endless = f64::INFINITY, "floats"));
    check(|| {
        tracing::error!(text = "a \"quoted\" \\ \n \r \t \u{1b}[31m \u{7f} \u{e9} \u{1f600}", "{}", "format\nted");
    });
    check(
        || tracing::info!(debug = ?vec!["a\nb"], display = %"c\"d", missing = None::<&str>, r#type = "t", wide = 7_u128),
    );
    check(|| tracing::info!(error = &io::Error::other("why") as &dyn std::error::Error, ""));
}

#[test]
fn events_in_spans_name_them() {
    check(|| {
        let outer = tracing::info_span!("outer", id = 7, text = "a\"b").entered();
        tracing::info!("in one");
        let inner = tracing::info_span!("inner").entered();
        tracing::info!("in two");
        drop(inner);
        drop(outer);
        tracing::info!(parent: None, "in none");
    });
}

/// Of these, `tracing-subscriber` lists the spans that the thread is in.
#[test]
fn a_span_that_is_named_is_the_last_of_those_around_it() {
    let lines = lines_of(|| {
        let outer = tracing::info_span!("outer").entered();
        let named = tracing::info_span!(parent: None, "named", n = 1);
        tracing::info!(parent: &named, "in another");
        drop(outer);
    });
    let named = serde_json::json!({ "n": 1, "name": "named" });
    let line = &values(&lines)[0];
    assert_eq!((&line["span"], &line["spans"]), (&named, &serde_json::json!([named])));
}

#[test]
fn the_time_is_now_in_utc_and_to_the_microsecond() {
    let before = jiff::Timestamp::now();
    let lines = lines_of(|| tracing::info!("now"));
    let line: Value = serde_json::from_str(&lines).unwrap();
    let text = line["timestamp"].as_str().unwrap();
    let time: jiff::Timestamp = text.parse().unwrap();
    assert_eq!(text.len(), "2026-11-27T20:19:21.535181Z".len());
    assert!(before.as_microsecond() <= time.as_microsecond() && time <= jiff::Timestamp::now());
}

#[test]
fn seconds_and_digits_are_padded() {
    assert_eq!(&text_of(0), b"1970-01-01T00:00:00");
    assert_eq!(&text_of(1_764_274_761), b"2025-11-27T20:19:21");
    let mut line = String::new();
    push_microseconds(&mut line, 45);
    push_microseconds(&mut line, 999_999);
    assert_eq!(line, ".000045Z.999999Z");
}

#[test]
fn each_byte_that_is_to_be_escaped_is_found_wherever_it_stands() {
    for length in 0..20 {
        for place in 0..length {
            for byte in 0..=u8::MAX {
                let mut bytes = vec![b'a'; length];
                bytes[place] = byte;
                assert_eq!(has_escaped(&bytes), is_escaped(byte), "{byte} at {place} of {length}");
            }
        }
        assert!(!has_escaped(&vec![b' '; length]));
    }
}

/// The lines of requests, as events or written at once.
async fn lines_of_requests(is_event: bool) -> Vec<Value> {
    use kovar_http::app::App;
    use kovar_http::operation::Operation;
    use kovar_http::testing::TestClient;

    let kept = Kept::default();
    let builder = tracing_subscriber::fmt().with_writer(kept.clone());
    let _log = tracing::subscriber::set_default(builder.fmt_fields(JsonFields::new()).event_format(JsonLine).finish());
    let lines = Lines::to(kept.clone());
    let operation = Operation::get("/read", async || kovar_http::respond::NoContent).id("read \\ it");
    let app = App::new("Test", "1").mount([operation]);
    let app = if is_event { app } else { app.request_log(Arc::new(RequestLines(lines.clone()))) };
    let client = TestClient::new(app).await.unwrap();
    let traced = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    for field in [("x-request-id", "my:id"), ("traceparent", traced)] {
        client.get("/read").header(field.0, field.1).header("x-request-id", "a").send().await;
    }
    lines.flush();
    let mut values = values(&kept.text());
    for value in &mut values {
        assert!(value.as_object_mut().unwrap().remove("microseconds").unwrap().is_u64());
        if let Some(id) = value.get_mut("span_id") {
            // Each request has one of its own.
            assert_eq!(std::mem::take(id).as_str().unwrap().len(), 16);
        }
    }
    values
}

#[tokio::test]
async fn a_line_that_is_written_at_once_is_that_of_the_event() {
    let (events, written) = (lines_of_requests(true).await, lines_of_requests(false).await);
    assert_eq!(events.len(), 2);
    assert_eq!(events, written);
    assert!(written[1]["trace_id"].is_string() && written[1].get("span_id").is_some());
}
