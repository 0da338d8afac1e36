//! Prometheus's text format, version 0.0.4.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::OperationSnapshot;

/// The bounds that OpenTelemetry's conventions for HTTP recommend, in milliseconds, with two for
/// what is faster than the web usually is.
const BOUNDS_MS: &[u64] = &[1, 2, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

/// A text of metrics, as it is written.
#[derive(Debug, Default)]
pub struct Text(String);

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Durations, by buckets.
    Histogram,
    /// Durations, as their sum and number.
    Summary,
}

/// A metric, of which samples with different labels follow.
#[derive(Debug)]
pub struct Family<'t> {
    text: &'t mut Text,
    name: &'static str,
}

impl Text {
    /// The media type of the format.
    pub const MEDIA_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a metric.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Summary => "summary",
        };
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { text: self, name }
    }

    /// The whole text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Family<'_> {
    /// Adds a sample.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl fmt::Display) -> &mut Self {
        self.line("", labels, value);
        self
    }

    /// Adds a sum of durations and their number.
    pub fn summary(&mut self, labels: &[(&str, &str)], sum: Duration, count: u64) {
        self.line("_sum", labels, sum.as_secs_f64());
        self.line("_count", labels, count);
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl fmt::Display) {
        let text = &mut self.text.0;
        text.push_str(self.name);
        text.push_str(suffix);
        for (index, (name, label)) in labels.iter().enumerate() {
            text.push(if index == 0 { '{' } else { ',' });
            let _ = write!(text, "{name}=\"{}\"", Escaped(label));
        }
        if !labels.is_empty() {
            text.push('}');
        }
        let _ = writeln!(text, " {value}");
    }

    fn histogram(&mut self, labels: &[(&str, &str)], durations: &super::Histogram) {
        let mut bucket = |bound: &str, count: u64| {
            self.line("_bucket", &[labels, &[("le", bound)]].concat(), count);
        };
        for milliseconds in BOUNDS_MS {
            let bound = (*milliseconds as f64 / 1000.0).to_string();
            bucket(&bound, durations.at_most(Duration::from_millis(*milliseconds)));
        }
        bucket("+Inf", durations.count());
        self.line("_sum", labels, durations.sum().as_secs_f64());
        self.line("_count", labels, durations.count());
    }
}

/// A label's value: `\`, `"` and line feeds are escaped.
struct Escaped<'l>(&'l str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

pub(super) fn write_operations(operations: &[OperationSnapshot], text: &mut Text) {
    fn labels(operation: &OperationSnapshot) -> [(&'static str, &str); 3] {
        [
            ("operation", operation.id.as_str()),
            ("http_request_method", operation.method.as_str()),
            ("http_route", operation.route.as_str()),
        ]
    }
    let mut requests =
        text.family("http_server_requests_total", Kind::Counter, "Answers of each operation, by status.");
    for operation in operations {
        for (status, count) in &operation.statuses {
            let status = status.to_string();
            let [id, method, route] = labels(operation);
            requests.sample(&[id, method, route, ("http_response_status_code", &status)], count);
        }
    }
    let help = "How long answers took until their heads were ready.";
    let mut durations = text.family("http_server_request_duration_seconds", Kind::Histogram, help);
    for operation in operations {
        durations.histogram(&labels(operation), &operation.durations);
    }
}
