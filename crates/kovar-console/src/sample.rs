//! What the console is told: totals since the start, at one moment.

use std::time::Duration;

use crate::durations::Durations;

/// What does not change while the app runs.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The name of the app.
    pub title: String,
    /// Its version.
    pub version: String,
    /// How many requests each worker answers at a time. `None`: as many as come.
    pub in_flight_limit: Option<usize>,
    /// How many connections each worker has open. `None`: as many as come.
    pub connection_limit: Option<usize>,
}

/// What was counted since the start, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The operations that had a request.
    pub operations: Vec<Operation>,
    /// The last answers of status 500 or more, the latest first.
    pub failures: Vec<Failure>,
    /// The workers.
    pub workers: Vec<Worker>,
    /// The process.
    pub process: Process,
}

/// What was counted of one operation.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// Its name; no two have the same.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path with its parameters.
    pub route: String,
    /// How many answers each status had.
    pub statuses: Vec<(u16, u64)>,
    /// How long the answers took.
    pub durations: Durations,
}

/// An answer of status 500 or more.
#[derive(Clone, Debug)]
pub struct Failure {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The operation.
    pub operation: String,
    /// The status.
    pub status: u16,
    /// The id under which the log has more.
    pub request_id: String,
}

/// What one worker has counted.
#[derive(Clone, Debug, Default)]
pub struct Worker {
    /// Requests that were begun.
    pub requests: u64,
    /// Requests that are being answered.
    pub in_flight: usize,
    /// Connections that are open.
    pub connections: usize,
    /// How long whatever is ready waits for its turn now.
    pub lag: Duration,
    /// The longest that it waited since the last sample.
    pub worst_lag: Duration,
    /// Whether it is taken to be stuck.
    pub is_stuck: bool,
}

/// What is known of the process.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// CPU time.
    pub cpu_seconds: Option<f64>,
    /// Resident memory.
    pub resident_bytes: Option<f64>,
    /// Threads.
    pub threads: Option<f64>,
    /// Open file descriptors.
    pub open_files: Option<f64>,
    /// The most open file descriptors.
    pub file_limit: Option<f64>,
}

/// What one check of health found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// Why it cannot answer; `None` if it can.
    pub failure: Option<String>,
}
