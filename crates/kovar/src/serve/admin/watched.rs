//! What the console shows of an app: its numbers, its workers, and its process.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use kovar_console::{Check, Failure, Live, Operation, Process, Sample, Source, Worker};
use kovar_http::app::AppValues;
use kovar_http::health::Health;
use kovar_http::metrics::{LastError, Metrics, OperationSnapshot};
use kovar_serve::WorkerStats;

use super::{STUCK, channels, process};

/// Workers tick ten times a second; one that has been silent for longer is late by the rest.
const TICK: Duration = Duration::from_millis(100);

/// What the console shows.
pub(super) struct Watched {
    pub(super) metrics: Metrics,
    pub(super) health: Health,
    pub(super) workers: Arc<[Arc<WorkerStats>]>,
    pub(super) values: AppValues,
}

impl Source for Watched {
    fn sample(&self) -> Sample {
        Sample {
            operations: self.metrics.operations().into_iter().map(operation).collect(),
            failures: self.metrics.last_errors().into_iter().map(failure).collect(),
            workers: self.workers.iter().map(|stats| worker(stats)).collect(),
            process: process(),
        }
    }

    fn check(&self) -> BoxFuture<'static, Vec<Check>> {
        let health = self.health.clone();
        async move {
            let found = health.check().await;
            found.into_iter().map(|finding| Check { name: finding.name, failure: finding.failure }).collect()
        }
        .boxed()
    }

    fn live(&self) -> Option<Live> {
        channels::look(&self.values)
    }

    fn disconnect(&self, connection: &str) -> bool {
        channels::disconnect(&self.values, connection)
    }
}

fn operation(snapshot: OperationSnapshot) -> Operation {
    Operation {
        durations: snapshot.durations.buckets().collect(),
        id: snapshot.id,
        method: snapshot.method,
        route: snapshot.route,
        statuses: snapshot.statuses,
    }
}

fn failure(error: LastError) -> Failure {
    Failure {
        at_ms: error.at.as_millisecond(),
        operation: error.operation,
        status: error.status,
        request_id: error.request_id,
    }
}

fn worker(stats: &WorkerStats) -> Worker {
    let silent = stats.silent_for();
    let lag = stats.lag().max(silent.saturating_sub(TICK));
    Worker {
        requests: stats.requests(),
        in_flight: stats.in_flight(),
        connections: stats.open(),
        lag,
        worst_lag: stats.take_worst_lag().max(lag),
        is_stuck: silent > STUCK,
    }
}

fn process() -> Process {
    let known = process::Process::now();
    Process {
        cpu_seconds: known.cpu_seconds,
        resident_bytes: known.resident_bytes,
        threads: known.threads,
        open_files: known.open_files,
        file_limit: known.most_files,
    }
}
