// ANCHOR: own_metrics
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use kovar::http::metrics::{Durations, Kind};
use kovar::prelude::*;

#[derive(Default)]
pub struct Mails {
    refused: AtomicU64,
    durations: Durations,
}

#[post("/mails")]
async fn send(mails: Dep<Arc<Mails>>, Json(text): Json<String>) -> NoContent {
    let started = Instant::now();
    mails.refused.fetch_add(text.is_empty().into(), Relaxed);
    mails.durations.record(started.elapsed());
    NoContent
}

pub fn app() -> App {
    let mails = Arc::new(Mails::default());
    let counted = Arc::clone(&mails);
    App::new("Mails", "1.0.0").provide(mails).mount(operations![send]).add_metrics(move |text| {
        let mut refused = text.family("mails_refused_total", Kind::Counter, "Mails without a text.");
        refused.sample(&[("reason", "empty")], counted.refused.load(Relaxed));
        let mut durations = text.family("mail_duration_seconds", Kind::Histogram, "How long mails took.");
        durations.histogram(&[], &counted.durations.histogram());
    })
}
// ANCHOR_END: own_metrics
