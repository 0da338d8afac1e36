//! The report: a page with tables and what must hold, and the raw numbers.

mod page;
mod raw;

use super::Results;
use crate::bench::report;
use crate::workshop::Workshop;

/// Writes the report over an older one, and prints what must hold.
///
/// # Errors
/// When the file system refuses.
pub(super) fn publish(results: &Results, workshop: &Workshop) -> Result<(), String> {
    let texts = [("live.md".to_owned(), page::page(results)), ("live.json".to_owned(), raw::json(results))];
    let folder = report::write(workshop, results.is_complete, texts)?;
    println!("\n{}\nThe report is in {}.", page::verdicts(results), folder.display());
    Ok(())
}
