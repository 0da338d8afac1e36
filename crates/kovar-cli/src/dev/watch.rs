//! Waits for changes of what is built from.
//!
//! Directories are watched one by one, without those that hold no sources: `target` alone may have
//! thousands. Files that a running program writes, such as its database, are ignored, or each
//! request would call cargo.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::package::Package;
use crate::manage::Error;

/// Editors write a file in several steps; they are one change when they are so near.
const QUIET: Duration = Duration::from_millis(100);

/// Directories beside a manifest that hold no sources. Elsewhere they may be modules.
const BESIDE_MANIFEST: [&str; 2] = ["target", "data"];

/// What programs and editors write beside sources.
const NOT_SOURCES: [&str; 12] = [
    "db",
    "db-journal",
    "db-shm",
    "db-wal",
    "sqlite",
    "sqlite-journal",
    "sqlite-shm",
    "sqlite-wal",
    "log",
    "swp",
    "swx",
    "tmp",
];

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something that cargo may have to build anew.
    Source,
    /// `.env`, which a program reads when it starts.
    Environment,
}

/// The changes of a package.
#[derive(Debug)]
pub(super) struct Changes {
    watcher: RecommendedWatcher,
    changed: UnboundedReceiver<Kind>,
}

impl Changes {
    /// Watches what the package is built from.
    ///
    /// # Errors
    ///
    /// When the system refuses to watch more directories.
    pub(super) fn watch(package: &Package) -> Result<Self, Error> {
        let (sender, changed) = unbounded_channel();
        let target = package.target.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let kind = event.map_or(Some(Kind::Source), |event| kind(&event, &target));
            // When this ends, nobody waits for changes.
            let _ = kind.map(|kind| sender.send(kind));
        })?;
        let mut changes = Self { watcher, changed };
        changes.watch_again(package)?;
        Ok(changes)
    }

    /// Watches all directories, also those that are new or were made anew.
    ///
    /// # Errors
    ///
    /// When the system refuses to watch more directories.
    pub(super) fn watch_again(&mut self, package: &Package) -> Result<(), Error> {
        let mut found = Vec::new();
        package.sources.iter().for_each(|source| directories(source, &package.target, &mut found));
        for directory in found {
            let watched = self.watcher.watch(&directory, RecursiveMode::NonRecursive);
            watched.map_err(|cause| format!("{} cannot be watched: {cause}", directory.display()))?;
        }
        Ok(())
    }

    /// The next change, when it is over.
    pub(super) async fn next(&mut self) -> Kind {
        let Some(mut kind) = self.changed.recv().await else { return std::future::pending().await };
        while let Ok(Some(more)) = timeout(QUIET, self.changed.recv()).await {
            if more == Kind::Environment {
                kind = more;
            }
        }
        kind
    }
}

fn directories(directory: &Path, target: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    found.push(directory.to_owned());
    let is_package = directory.join("Cargo.toml").exists();
    for entry in entries.flatten() {
        let path = entry.path();
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_directory && path != target && holds_sources(&entry.file_name(), is_package) {
            directories(&path, target, found);
        }
    }
}

fn holds_sources(name: &OsStr, is_in_package: bool) -> bool {
    let name = name.to_string_lossy();
    let is_written = name == "node_modules" || (is_in_package && BESIDE_MANIFEST.contains(&name.as_ref()));
    name == ".cargo" || !(name.starts_with('.') || is_written)
}

/// What an event is about, if anything.
fn kind(event: &Event, target: &Path) -> Option<Kind> {
    // Compilers read.
    if matches!(event.kind, EventKind::Access(_)) {
        return None;
    }
    let paths = event.paths.iter().filter(|path| !path.starts_with(target));
    let kinds: Vec<_> = paths.filter_map(|path| file_kind(path)).collect();
    kinds.contains(&Kind::Environment).then_some(Kind::Environment).or_else(|| kinds.first().copied())
}

fn file_kind(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy();
    let ends_as_other = path.extension().is_some_and(|end| NOT_SOURCES.iter().any(|other| end == *other));
    match name.as_ref() {
        ".env" => Some(Kind::Environment),
        name if name.starts_with(['.', '#']) || name.ends_with('~') => None,
        // Vim tries with this file whether it may write.
        "4913" => None,
        _ if ends_as_other => None,
        _ => Some(Kind::Source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_and_editors_write_is_no_source() {
        for name in ["a.db", "a.db-wal", "x.log", ".main.rs.swp", "main.rs~", "#main.rs#", "4913", ".git"] {
            assert_eq!(file_kind(&Path::new("/p").join(name)), None, "{name}");
        }
        for name in ["main.rs", "Cargo.toml", "001_create.sql", "page.html", "model.onnx"] {
            assert_eq!(file_kind(&Path::new("/p").join(name)), Some(Kind::Source), "{name}");
        }
        assert_eq!(file_kind(Path::new("/p/.env")), Some(Kind::Environment));
    }

    #[test]
    fn data_is_no_source_beside_a_manifest_and_a_module_elsewhere() {
        let is_watched = |name: &str, is_in_package| holds_sources(OsStr::new(name), is_in_package);
        assert!(!is_watched("data", true) && !is_watched("target", true) && !is_watched("node_modules", false));
        assert!(is_watched("data", false) && is_watched(".cargo", true) && !is_watched(".git", true));
    }

    #[test]
    fn reading_is_no_change_and_neither_is_what_cargo_writes() {
        let target = Path::new("/p/target");
        let event = |kind, path: &str| Event::new(kind).add_path(path.into());
        let modified = EventKind::Modify(notify::event::ModifyKind::Any);
        assert_eq!(kind(&event(EventKind::Access(notify::event::AccessKind::Read), "/p/a.rs"), target), None);
        assert_eq!(kind(&event(modified, "/p/target/debug/a.rs"), target), None);
        assert_eq!(kind(&event(modified, "/p/a.rs"), target), Some(Kind::Source));
    }
}
