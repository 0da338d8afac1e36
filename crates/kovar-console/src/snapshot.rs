//! What the page is told: the JSON of `/console/data` and of each event.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::history::{Change, History, STEP, WINDOW};
use crate::live::{Live, LiveView};
use crate::sample::{About, Check, Operation, Process, Sample, Worker};

/// The operations with the most requests are shown; the rest is counted.
const MOST_OPERATIONS: usize = 100;

/// Everything that the page shows. Times are in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Snapshot<'a> {
    title: &'a str,
    version: &'a str,
    /// Since 1970.
    at: i64,
    uptime_seconds: f64,
    process_id: u32,
    /// How long the window is: a minute, and less before.
    window_seconds: f64,
    throughput: Throughput,
    response_time: Quantiles,
    operations: Vec<OperationRow<'a>>,
    /// How many operations are not shown.
    operations_left_out: usize,
    errors: Errors<'a>,
    workers: Vec<WorkerRow>,
    in_flight_limit: Option<usize>,
    connection_limit: Option<usize>,
    /// `None` until the checks have been asked.
    checks: Option<Vec<CheckRow<'a>>>,
    process: ProcessRow,
    /// `None` if the app has no channels.
    live: Option<LiveView<'a>>,
    history: Curves,
}

#[derive(Debug, Serialize)]
struct Throughput {
    /// Of the last seconds.
    per_second: f64,
    /// Of the window.
    requests: u64,
    /// Since the start.
    total: u64,
}

#[derive(Debug, Serialize)]
struct Quantiles {
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

#[derive(Debug, Serialize)]
struct OperationRow<'a> {
    operation: &'a str,
    method: &'a str,
    route: &'a str,
    per_second: f64,
    requests: u64,
    #[serde(flatten)]
    response_time: Quantiles,
    client_errors: u64,
    failures: u64,
}

#[derive(Debug, Serialize)]
struct Errors<'a> {
    client_errors: u64,
    failures: u64,
    last: Vec<FailureRow<'a>>,
}

#[derive(Debug, Serialize)]
struct FailureRow<'a> {
    at: i64,
    status: u16,
    operation: &'a str,
    request_id: &'a str,
}

#[derive(Debug, Serialize)]
struct WorkerRow {
    requests: u64,
    in_flight: usize,
    connections: usize,
    lag: f64,
    is_stuck: bool,
}

#[derive(Debug, Serialize)]
struct CheckRow<'a> {
    name: &'a str,
    failure: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ProcessRow {
    /// 1 is one core that did nothing else.
    cpu: Option<f64>,
    resident_bytes: Option<f64>,
    threads: Option<f64>,
    open_files: Option<f64>,
    file_limit: Option<f64>,
}

/// The last minutes, the oldest first.
#[derive(Debug, Serialize)]
struct Curves {
    step_seconds: u64,
    throughput: Vec<f64>,
    p95: Vec<Option<f64>>,
    failures: Vec<u64>,
    resident_bytes: Vec<Option<f64>>,
    lag: Vec<f64>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(
        about: &'a About,
        history: &History,
        sample: &'a Sample,
        checks: Option<&'a [Check]>,
        live: Option<&'a Live>,
        (start, now): (Instant, Instant),
    ) -> Self {
        let window = history.change(now, sample, WINDOW);
        let recent = history.change(now, sample, STEP);
        let mut operations = rows(sample, &window);
        let left_out = operations.len().saturating_sub(MOST_OPERATIONS);
        operations.truncate(MOST_OPERATIONS);
        Self {
            title: &about.title,
            version: &about.version,
            at: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(0)),
            uptime_seconds: short((now - start).as_secs_f64()),
            process_id: std::process::id(),
            window_seconds: short(window.elapsed.as_secs_f64()),
            throughput: Throughput {
                per_second: short(recent.requests_per_second()),
                requests: window.requests,
                total: sample.workers.iter().map(|worker| worker.requests).sum(),
            },
            response_time: Quantiles::of(&window.durations),
            operations,
            operations_left_out: left_out,
            errors: Errors::of(sample, &window),
            workers: sample.workers.iter().map(WorkerRow::of).collect(),
            in_flight_limit: about.in_flight_limit,
            connection_limit: about.connection_limit,
            checks: checks.map(|checks| checks.iter().map(CheckRow::of).collect()),
            process: ProcessRow::of(&sample.process, &recent),
            live: live.map(LiveView::of),
            history: Curves::of(history),
        }
    }
}

/// The operations, those with the most requests in the window first.
fn rows<'a>(sample: &'a Sample, window: &Change) -> Vec<OperationRow<'a>> {
    let row = |(operation, change): (&'a Operation, &crate::history::OperationChange)| {
        let requests = change.durations.count();
        OperationRow {
            operation: &operation.id,
            method: &operation.method,
            route: &operation.route,
            per_second: short(window.per_second(requests as f64)),
            requests,
            response_time: Quantiles::of(&change.durations),
            client_errors: change.client_errors,
            failures: change.failures,
        }
    };
    let mut rows: Vec<_> = sample.operations.iter().zip(&window.operations).map(row).collect();
    rows.sort_by(|left, right| right.requests.cmp(&left.requests).then(left.operation.cmp(right.operation)));
    rows
}

impl Quantiles {
    fn of(durations: &crate::durations::Durations) -> Self {
        let quantile = |part| durations.quantile(part).map(milliseconds);
        Self { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) }
    }
}

impl<'a> Errors<'a> {
    fn of(sample: &'a Sample, window: &Change) -> Self {
        let last = sample.failures.iter().map(|failure| FailureRow {
            at: failure.at_ms,
            status: failure.status,
            operation: &failure.operation,
            request_id: &failure.request_id,
        });
        Self { client_errors: window.client_errors(), failures: window.failures(), last: last.collect() }
    }
}

impl WorkerRow {
    fn of(worker: &Worker) -> Self {
        Self {
            requests: worker.requests,
            in_flight: worker.in_flight,
            connections: worker.connections,
            lag: milliseconds(worker.lag),
            is_stuck: worker.is_stuck,
        }
    }
}

impl<'a> CheckRow<'a> {
    fn of(check: &'a Check) -> Self {
        Self { name: &check.name, failure: check.failure.as_deref() }
    }
}

impl ProcessRow {
    fn of(process: &Process, recent: &Change) -> Self {
        Self {
            cpu: recent.cpu_seconds.map(|seconds| short(recent.per_second(seconds))),
            resident_bytes: process.resident_bytes,
            threads: process.threads,
            open_files: process.open_files,
            file_limit: process.file_limit,
        }
    }
}

impl Curves {
    fn of(history: &History) -> Self {
        Self {
            step_seconds: STEP.as_secs(),
            throughput: history.points().map(|point| short(point.requests_per_second)).collect(),
            p95: history.points().map(|point| point.p95.map(milliseconds)).collect(),
            failures: history.points().map(|point| point.failures).collect(),
            resident_bytes: history.points().map(|point| point.resident_bytes).collect(),
            lag: history.points().map(|point| milliseconds(point.worst_lag)).collect(),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    short(duration.as_secs_f64() * 1e3)
}

/// With three decimals: more says nothing, and is sent each second.
pub(crate) fn short(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Failure;

    fn operation(id: &str, requests: u64) -> Operation {
        Operation {
            id: id.to_owned(),
            method: "GET".to_owned(),
            route: format!("/{id}"),
            statuses: vec![(200, requests), (404, 2), (500, 1)],
            durations: [(Duration::from_micros(1250), requests), (Duration::from_millis(40), 3)].into_iter().collect(),
        }
    }

    fn json(sample: &Sample) -> serde_json::Value {
        let start = Instant::now();
        let (about, now) = (About { title: "A".to_owned(), ..About::default() }, start + Duration::from_secs(10));
        let history = History::new(start);
        serde_json::to_value(Snapshot::new(&about, &history, sample, None, None, (start, now))).unwrap()
    }

    #[test]
    fn the_numbers_are_those_of_the_sample() {
        let found = json(&Sample {
            operations: vec![operation("rare", 7), operation("usual", 97)],
            failures: vec![Failure { at_ms: 5, operation: "rare".to_owned(), status: 503, request_id: "r".to_owned() }],
            workers: vec![Worker { requests: 115, in_flight: 2, ..Worker::default() }],
            ..Sample::default()
        });
        assert_eq!(found["throughput"], serde_json::json!({"per_second": 11.5, "requests": 115, "total": 115}));
        let usual = serde_json::json!({
            "operation": "usual", "method": "GET", "route": "/usual", "per_second": 10.0, "requests": 100,
            "p50": 1.25, "p95": 1.25, "p99": 40.0, "client_errors": 2, "failures": 1,
        });
        assert_eq!(found["operations"][0], usual);
        assert_eq!(found["operations"][1]["operation"], "rare");
        assert_eq!((&found["errors"]["client_errors"], &found["errors"]["failures"]), (&4.into(), &2.into()));
        assert_eq!(found["errors"]["last"][0]["request_id"], "r");
        assert_eq!(found["workers"][0]["in_flight"], 2);
    }

    #[test]
    fn operations_without_end_are_bounded() {
        let operations = (0..250).map(|index| operation(&format!("o{index}"), index)).collect();
        let found = json(&Sample { operations, ..Sample::default() });
        assert_eq!(found["operations"].as_array().map(Vec::len), Some(100));
        assert_eq!(
            (&found["operations_left_out"], &found["operations"][0]["operation"]),
            (&150.into(), &"o249".into())
        );
    }
}
