//! The file of apps: what shall come back with the next daemon, after a reboot or a crash.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::manage::Error;
use crate::manage::daemon::orphan::Identity;
use crate::manage::protocol::Spec;

/// An app as it shall come back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SavedApp {
    pub(super) spec: Spec,
    /// Whether it ran. What a person stopped stays stopped.
    pub(super) wanted: bool,
    /// The processes that are left over when a daemon is killed.
    pub(super) processes: Vec<Identity>,
}

/// Reads the apps; none if there is no file.
///
/// # Errors
///
/// When the file is there and cannot be read: starting without the apps would also save without them.
pub(super) fn read(path: &Path) -> Result<Vec<SavedApp>, Error> {
    let shown = path.display();
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text)
            .map_err(|cause| format!("{shown} cannot be read: {cause}; move it away to start without its apps").into()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(cause) => Err(format!("{shown} cannot be read: {cause}").into()),
    }
}

/// Writes the apps. Whoever reads sees the old file or the new one, never half of it.
pub(super) fn write(path: &Path, apps: &[SavedApp]) -> io::Result<()> {
    let new = path.with_extension("new");
    // It holds environments, and so secrets.
    let mut file = File::options().create(true).write(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(serde_json::to_string_pretty(apps)?.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(new, path)
}
