//! Programs in Go, built from a module whose `go.sum` pins what they are made of.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{apt, download, read, unless_stamped};
use crate::command::{limited, run};
use crate::workshop::Workshop;

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(300);

/// A cold build takes minutes on a small machine.
const BUILD_LIMIT: Duration = Duration::from_secs(1200);

/// Builds packages of the module in `source`, or of what it requires, into the folder `target`.
///
/// # Errors
/// When Go cannot be found or installed, the module proxy cannot be reached, or it does not build.
pub(crate) fn build(source: &Path, target: &Path, packages: &[&str]) -> Result<(), String> {
    let go = apt::program(&["go"], &["golang-go"])?;
    download(limited(&go, DOWNLOAD_LIMIT).args(["mod", "download"]).current_dir(source))?;
    let mut build = limited(go, BUILD_LIMIT);
    build.args(["build", "-trimpath", "-ldflags=-s -w", "-o"]).arg(format!("{}/", target.display()));
    run(build.args(packages).current_dir(source).env("CGO_ENABLED", "0")).map(drop)
}

/// The program `h2spec`, as `xtask/h2spec/go.sum` pins it.
///
/// # Errors
/// As of [`build`].
pub(crate) fn h2spec(workshop: &Workshop) -> Result<PathBuf, String> {
    let (source, target) = (workshop.source("h2spec"), workshop.made("h2spec"));
    unless_stamped(&target.join(".installed-sum"), &read(&source.join("go.sum"))?, || {
        println!("Building h2spec into {}.", target.display());
        build(&source, &target, &["github.com/summerwind/h2spec/cmd/h2spec"])
    })?;
    Ok(target.join("h2spec"))
}
