//! What is counted of channels.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kovar_http::metrics::{Kind, Text};

use crate::hub::Hub;

/// Counted since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) published: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) slow: AtomicU64,
    pub(crate) silent: AtomicU64,
    pub(crate) disconnected: AtomicU64,
    pub(crate) refused: AtomicU64,
}

impl Hub {
    /// Writes what is counted, as Prometheus reads it.
    pub(crate) fn write_metrics(&self, text: &mut Text) {
        let counts = &self.counts;
        let (connections, waiting) = self.workers.load();
        let (topics, subscriptions) = self.load();
        let mut gauge = |name, value: usize, help| {
            text.family(name, Kind::Gauge, help).sample(&[], value as u64);
        };
        gauge("kovar_live_connections", connections, "Channels that are open.");
        gauge("kovar_live_queued_bytes", waiting, "Bytes that wait to be sent to clients.");
        gauge("kovar_live_topics", topics, "Topics that somebody has, or that have a history.");
        gauge("kovar_live_subscriptions", subscriptions, "Topics that clients have, those of all clients.");
        let mut counter = |name, value: &AtomicU64, help| {
            text.family(name, Kind::Counter, help).sample(&[], value.load(Relaxed));
        };
        counter("kovar_live_published_total", &counts.published, "Messages that were published.");
        counter("kovar_live_delivered_total", &counts.delivered, "Messages that were sent to subscribers, each once.");
        counter("kovar_live_dropped_total", &counts.dropped, "Messages that a slow client never gets.");
        counter(
            "kovar_live_slow_total",
            &counts.slow,
            "Channels that were closed because their client reads too slowly.",
        );
        counter(
            "kovar_live_silent_total",
            &counts.silent,
            "Channels that were closed because their client gave no sign.",
        );
        counter("kovar_live_disconnected_total", &counts.disconnected, "Channels that were closed by hand.");
        counter(
            "kovar_live_refused_total",
            &counts.refused,
            "Channels that were not opened because their caller had as many as it may.",
        );
    }
}
