//! The Node tools: linter, type generator, TypeScript, browser driver.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{apt, download, read, unless_stamped};
use crate::command::{limited, run};
use crate::workshop::Workshop;

/// The oldest Node that the pinned tools run on.
const OLDEST: (u32, u32) = (20, 19);

/// The installed tools, in `target/xtask/node`.
#[derive(Debug)]
pub(crate) struct NodeTools {
    folder: PathBuf,
}

impl NodeTools {
    /// Where `node_modules` is. Scripts and generated clients are put below it, so that they find the packages.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// One of the packages' programs, such as `tsc`.
    pub(crate) fn program(&self, name: &str, limit: Duration) -> Command {
        quiet(limited(self.folder.join("node_modules/.bin").join(name), limit))
    }

    /// A script of `xtask/scripts`, copied to where it finds the packages.
    ///
    /// # Errors
    /// When the script cannot be copied.
    pub(crate) fn script(&self, source: &Path, limit: Duration) -> Result<Command, String> {
        let copy = self.folder.join(source.file_name().unwrap_or_default());
        copy_file(source, &copy)?;
        let mut node = quiet(limited("node", limit));
        node.arg(copy);
        Ok(node)
    }
}

/// Installs the packages of `xtask/node/package-lock.json`.
///
/// # Errors
/// When Node is missing or too old, or the registry cannot be reached.
pub(crate) fn install(workshop: &Workshop) -> Result<NodeTools, String> {
    let folder = workshop.made("node");
    packages(&folder, &workshop.source("node"), Packages::All)?;
    Ok(NodeTools { folder })
}

/// Which packages of a lock file are installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packages {
    All,
    /// Not those that only build or test the app.
    ForProduction,
}

/// The packages of `source/package-lock.json`, below `folder`.
///
/// # Errors
/// When Node is missing or too old, or the registry cannot be reached.
pub(crate) fn packages(folder: &Path, source: &Path, which: Packages) -> Result<(), String> {
    check_version()?;
    let lock = read(&source.join("package-lock.json"))?;
    unless_stamped(&folder.join("node_modules/.installed-lock"), &lock, || {
        println!("Installing Node packages into {}.", folder.display());
        fs::create_dir_all(folder).map_err(|error| format!("Could not make {}: {error}", folder.display()))?;
        for file in ["package.json", "package-lock.json"] {
            copy_file(&source.join(file), &folder.join(file))?;
        }
        let mut npm = quiet(limited("npm", Duration::from_secs(300)));
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(folder);
        if which == Packages::ForProduction {
            npm.arg("--omit=dev");
        }
        download(&mut npm)
    })
}

/// Compiles one of the packages below `folder` against the Node that is there, with its headers where they lie beside it;
/// where they do not, the package gets what its authors have compiled.
///
/// # Errors
/// When there is no compiler, or neither the headers nor the authors' build can be had.
pub(crate) fn add_on(folder: &Path, package: &str) -> Result<(), String> {
    let lock = read(&folder.join("package-lock.json"))?;
    unless_stamped(&folder.join("node_modules").join(format!(".built-{package}")), &lock, || {
        println!("Building {package} in {}.", folder.display());
        let mut npm = quiet(limited("npm", Duration::from_secs(600)));
        npm.args(["rebuild", package]).current_dir(folder);
        if let Some(prefix) = prefix_with_headers() {
            npm.env("npm_config_nodedir", prefix).env("npm_config_build_from_source", "true");
        }
        download(&mut npm)
    })
}

/// The folder that holds `bin/node` and `include/node`.
fn prefix_with_headers() -> Option<PathBuf> {
    let node = apt::on_path(&["node"])?.canonicalize().ok()?;
    let prefix = node.parent()?.parent()?;
    prefix.join("include/node/node.h").is_file().then(|| prefix.to_owned())
}

/// The tools as CI runs them: no telemetry, no look for a newer version, no colours in what we show.
fn quiet(mut command: Command) -> Command {
    command
        .env("CI", "true")
        .env("NO_COLOR", "1")
        .env("npm_config_update_notifier", "false")
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    command
}

fn check_version() -> Result<(), String> {
    apt::program(&["node"], &["nodejs", "npm"])?;
    apt::program(&["npm"], &["npm"])?;
    let text = run(limited("node", Duration::from_secs(20)).arg("--version"))?;
    match version(&text) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => Err(format!(
            "Node {}.{} or newer is needed, and this is {}: see https://nodejs.org/en/download.",
            OLDEST.0,
            OLDEST.1,
            text.trim()
        )),
    }
}

/// Major and minor of `v20.19.4`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn copy_file(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to)
        .map(drop)
        .map_err(|error| format!("Could not copy {} to {}: {error}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("v20.20.2\n"), Some((20, 20)));
        assert!(version("v9.30.0") < version("v20.19.0"));
        assert_eq!(version("command not found"), None);
    }
}
