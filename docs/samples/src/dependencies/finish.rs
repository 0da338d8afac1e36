// ANCHOR: finish
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kovar::Outcome;
use kovar::http::problem::InternalError;
use kovar::prelude::*;

#[derive(Clone, Default)]
pub struct Ledger(pub Arc<AtomicU32>);

pub struct Entry(Dep<Ledger>);

async fn begin(ledger: Dep<Ledger>) -> Result<Entry, InternalError> {
    Ok(Entry(ledger))
}

/// Runs before the response is sent; its error would take the response's place.
async fn finish(entry: Arc<Entry>, outcome: Outcome) -> Result<(), InternalError> {
    if outcome == Outcome::Success {
        entry.0.0.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

#[post("/entries")]
async fn add_entry(_entry: Dep<Entry>, Json(_amount): Json<u32>) -> NoContent {
    NoContent
}

pub fn app(ledger: Ledger) -> App {
    let entries = Provider::per_request(begin).finish(finish);
    App::new("Ledger", "1.0.0").provide(ledger).provider(entries).mount(operations![add_entry])
}
// ANCHOR_END: finish
