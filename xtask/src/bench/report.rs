//! Where a report goes.

use std::path::PathBuf;

use crate::workshop::Workshop;

/// Writes files over those of an older report, and returns their folder. Only a complete run goes into the
/// documentation.
///
/// # Errors
/// When the file system refuses.
pub(super) fn write(
    workshop: &Workshop,
    is_complete: bool,
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<PathBuf, String> {
    let folder = match is_complete {
        true => workshop.root().join("docs/benchmarks"),
        false => workshop.made("bench/report"),
    };
    std::fs::create_dir_all(&folder).map_err(|error| format!("Could not make {}: {error}", folder.display()))?;
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| format!("Could not write {}: {error}", path.display()))?;
    }
    Ok(folder)
}
