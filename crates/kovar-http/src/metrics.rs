//! How many requests each operation has, how they end and how long they take.
//!
//! Counting must cost nothing that shows beside a request, so each thread counts on its own
//! (`shard`), and whoever reads adds up. Durations go into a histogram of a fixed error
//! (`histogram`); quantiles come from it, and so do the buckets of Prometheus.

#[cfg(feature = "data")]
mod database;
mod histogram;
mod prometheus;
mod shard;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};

#[cfg(feature = "data")]
pub use self::database::Repeated;
pub use self::histogram::Histogram;
pub use self::prometheus::{Family, Kind, Text};
use self::shard::Shards;
use crate::request_id::RequestId;
use crate::request_log::{AnsweredRequest, RequestLog};
use crate::trace::TraceContext;

/// How many of the last errors are kept.
const LAST_ERRORS: usize = 50;

/// What an app counts; clones are the same.
#[derive(Clone, Default)]
pub struct Metrics(Arc<Inner>);

#[derive(Default)]
struct Inner {
    operations: RwLock<Vec<Arc<Recorder>>>,
    errors: Arc<Mutex<Vec<LastError>>>,
    #[cfg(feature = "data")]
    database: database::Database,
}

/// What is counted of one operation.
pub struct Recorder {
    id: String,
    method: String,
    route: String,
    shards: Shards,
    /// Those of all operations.
    errors: Arc<Mutex<Vec<LastError>>>,
    /// Who writes the line of each request, and what it says of this operation.
    log: Option<Arc<dyn RequestLog>>,
    of_operation: OnceLock<Box<str>>,
}

/// A sum over all threads, at one moment.
#[derive(Clone, Debug)]
pub struct OperationSnapshot {
    /// The `operationId`.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path with its parameters.
    pub route: String,
    /// How many answers each status had.
    pub statuses: Vec<(u16, u64)>,
    /// How long the answers took until their heads were ready.
    pub durations: Histogram,
}

/// An answer of status 500 or more.
#[derive(Clone, Debug)]
pub struct LastError {
    /// When.
    pub at: jiff::Timestamp,
    /// The operation.
    pub operation: String,
    /// The status.
    pub status: u16,
    /// The id under which the log has more.
    pub request_id: String,
}

impl Metrics {
    /// Counts for an operation.
    pub(crate) fn recorder(
        &self,
        id: &str,
        method: &Method,
        route: &str,
        log: Option<Arc<dyn RequestLog>>,
    ) -> Arc<Recorder> {
        let recorder = Arc::new(Recorder {
            id: id.to_owned(),
            method: method.as_str().to_owned(),
            route: route.to_owned(),
            shards: Shards::default(),
            errors: Arc::clone(&self.0.errors),
            log,
            of_operation: OnceLock::new(),
        });
        self.0.operations.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&recorder));
        recorder
    }

    /// What was counted of each operation that had a request.
    pub fn operations(&self) -> Vec<OperationSnapshot> {
        let operations = self.0.operations.read().unwrap_or_else(PoisonError::into_inner);
        operations.iter().filter_map(|recorder| recorder.snapshot()).collect()
    }

    /// The last answers of status 500 or more, the latest first.
    pub fn last_errors(&self) -> Vec<LastError> {
        let errors = self.0.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.iter().rev().cloned().collect()
    }

    /// Writes what was counted in Prometheus's text format, named as OpenTelemetry's conventions for
    /// HTTP name it. Labels come from the routes, so their number is bounded.
    pub fn write_prometheus(&self, text: &mut Text) {
        prometheus::write_operations(&self.operations(), text);
        #[cfg(feature = "data")]
        self.0.database.write_prometheus(text);
    }

    /// The app's database, once the app is built.
    #[cfg(feature = "data")]
    pub fn database(&self) -> Option<kovar_data::Db> {
        self.0.database.db()
    }

    /// The statements that single requests ran many times (N+1), those of the most requests first.
    #[cfg(feature = "data")]
    pub fn repeated_statements(&self) -> Vec<Repeated> {
        self.0.database.repeated()
    }

    #[cfg(feature = "data")]
    pub(crate) fn watch_outbox(&self, counts: Arc<kovar_data::OutboxCounts>) {
        self.0.database.publishes(counts);
    }

    #[cfg(feature = "data")]
    pub(crate) fn watch_database(&self, db: kovar_data::Db) {
        self.0.database.open(db);
    }

    /// Takes notice of the statements that a request for an operation ran.
    #[cfg(feature = "data")]
    pub(crate) fn ran(&self, operation: &str, tally: &kovar_data::Tally) {
        self.0.database.count(operation, tally);
    }
}

impl Recorder {
    /// The `operationId`.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    pub(crate) fn route(&self) -> &str {
        &self.route
    }

    pub(crate) fn request_log(&self) -> Option<&dyn RequestLog> {
        self.log.as_deref()
    }

    /// What there is to log of an answer.
    pub(crate) fn answered<'r>(
        &'r self,
        status: u16,
        duration: Duration,
        request_id: &'r RequestId,
        trace: Option<&'r TraceContext>,
    ) -> AnsweredRequest<'r> {
        AnsweredRequest {
            method: &self.method,
            route: &self.route,
            operation: &self.id,
            status,
            duration,
            request_id: request_id.as_str(),
            trace,
            of_operation: &self.of_operation,
        }
    }

    /// Counts an answer, and keeps it if it is an error of the server.
    pub(crate) fn record(&self, status: StatusCode, duration: Duration, request_id: &RequestId) {
        self.shards.mine().record(status.as_u16(), duration);
        if status.is_server_error() {
            self.failed(status, request_id);
        }
    }

    #[cold]
    fn failed(&self, status: StatusCode, request_id: &RequestId) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        if errors.len() == LAST_ERRORS {
            errors.remove(0);
        }
        errors.push(LastError {
            at: jiff::Timestamp::now(),
            operation: self.id.clone(),
            status: status.as_u16(),
            request_id: request_id.to_string(),
        });
    }

    fn snapshot(&self) -> Option<OperationSnapshot> {
        let (statuses, durations) = self.shards.sum()?;
        Some(OperationSnapshot {
            id: self.id.clone(),
            method: self.method.clone(),
            route: self.route.clone(),
            statuses,
            durations,
        })
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
