//! The report: a page with tables, a chart for each workload, and the raw numbers.

mod chart;
mod page;
mod raw;

use super::Results;
use crate::bench::report;
use crate::workshop::Workshop;

/// Writes the report over an older one, and prints its main table.
///
/// # Errors
/// When the file system refuses.
pub(super) fn publish(results: &Results, workshop: &Workshop) -> Result<(), String> {
    let texts = [("README.md".to_owned(), page::page(results)), ("results.json".to_owned(), raw::json(results))];
    let charts = chart::all(results).into_iter().map(|chart| (chart.file_name(), chart.svg()));
    let folder = report::write(workshop, results.is_complete, texts.into_iter().chain(charts))?;
    println!("\n{}\nThe report is in {}.", page::cpu_table(results), folder.display());
    Ok(())
}
