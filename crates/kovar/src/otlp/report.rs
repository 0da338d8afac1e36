//! Says in the log that spans are lost, once in a while.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// How often the log has a line about the collector.
const REPORT_EVERY: Duration = Duration::from_secs(60);

/// An exporter whose failures are told in the log: the first at once, those that follow together.
#[derive(Debug)]
pub(super) struct Reported<E> {
    exporter: E,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lost: usize,
    reported: Option<Instant>,
}

impl<E> Reported<E> {
    pub(super) fn new(exporter: E) -> Self {
        Self { exporter, state: Mutex::default() }
    }
}

impl State {
    /// How many spans are to be told as lost now, if it is time.
    fn lose(&mut self, spans: usize, now: Instant) -> Option<usize> {
        self.lost += spans;
        if self.reported.is_some_and(|reported| now.duration_since(reported) < REPORT_EVERY) {
            return None;
        }
        self.reported = Some(now);
        Some(std::mem::take(&mut self.lost))
    }
}

impl<E: SpanExporter> SpanExporter for Reported<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        // What failed is told here; the thread that called would tell it again, each time.
        let Err(cause) = self.exporter.export(batch).await else { return Ok(()) };
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(spans) = state.lose(spans, Instant::now()) {
            tracing::warn!(%cause, spans, "the collector does not take traces; spans are lost");
        }
        Ok(())
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.exporter.shutdown()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_told_once_in_a_while() {
        let (mut state, start) = (State::default(), Instant::now());
        assert_eq!(state.lose(5, start), Some(5));
        assert_eq!(state.lose(2, start + Duration::from_secs(5)), None);
        assert_eq!(state.lose(3, start + Duration::from_secs(59)), None);
        assert_eq!(state.lose(1, start + Duration::from_secs(60)), Some(6));
    }
}
