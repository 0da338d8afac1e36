//! The Python tools: schemathesis, a document validator, a client generator, a type checker.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{apt, download, read, unless_stamped};
use crate::command::{limited, run};
use crate::workshop::Workshop;

/// The virtual environment, in `target/xtask/python`.
#[derive(Debug)]
pub(crate) struct PythonTools {
    folder: PathBuf,
}

impl PythonTools {
    /// One of the environment's programs, such as `mypy`.
    pub(crate) fn program(&self, name: &str, limit: Duration) -> Command {
        let bin = self.folder.join("bin");
        let mut command = limited(bin.join(name), limit);
        // Some tools start others by name: openapi-python-client formats what it wrote with `ruff`.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(bin).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(path).unwrap_or_default());
        command.env("NO_COLOR", "1").env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// Installs `xtask/python/requirements.txt` into a virtual environment.
///
/// # Errors
/// When Python cannot be found or installed, or the package index cannot be reached.
pub(crate) fn install(workshop: &Workshop) -> Result<PythonTools, String> {
    let folder = workshop.made("python");
    environment(&folder, &workshop.source("python/requirements.txt"))?;
    Ok(PythonTools { folder })
}

/// A virtual environment with exactly what a file of pinned requirements says.
///
/// # Errors
/// When Python cannot be found or installed, or the package index cannot be reached.
pub(crate) fn environment(folder: &Path, requirements: &Path) -> Result<(), String> {
    unless_stamped(&folder.join(".installed-requirements"), &read(requirements)?, || {
        println!("Installing Python packages into {}.", folder.display());
        make_environment(folder)?;
        let mut pip = limited(folder.join("bin/pip"), Duration::from_secs(600));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]);
        download(pip.arg(requirements))
    })
}

fn make_environment(folder: &Path) -> Result<(), String> {
    let python = apt::program(&["python3"], &["python3", "python3-venv"])?;
    // Debian's python3 comes without what `venv` needs to put pip into the environment.
    if run(limited(&python, Duration::from_secs(20)).args(["-c", "import ensurepip, venv"])).is_err() {
        apt::install(&["python3-venv"]).map_err(|why| {
            format!("Python cannot make virtual environments: {why}.\nAs root: apt-get install python3-venv")
        })?;
    }
    run(limited(&python, Duration::from_secs(120)).args(["-m", "venv", "--clear"]).arg(folder)).map(drop)
}
