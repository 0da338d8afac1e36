//! Installing what a fresh machine lacks.
//!
//! Everything goes below `target/xtask`, pinned by a lock file, except what only the system's package manager has.
//! A stamp tells whether an installation is still that of the lock file: a second run downloads nothing.

pub(crate) mod apt;
pub(crate) mod go;
pub(crate) mod node;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod rust;

pub(crate) use node::NodeTools;
pub(crate) use python::PythonTools;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::command;

/// How often a download is tried, since registries and mirrors fail now and then.
const DOWNLOAD_ATTEMPTS: u32 = 3;

/// Runs a command that downloads, and again after a pause when it fails.
fn download(command: &mut Command) -> Result<(), String> {
    let mut attempt = 1;
    loop {
        match command::run(command) {
            Ok(_) => return Ok(()),
            Err(problem) if attempt == DOWNLOAD_ATTEMPTS => return Err(problem),
            Err(problem) => println!("Attempt {attempt} of {DOWNLOAD_ATTEMPTS}: {problem}"),
        }
        std::thread::sleep(Duration::from_secs(5 * u64::from(attempt)));
        attempt += 1;
    }
}

/// Runs `install` unless `stamp` already holds `wanted`; writes the stamp when all is installed.
fn unless_stamped(stamp: &Path, wanted: &str, install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    if fs::read_to_string(stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    install()?;
    write(stamp, wanted)
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("Could not read {}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("Could not write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::unless_stamped;

    #[test]
    fn an_installation_is_made_again_only_when_the_lock_changes_or_it_failed() {
        let stamp = std::env::temp_dir().join(format!("kovar-xtask-stamp-{}", std::process::id()));
        let made = Cell::new(0);
        let install = |outcome: Result<(), String>| {
            made.set(made.get() + 1);
            outcome
        };
        assert!(unless_stamped(&stamp, "one", || install(Err("no network".to_owned()))).is_err());
        assert!(unless_stamped(&stamp, "one", || install(Ok(()))).is_ok());
        assert!(unless_stamped(&stamp, "one", || install(Ok(()))).is_ok());
        assert!(unless_stamped(&stamp, "two", || install(Ok(()))).is_ok());
        assert_eq!(made.get(), 3);
        std::fs::remove_file(stamp).expect("the stamp was written");
    }
}
