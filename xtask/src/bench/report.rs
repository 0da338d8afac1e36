//! The report: a page with tables, a chart for each workload, and the raw numbers.

mod chart;
mod page;
mod raw;
mod table;

use std::path::{Path, PathBuf};

use super::options::Options;
use super::results::Results;
use crate::workshop::Workshop;

/// Only a complete run goes into the documentation.
pub(crate) fn folder(workshop: &Workshop, options: &Options) -> PathBuf {
    match options.is_complete() {
        true => workshop.root().join("docs/benchmarks"),
        false => workshop.made("bench/report"),
    }
}

/// Writes the report over an older one.
///
/// # Errors
/// When the file system refuses.
pub(crate) fn write(results: &Results, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("Could not make {}: {error}", folder.display()))?;
    let mut files =
        vec![("README.md".to_owned(), page::page(results)), ("results.json".to_owned(), raw::json(results))];
    files.extend(chart::all(results).into_iter().map(|chart| (chart.file_name(), chart.svg())));
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| format!("Could not write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// The main table, for the terminal.
pub(crate) fn summary(results: &Results) -> String {
    page::cpu_table(results)
}
