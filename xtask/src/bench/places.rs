//! The folders and files that the peers' command lines name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workshop::Workshop;

#[derive(Debug)]
pub(super) struct Places {
    /// Where the peers' sources lie.
    pub(super) apps: PathBuf,
    /// Where everything that a benchmark installs and builds lies.
    pub(super) made: PathBuf,
    /// Where cargo puts Kovar's release build.
    pub(super) release: PathBuf,
}

impl Places {
    /// The places of a benchmark whose peers lie in `bench/{apps}`.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(super) fn of(workshop: &Workshop, apps: &str, made: &str) -> Result<Self, String> {
        let made = workshop.made(made);
        fs::create_dir_all(&made).map_err(|error| format!("Could not make {}: {error}", made.display()))?;
        Ok(Self { apps: workshop.root().join("bench").join(apps), made, release: workshop.target("release") })
    }

    /// A program for wrk.
    pub(super) fn script(&self, name: &str) -> PathBuf {
        self.made.join("wrk").join(name).with_extension("lua")
    }

    pub(super) fn log(&self, peer: &str) -> PathBuf {
        self.made.join(peer).with_extension("log")
    }

    /// The words of a peer's command line, with the places in them.
    pub(super) fn fill(&self, word: &str) -> String {
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        word.replace("{made}", &shown(&self.made)).replace("{release}", &shown(&self.release))
    }
}
