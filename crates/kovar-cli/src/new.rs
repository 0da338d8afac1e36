//! `kovar new`: makes an app that works, has tests, and knows how it is deployed.
//!
//! The app is a copy of the files in `templates/app`, with a few names put in. There is no template engine and there
//! are no questions: what is not wanted is easier deleted than configured.

mod dependency;
mod name;
mod repository;
mod template;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::dependency::Dependency;
use self::name::Name;
use self::template::File;
use crate::Outcome;

/// Makes a new app: an API on SQLite with tests, a container, and files for systemd, Kubernetes and CI
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What the app is called; also the name of its folder
    name: Name,

    /// Makes no Git repository
    #[arg(long)]
    no_git: bool,

    /// Stands on a local checkout of Kovar, and not on crates.io; for contributors
    #[arg(long, value_name = "DIR")]
    path_to_kovar: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let dependency = match &arguments.path_to_kovar {
        Some(checkout) => Dependency::checkout(checkout)?,
        None => Dependency::Registry,
    };
    let name = &arguments.name;
    let here = std::env::current_dir()?;
    create(&here.join(name.as_str()), &template::files(name, &dependency))?;
    if !arguments.no_git {
        repository::create(&here, name);
    }
    if let Some(workspace) = enclosing_workspace(&here) {
        println!("note: {} is a workspace: add {name} to its `members`, or to its `exclude`", workspace.display());
    }
    print!("{}", next_steps(name));
    Ok(ExitCode::SUCCESS)
}

/// Writes the files into a folder that must not be there yet.
fn create(folder: &Path, files: &[File]) -> Result<(), String> {
    fs::create_dir(folder).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{} exists already, and nothing is overwritten: choose another name, or move it", folder.display())
        }
        _ => format!("{} cannot be made: {cause}", folder.display()),
    })?;
    let written = files.iter().try_for_each(|file| write(folder, file));
    written.map_err(|cause| format!("{cause}; {} is not whole: remove it and try again", folder.display()))
}

fn write(folder: &Path, file: &File) -> Result<(), String> {
    let path = folder.join(&file.path);
    let parent = path.parent().unwrap_or(folder);
    let written = fs::create_dir_all(parent)
        .and_then(|()| fs::File::create_new(&path))
        .and_then(|mut opened| opened.write_all(file.text.as_bytes()));
    written.map_err(|cause| format!("{} cannot be written: {cause}", path.display()))
}

/// The manifest of a workspace around a folder. Cargo builds no package inside one that is not named there.
fn enclosing_workspace(folder: &Path) -> Option<PathBuf> {
    let manifests = folder.ancestors().map(|ancestor| ancestor.join("Cargo.toml"));
    let is_workspace = |manifest: &PathBuf| {
        let text = fs::read_to_string(manifest).unwrap_or_default();
        text.lines().any(|line| line.trim_end() == "[workspace]")
    };
    manifests.into_iter().find(is_workspace)
}

fn next_steps(name: &Name) -> String {
    format!(
        "cd {name}\n\
         cargo run     # serves http://127.0.0.1:8000, with its documentation at /docs\n\
         cargo test\n"
    )
}

#[cfg(test)]
mod tests;
