//! Getting a peer onto the machine, pinned by its lock file, and building it as for production.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::peer::Kit;
use super::places::Places;
use crate::command::{limited, run, watched};
use crate::toolbox::node::{self, Packages};
use crate::toolbox::{apt, go, python};
use crate::workshop::Workshop;

/// A cold build takes minutes on a small machine.
const BUILD_LIMIT: Duration = Duration::from_secs(1200);

/// Installs what a kit needs, which costs little when it is there already.
///
/// # Errors
/// When the tool chain is missing or the app does not build: the reason, for the report.
pub(super) fn run_kit(workshop: &Workshop, places: &Places, kit: Kit) -> Result<(), String> {
    let Places { apps, made, .. } = places;
    match kit {
        Kit::Kovar(packages) | Kit::Workspace(packages) => packages.iter().try_for_each(|package| {
            // Each as a user builds it: alone, with its own features only.
            build_with_cargo(workshop.cargo().args(["build", "--release", "--package", package]))
        }),
        Kit::Rust => rust(workshop, &apps.join("rust"), &made.join("rust")),
        Kit::Go => go_apps(&apps.join("go"), &made.join("go"), "./..."),
        Kit::GoProgram(package) => {
            go_apps(&apps.join("go"), &made.join("go"), package)?;
            copy(&apps.join("go"), &made.join("go"), "json")
        }
        Kit::Python => {
            python::environment(&made.join("python"), &apps.join("python/requirements.txt"))?;
            copy(&apps.join("python"), &made.join("python"), "py")
        }
        Kit::JavaScript(name) => javascript(&apps.join(name), &made.join(name)),
        Kit::JavaScriptWithAddOn(name, package) => {
            javascript(&apps.join(name), &made.join(name))?;
            node::add_on(&made.join(name), package)
        }
        Kit::Nest => nest(&apps.join("nest"), made),
    }
}

fn rust(workshop: &Workshop, source: &Path, target: &Path) -> Result<(), String> {
    let mut cargo = workshop.cargo();
    cargo.args(["build", "--release", "--locked", "--manifest-path"]).arg(source.join("Cargo.toml"));
    build_with_cargo(cargo.env("CARGO_TARGET_DIR", target))
}

fn build_with_cargo(cargo: &mut Command) -> Result<(), String> {
    match watched(cargo)? {
        (true, _) => Ok(()),
        (false, _) => Err("it does not build: see cargo's errors above".to_owned()),
    }
}

fn go_apps(source: &Path, target: &Path, packages: &str) -> Result<(), String> {
    // They want a newer Go than Debian has.
    apt::on_path(&["go"]).ok_or("Go is not installed: see https://go.dev/doc/install")?;
    go::build(source, target, &[packages])
}

fn javascript(source: &Path, target: &Path) -> Result<(), String> {
    node::packages(target, source, Packages::ForProduction)?;
    copy(source, target, "js")
}

/// Compiled beside where it runs, so that the compiler is not counted as a part of the app.
fn nest(source: &Path, made: &Path) -> Result<(), String> {
    let (app, build) = (made.join("nest"), made.join("nest-build"));
    node::packages(&app, source, Packages::ForProduction)?;
    node::packages(&build, source, Packages::All)?;
    copy(source, &build, "json")?;
    copy(&source.join("src"), &build.join("src"), "ts")?;
    let mut tsc = limited(build.join("node_modules/.bin/tsc"), BUILD_LIMIT);
    run(tsc.arg("--outDir").arg(app.join("dist")).current_dir(&build)).map(drop)
}

/// Copies the files of one extension.
fn copy(from: &Path, to: &Path, extension: &str) -> Result<(), String> {
    let unable = |error: std::io::Error| format!("Could not copy {} to {}: {error}", from.display(), to.display());
    fs::create_dir_all(to).map_err(unable)?;
    for entry in fs::read_dir(from).map_err(unable)? {
        let path = entry.map_err(unable)?.path();
        if let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|found| found == extension)) {
            fs::copy(&path, to.join(name)).map_err(unable)?;
        }
    }
    Ok(())
}
